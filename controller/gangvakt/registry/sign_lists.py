"""The desk of lists of signs: out to spreadsheets and maps, and in again, all rows or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import ImportRefused, RowRefusal
from gangvakt.fleet import SignId
from gangvakt.fleet.life_cycle import LifeCycle, allowed_after, may_follow
from gangvakt.provision.file_wire import Power, SiteFileOut
from gangvakt.provision.registration import RegistrationState
from gangvakt.provision.sign_rows import SignRow, SignRowOut, SignRowsIn
from gangvakt.registry.ground import Ground
from gangvakt.registry.power import PowerBook
from gangvakt.registry.sign_files import NOT_FILED, fed
from gangvakt.registry.views import is_shadow, own_status
from gangvakt.store import registrations, sign_files, site_files
from gangvakt.store.audit import changed, record
from gangvakt.store.records import Registration
from gangvakt.store.tables_registry import SIGN_STEPS

FROM_FILE = "as a file says"
IN_THE_STREET = (RegistrationState.REGISTERED, RegistrationState.PENDING)


@dataclass(frozen=True)
class _Held:
    """What is known of one sign: its newest registration, its file's row, its last status, its crossing."""

    registration: Registration
    row: Mapping[str, Any]
    status: Mapping[str, Any]
    site: SiteFileOut | None

    @property
    def life(self) -> LifeCycle:
        return LifeCycle(self.row["state"])


class SignLists:
    """A sign is listed that is registered or about to be, and one that somebody has filed anything of."""

    def __init__(self, ground: Ground, power: PowerBook) -> None:
        self._ground, self._power = ground, power

    async def all(self) -> tuple[SignRowOut, ...]:
        """By their names."""
        async with self._ground.store.reading() as connection:
            found = await registrations.of_site(connection, None)
            rows = {row.sign: dict(row._mapping) for row in await sign_files.sign_files(connection)}
            sites = {one.site: one for one in await site_files.site_files(connection)}
        statuses = await self._ground.store.signs.statuses({one.sign for one in found})
        held = _held(found, rows, sites, statuses)
        return tuple(
            _told(one)
            for one in held
            if one.registration.state in IN_THE_STREET or str(one.registration.sign) in rows
        )

    async def take_in(self, told: SignRowsIn, who: str) -> tuple[SignRowOut, ...]:
        """Files all the rows, or none; those that change. ImportRefused with every row that cannot be."""
        taken: list[SignRowOut] = []
        refusals: list[RowRefusal] = []
        statuses = await self._ground.store.signs.statuses([SignId.parse(row.sign) for row in told.rows])
        async with self._ground.store.exclusive() as connection:
            held = await _of_rows(connection, told.rows, statuses)
            for row in told.rows:
                before = held.get(row.sign)
                found = list(_refusals(row, before))
                refusals += found
                if before is None or found or _is_same(row, before):
                    continue
                taken.append(await self._take(connection, row, before, None if told.dry_run else who))
            if refusals:
                raise ImportRefused("signs", refusals)
        if taken and not told.dry_run:
            await self._power.load()
        return tuple(taken)

    async def _take(
        self, connection: AsyncConnection, row: SignRow, before: _Held, who: str | None
    ) -> SignRowOut:
        """The sign as it is then; without `who` nothing is written."""
        now_ms, state = self._ground.clock_ms(), row.state or before.life.value
        new = {**before.row, "sign": row.sign, "pole": row.pole, **fed(row.power), "state": state}
        new |= {"version": before.row["version"] + 1, "changed_ms": now_ms}
        if who is not None:
            await sign_files.put_sign_file(connection, new)
            await _note(connection, before.row, new)
            if state != before.life.value:
                step = {"sign": row.sign, "at_ms": now_ms, "who": who, "state": state, "text": FROM_FILE}
                await sign_files.log(connection, SIGN_STEPS, step)
        return _told(_Held(before.registration, new, before.status, before.site))


async def _of_rows(
    connection: AsyncConnection, rows: Sequence[SignRow], statuses: Mapping[SignId, str]
) -> dict[str, _Held]:
    found: list[Registration] = []
    sites: dict[str, SiteFileOut] = {}
    for site in {str(one): one for one in (SignId.parse(row.sign).site_id for row in rows)}.values():
        found += await registrations.of_site(connection, site)
        sites |= {one.site: one for one in await site_files.site_files(connection, str(site))}
    files = await sign_files.sign_files_of(connection, [row.sign for row in rows])
    held = _held(found, {sign: dict(row._mapping) for sign, row in files.items()}, sites, statuses)
    return {str(one.registration.sign): one for one in held}


def _held(
    found: Iterable[Registration],
    rows: Mapping[str, Mapping[str, Any]],
    sites: Mapping[str, SiteFileOut],
    statuses: Mapping[SignId, str],
) -> list[_Held]:
    """The signs of these registrations, oldest first, by their names."""
    newest = {str(one.sign): one for one in found}
    return [
        _Held(
            one,
            rows.get(sign, NOT_FILED),
            own_status(one, statuses.get(one.sign)),
            sites.get(str(one.sign.site_id)),
        )
        for sign, one in sorted(newest.items())
    ]


async def _note(connection: AsyncConnection, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """The same as is noted when one sign alone is filed, and takes a step."""
    for action, names in (("sign.file", ("pole", *Power.model_fields)), ("sign.state", ("state",))):
        was, now = changed({name: before[name] for name in names}, {name: after[name] for name in names})
        if now:
            await record(connection, action, str(after["sign"]), was, now)


def _refusals(row: SignRow, held: _Held | None) -> Iterable[RowRefusal]:
    if held is None:
        yield RowRefusal(row.line, "sign", row.sign, "one that `gangvakt sign list` shows")
        return
    poles = [one.pole for one in held.site.poles] if held.site else []
    if row.pole is not None and row.pole not in poles:
        described = ", ".join(poles) or "a pole of the crossing, which has none described yet"
        yield RowRefusal(row.line, "pole", row.pole, described)
    if row.state not in (None, held.life.value) and not may_follow(held.life, LifeCycle(row.state)):
        follows = f"{held.life.value} as it is, or then: {allowed_after(held.life)}"
        yield RowRefusal(row.line, "state", row.state, follows)


def _is_same(row: SignRow, held: _Held) -> bool:
    wanted = {"pole": row.pole, **fed(row.power), "state": row.state or held.life.value}
    return all(held.row[name] == value for name, value in wanted.items())


def _told(held: _Held) -> SignRowOut:
    one, row = held.registration, held.row
    newest = one.certificates[-1] if one.certificates else None
    lat_deg, lon_deg = _position(held.site, row["pole"])
    return SignRowOut(
        sign=str(one.sign),
        state=row["state"],
        pole=row["pole"],
        power=Power(**{name: row[name] for name in Power.model_fields}) if row["feed"] else None,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        board=one.board,
        firmware=held.status.get("firmware"),
        registered_ms=one.registered_ms,
        certificate_ends_ms=newest.ends_ms if newest else None,
        is_shadow=is_shadow(held.status),
        version=row["version"],
    )


def _position(site: SiteFileOut | None, pole: str | None) -> tuple[float | None, float | None]:
    """The pole's, or else the crossing's."""
    if site is None:
        return None, None
    places = {one.pole: (one.lat_deg, one.lon_deg) for one in site.poles if one.lat_deg is not None}
    return places.get(pole or "", (site.lat_deg, site.lon_deg))
