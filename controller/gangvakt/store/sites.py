"""Sites: one row a crossing. All in a transaction of the caller."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import Missing
from gangvakt.fleet import SiteId
from gangvakt.provision.identity import GroupKey, Wifi
from gangvakt.provision.wire import SiteKit
from gangvakt.store.dialect import insert_into
from gangvakt.store.records import SiteRecord
from gangvakt.store.tables import SITES


async def all_sites(connection: AsyncConnection) -> tuple[SiteRecord, ...]:
    """Ordered by their names."""
    return tuple(_record(row) for row in await connection.execute(select(SITES).order_by(SITES.c.site)))


async def get_site(connection: AsyncConnection, site: SiteId) -> SiteRecord:
    """Missing when there is none."""
    query = select(SITES).where(SITES.c.site == str(site))
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise Missing("site", str(site), f"add it with `gangvakt site add {site}`")
    return _record(row)


async def insert_site(connection: AsyncConnection, site: SiteRecord) -> bool:
    """False when it is there already; nothing is changed then."""
    statement = (
        insert_into(connection, SITES).values(_row(site)).on_conflict_do_nothing().returning(SITES.c.site)
    )
    return (await connection.execute(statement)).one_or_none() is not None


async def update_site(connection: AsyncConnection, site: SiteRecord) -> None:
    """Replaces the whole row."""
    await connection.execute(update(SITES).where(SITES.c.site == site.kit.site).values(_row(site)))


def _row(site: SiteRecord) -> dict[str, object]:
    kit = site.kit
    return {
        "site": kit.site,
        "title": kit.title,
        "brokers": json.dumps(kit.brokers),
        "config": json.dumps(kit.config),
        "config_version": kit.config_version,
        "ssid": kit.wifi.ssid if kit.wifi else None,
        "psk": kit.wifi.psk if kit.wifi else None,
        "apn": kit.apn,
        "address": kit.address,
        "group_version": kit.group_key.version,
        "group_key": kit.group_key.hex,
        "changed_ms": site.changed_ms,
    }


def _record(row: Row[Any]) -> SiteRecord:
    kit = SiteKit(
        site=row.site,
        title=row.title,
        brokers=json.loads(row.brokers),
        config=json.loads(row.config),
        config_version=row.config_version,
        wifi=Wifi(row.ssid, row.psk) if row.ssid is not None else None,
        apn=row.apn,
        address=row.address,
        group_key=GroupKey(row.group_version, row.group_key),
    )
    return SiteRecord(kit, row.changed_ms)
