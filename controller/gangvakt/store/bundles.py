"""Enrolment bundles, and who may come in. All in a transaction of the caller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import Missing
from gangvakt.provision.registration import RegistrationState
from gangvakt.store.records import Admission, BundleRecord
from gangvakt.store.tables import BUNDLES, CERTIFICATES, REGISTRATIONS

_USED = (
    select(func.count(REGISTRATIONS.c.sign.distinct()))
    .where(REGISTRATIONS.c.issued_by == BUNDLES.c.id)
    .scalar_subquery()
    .label("used")
)


async def all_bundles(connection: AsyncConnection) -> tuple[BundleRecord, ...]:
    """Newest first."""
    query = select(BUNDLES, _USED).order_by(BUNDLES.c.created_ms.desc(), BUNDLES.c.id)
    return tuple(_record(row) for row in await connection.execute(query))


async def get_bundle(connection: AsyncConnection, bundle: str) -> BundleRecord:
    """Missing when there is none."""
    query = select(BUNDLES, _USED).where(BUNDLES.c.id == bundle)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise Missing("bundle", bundle[:16], "`gangvakt bundle list` shows all")
    return _record(row)


async def insert_bundle(connection: AsyncConnection, bundle: BundleRecord) -> None:
    row: dict[str, Any] = {**vars(bundle), "sites": json.dumps(bundle.sites)}
    del row["used"]
    await connection.execute(insert(BUNDLES).values(row))


async def revoke_bundle(connection: AsyncConnection, bundle: str, now_ms: int) -> None:
    """The first revocation counts."""
    await connection.execute(
        update(BUNDLES)
        .where(BUNDLES.c.id == bundle, BUNDLES.c.revoked_ms.is_(None))
        .values(revoked_ms=now_ms)
    )


async def read_admission(connection: AsyncConnection) -> Admission:
    """Everything that decides who may come in."""
    held = select(CERTIFICATES.c.fingerprint, REGISTRATIONS.c.state, REGISTRATIONS.c.expires_ms)
    rows = await connection.execute(held.select_from(CERTIFICATES.join(REGISTRATIONS)))
    certificates = {row.fingerprint: (RegistrationState(row.state), row.expires_ms) for row in rows}
    signs = await connection.scalars(select(REGISTRATIONS.c.sign).distinct())
    bundles = await all_bundles(connection)
    return Admission(certificates, frozenset(signs), bundles, await _unconfirmed(connection))


async def _unconfirmed(connection: AsyncConnection) -> Mapping[str, tuple[str, int]]:
    query = (
        select(REGISTRATIONS.c.sign, REGISTRATIONS.c.issued_by, func.max(CERTIFICATES.c.ends_ms).label("end"))
        .join(CERTIFICATES)
        .where(REGISTRATIONS.c.state == RegistrationState.REGISTERED.value, REGISTRATIONS.c.board.is_(None))
        .group_by(REGISTRATIONS.c.id)
    )
    return {row.sign: (row.issued_by, row.end) for row in await connection.execute(query)}


def _record(row: Row[Any]) -> BundleRecord:
    values = dict(row._mapping)
    return BundleRecord(**values | {"sites": tuple(json.loads(values["sites"]))})
