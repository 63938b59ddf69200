"""Municipalities, and the descriptions of crossings. All in a transaction of the caller."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.provision.file_wire import (
    Approval,
    MunicipalityIn,
    MunicipalityOut,
    Pole,
    SiteFileIn,
    SiteFileOut,
)
from gangvakt.store.dialect import insert_into
from gangvakt.store.tables import SITES
from gangvakt.store.tables_registry import MUNICIPALITIES, POLES, SITE_FILES


async def municipalities(connection: AsyncConnection) -> tuple[MunicipalityOut, ...]:
    query = select(MUNICIPALITIES).order_by(MUNICIPALITIES.c.municipality)
    return tuple(MunicipalityOut.model_validate(row) for row in await connection.execute(query))


async def put_municipality(
    connection: AsyncConnection, name: str, new: MunicipalityIn, version: int, now_ms: int
) -> None:
    row = {"municipality": name, **new.model_dump(), "version": version, "changed_ms": now_ms}
    added = insert_into(connection, MUNICIPALITIES).values(row)
    await connection.execute(added.on_conflict_do_update(index_elements=["municipality"], set_=row))


async def site_files(connection: AsyncConnection, site: str | None = None) -> tuple[SiteFileOut, ...]:
    """Of one site or all, also of those that nobody has described; ordered by their names."""
    query = (
        select(SITES.c.site, SITES.c.title, *(c for c in SITE_FILES.c if c.name != "site"))
        .select_from(SITES.outerjoin(SITE_FILES, SITES.c.site == SITE_FILES.c.site))
        .order_by(SITES.c.site)
    )
    poles_query = select(POLES).order_by(POLES.c.site, POLES.c.pole)
    if site is not None:
        query, poles_query = query.where(SITES.c.site == site), poles_query.where(POLES.c.site == site)
    poles: dict[str, list[Pole]] = defaultdict(list)
    for row in await connection.execute(poles_query):
        poles[row.site].append(Pole(pole=row.pole, side=row.side, lat_deg=row.lat_deg, lon_deg=row.lon_deg))
    return tuple(_file(row, tuple(poles[row.site])) for row in await connection.execute(query))


async def positions(connection: AsyncConnection) -> list[tuple[str, tuple[float, float]]]:
    """Longitude and latitude of every crossing of which they are known."""
    columns = SITE_FILES.c
    query = select(columns.site, columns.lon_deg, columns.lat_deg).where(columns.lat_deg.is_not(None))
    return [(row.site, (row.lon_deg, row.lat_deg)) for row in await connection.execute(query)]


async def put_site_file(
    connection: AsyncConnection, site: str, new: SiteFileIn, version: int, now_ms: int
) -> None:
    """Replaces all of it."""
    approval = new.approval
    row = {
        **new.model_dump(include={"lat_deg", "lon_deg", "street", "road_width_m", "speed_limit_kmh"}),
        "site": site,
        "decision": approval.decision if approval else None,
        "decided_on": approval.decided_on.isoformat() if approval else None,
        "patterns": json.dumps(approval.patterns if approval else ()),
        "dim_max_pct": approval.dim_max_pct if approval else None,
        "version": version,
        "changed_ms": now_ms,
    }
    added = insert_into(connection, SITE_FILES).values(row)
    await connection.execute(added.on_conflict_do_update(index_elements=["site"], set_=row))
    await connection.execute(delete(POLES).where(POLES.c.site == site))
    if new.poles:
        await connection.execute(insert(POLES), [{"site": site, **pole.model_dump()} for pole in new.poles])


def _file(row: Row[Any], poles: tuple[Pole, ...]) -> SiteFileOut:
    approval = None
    if row.decision is not None:
        approval = Approval(
            decision=row.decision,
            decided_on=row.decided_on,
            patterns=json.loads(row.patterns),
            dim_max_pct=row.dim_max_pct,
        )
    return SiteFileOut(
        site=row.site,
        title=row.title,
        lat_deg=row.lat_deg,
        lon_deg=row.lon_deg,
        street=row.street or "",
        road_width_m=row.road_width_m,
        speed_limit_kmh=row.speed_limit_kmh,
        poles=poles,
        approval=approval,
        version=row.version or 0,
        changed_ms=row.changed_ms,
    )
