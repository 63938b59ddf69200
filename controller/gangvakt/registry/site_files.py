"""The desk of municipalities and of what is known of crossings."""

from __future__ import annotations

from typing import Any

from gangvakt.errors import Missing, Outdated, SettingRefused
from gangvakt.fleet import SiteId
from gangvakt.fleet.names import check_name
from gangvakt.provision.file_wire import (
    Approval,
    MunicipalityIn,
    MunicipalityOut,
    SiteFileIn,
    SiteFileOut,
    SiteRowsIn,
)
from gangvakt.provision.site_config import allowed, check_config
from gangvakt.registry.approval import USER_PATTERN
from gangvakt.registry.ground import Ground
from gangvakt.registry.positions import PositionBook
from gangvakt.store import site_files as table
from gangvakt.store.audit import Personal, changed, record


class SiteFiles:
    """`version` is that of what was read before; None takes whatever stands there.

    `positions` is told of every change.
    """

    def __init__(self, ground: Ground, positions: PositionBook) -> None:
        self._ground, self._positions = ground, positions

    async def municipalities(self) -> tuple[MunicipalityOut, ...]:
        async with self._ground.store.reading() as connection:
            return await table.municipalities(connection)

    async def put_municipality(
        self, name: str, new: MunicipalityIn, version: int | None = None
    ) -> MunicipalityOut:
        """Outdated when somebody was faster."""
        check_name("municipality", name)
        async with self._ground.store.exclusive() as connection:
            held = {one.municipality: one for one in await table.municipalities(connection)}
            before = held.get(name)
            now = check_version(f"municipality {name}", version, before.version if before else 0)
            await table.put_municipality(connection, name, new, now, self._ground.clock_ms())
            states = _municipality(before) if before else None, _municipality(new)
            await record(connection, "municipality.put", name, *states)
        return MunicipalityOut(municipality=name, **new.model_dump(), version=now)

    async def all(self) -> tuple[SiteFileOut, ...]:
        async with self._ground.store.reading() as connection:
            return await table.site_files(connection)

    async def one(self, site: SiteId) -> SiteFileOut:
        """Missing when there is no such site."""
        async with self._ground.store.reading() as connection:
            found = await table.site_files(connection, str(site))
        return _only(found, site)

    async def put(self, site: SiteId, new: SiteFileIn, version: int | None = None) -> SiteFileOut:
        """Replaces the description; Outdated when somebody was faster."""
        _check_patterns(new.approval)
        async with self._ground.store.exclusive() as connection:
            held = _only(await table.site_files(connection, str(site)), site)
            now = check_version(f"site {site}", version, held.version)
            await table.put_site_file(connection, str(site), new, now, self._ground.clock_ms())
            await record(connection, "site.describe", str(site), *changed(_described(held), _described(new)))
            told = _only(await table.site_files(connection, str(site)), site)
        await self._positions.load()
        return told

    async def take_in(self, told: SiteRowsIn) -> tuple[SiteFileOut, ...]:
        """Describes all the crossings anew, or none; those that change. Missing for one that is not there."""
        taken = []
        async with self._ground.store.exclusive() as connection:
            held = {one.site: one for one in await table.site_files(connection)}
            for row in told.rows:
                before = _only((held[row.site],) if row.site in held else (), SiteId.parse(row.site))
                new = SiteFileIn.model_validate(row.model_dump(exclude={"site"}))
                _check_patterns(new.approval)
                if new == SiteFileIn.model_validate(before.model_dump(include=set(SiteFileIn.model_fields))):
                    continue
                version, now_ms = before.version + 1, self._ground.clock_ms()
                if not told.dry_run:
                    await table.put_site_file(connection, row.site, new, version, now_ms)
                    differs = changed(_described(before), _described(new))
                    await record(connection, "site.describe", row.site, *differs)
                values = {**new.model_dump(), "site": row.site, "title": before.title}
                taken.append(SiteFileOut(**values, version=version, changed_ms=now_ms))
        await self._positions.load()
        return tuple(taken)

    async def approval(self, site: SiteId) -> Approval | None:
        """What the road authority decided on the crossing; None as well where the site is not known."""
        async with self._ground.store.reading() as connection:
            found = await table.site_files(connection, str(site))
        return found[0].approval if found else None


def _municipality(told: MunicipalityIn | MunicipalityOut) -> dict[str, object]:
    return {"title": told.title, "contact": Personal(told.contact)}


def _described(told: SiteFileIn | SiteFileOut) -> dict[str, Any]:
    return told.model_dump(mode="json", include=set(SiteFileIn.model_fields))


def check_version(what: str, expected: int | None, held: int) -> int:
    """The version that follows; Outdated when another one is held than was expected."""
    if expected is not None and expected != held:
        raise Outdated(what, expected, held)
    return held + 1


def _only(found: tuple[SiteFileOut, ...], site: SiteId) -> SiteFileOut:
    if not found:
        raise Missing("site", str(site), f"add it with `gangvakt site add {site}`")
    return found[0]


def _check_patterns(approval: Approval | None) -> None:
    """A name that the firmware knows, or else the steps of a pattern; what is neither locks everything."""
    for pattern in approval.patterns if approval else ():
        names = allowed("pattern").split(", ")
        if pattern == USER_PATTERN:
            raise SettingRefused("approval", "patterns", pattern, "its steps, as in user_pattern")
        if pattern not in names:
            check_config({"user_pattern": pattern})
