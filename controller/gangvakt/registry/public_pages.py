"""The desk of what is open to everybody: nothing, until a municipality or a crossing is switched on."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SiteId
from gangvakt.fleet.names import check_name
from gangvakt.provision.public_wire import LICENCES, PublicPageIn, PublicPageOut
from gangvakt.registry.ground import Ground
from gangvakt.registry.site_files import check_version
from gangvakt.store import site_files
from gangvakt.store.audit import record
from gangvakt.store.dialect import insert_into
from gangvakt.store.sites import get_site
from gangvakt.store.tables_public import PUBLIC_PAGES

Held = Mapping[str, Row[tuple[object, ...]]]


class PublicPages:
    """`version` is that of what was read before; None takes whatever stands there."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def municipality(self, name: str) -> PublicPageOut:
        """Closed where nobody has decided."""
        async with self._ground.store.reading() as connection:
            return _told(name, await _held(connection))

    async def site(self, site: SiteId) -> PublicPageOut:
        """Missing for one that is not there."""
        async with self._ground.store.reading() as connection:
            await get_site(connection, site)
            return _told(str(site), await _held(connection))

    async def opened(self) -> tuple[PublicPageOut, ...]:
        """Every crossing that is open, ordered by their names."""
        async with self._ground.store.reading() as connection:
            held = await _held(connection)
            sites = await site_files.site_files(connection)
        told = (_told(one.site, held) for one in sites)
        return tuple(one for one in told if one.is_open)

    async def put_municipality(
        self, name: str, new: PublicPageIn, version: int | None = None
    ) -> PublicPageOut:
        """For all crossings of which nothing else is said."""
        return await self._put(check_name("municipality", name), new, version)

    async def put_site(self, site: SiteId, new: PublicPageIn, version: int | None = None) -> PublicPageOut:
        """For this one, whatever its municipality says. Missing, Outdated."""
        await self.site(site)
        return await self._put(str(site), new, version)

    async def _put(self, place: str, new: PublicPageIn, version: int | None) -> PublicPageOut:
        async with self._ground.store.exclusive() as connection:
            held = await _held(connection)
            before = _told(place, held)
            now = check_version(f"the public page of {place}", version, before.version)
            row = {"place": place, **new.model_dump(), "version": now, "changed_ms": self._ground.clock_ms()}
            row["is_open"] = int(new.is_open)
            added = insert_into(connection, PUBLIC_PAGES).values(row)
            await connection.execute(added.on_conflict_do_update(index_elements=["place"], set_=row))
            states = {"is_open": before.is_open}, {"is_open": new.is_open, "licence": new.licence}
            await record(connection, "public-page.put", place, *states)
            return _told(place, await _held(connection))


async def _held(connection: AsyncConnection) -> Held:
    return {row.place: row for row in await connection.execute(select(PUBLIC_PAGES))}


def _told(place: str, held: Held) -> PublicPageOut:
    """Of the place itself, else of its municipality, whose contact and licence count in either case."""
    of_all = held.get(place.partition("/")[0])
    own = held.get(place)
    found = own if own is not None else of_all
    contact = own.contact if own is not None else ""
    return PublicPageOut(
        place=place,
        is_open=bool(found.is_open) if found is not None else False,
        contact=contact or (of_all.contact if of_all is not None else ""),
        licence=found.licence if found is not None else next(iter(LICENCES)),
        own=own is not None,
        version=own.version if own is not None else 0,
    )
