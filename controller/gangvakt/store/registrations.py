"""Registrations and their certificates. All in a transaction of the caller."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.identity import GroupKey
from gangvakt.provision.registration import RegistrationState, sources_of
from gangvakt.store.records import CertificateRecord, NewRegistration, Registration
from gangvakt.store.tables import CERTIFICATES, REGISTRATIONS

R = REGISTRATIONS.c


async def insert_registration(
    connection: AsyncConnection, new: NewRegistration, certificate: CertificateRecord | None
) -> None:
    """A new row and its certificate; StoreError when the sign has one in this state already."""
    statement = insert(REGISTRATIONS).values(_row(new)).returning(R.id)
    number = await connection.scalar(statement)
    if certificate is not None:
        await insert_certificate(connection, int(number or 0), certificate)


async def insert_certificate(
    connection: AsyncConnection, registration: int, certificate: CertificateRecord
) -> None:
    row = {**vars(certificate), "registration": registration}
    await connection.execute(insert(CERTIFICATES).values(row))


async def move(
    connection: AsyncConnection,
    registration: Registration,
    state: RegistrationState,
    now_ms: int,
    **values: object,
) -> bool:
    """Into another state; False when that may not follow the one it is in, and nothing is changed then."""
    statement = (
        update(REGISTRATIONS)
        .where(R.id == registration.id, R.state.in_([source.value for source in sources_of(state)]))
        .values({"state": state.value, "changed_ms": now_ms, **values})
    )
    return bool((await connection.execute(statement)).rowcount)


async def complete(
    connection: AsyncConnection, registration: Registration, values: dict[str, object]
) -> None:
    """Adds to a registration what was not known when it was made; its state stays."""
    await connection.execute(update(REGISTRATIONS).where(R.id == registration.id).values(values))


async def end_expired(connection: AsyncConnection, now_ms: int, why: str) -> None:
    """Revokes every pending one whose time is over."""
    await connection.execute(
        update(REGISTRATIONS)
        .where(R.state == RegistrationState.PENDING.value, R.expires_ms <= now_ms)
        .values(state=RegistrationState.REVOKED.value, changed_ms=now_ms, why=why)
    )


async def of_sign(connection: AsyncConnection, sign: SignId) -> tuple[Registration, ...]:
    """Oldest first, as in all that follow."""
    return await _find(connection, R.sign == str(sign))


async def of_board(connection: AsyncConnection, mac: str, sign: SignId) -> tuple[Registration, ...]:
    """Those of a board, wherever it was, and of the sign it would become."""
    return await _find(connection, (R.mac == mac) | (R.sign == str(sign)))


async def of_site(connection: AsyncConnection, site: SiteId | None) -> tuple[Registration, ...]:
    """Those of one site, or all."""
    return await _find(connection, *([R.sign.startswith(f"{site}/", autoescape=True)] if site else []))


async def page_of_site(
    connection: AsyncConnection, site: SiteId | None, after: int, limit: int
) -> tuple[Registration, ...]:
    """At most `limit` with an id above `after`, of one site or all."""
    where = [R.id > after, *([R.sign.startswith(f"{site}/", autoescape=True)] if site else [])]
    ids = (await connection.scalars(select(R.id).where(*where).order_by(R.id).limit(limit))).all()
    return await _find(connection, *where, R.id <= ids[-1]) if ids else ()


async def taking_the_place_of(connection: AsyncConnection, sign: SignId) -> tuple[Registration, ...]:
    return await _find(connection, R.replaces == str(sign))


async def with_certificate(connection: AsyncConnection, fingerprint: str) -> Registration | None:
    """The one that a certificate belongs to."""
    query = select(CERTIFICATES.c.registration).where(CERTIFICATES.c.fingerprint == fingerprint)
    number = await connection.scalar(query)
    found = await _find(connection, R.id == number) if number is not None else ()
    return found[0] if found else None


def as_json(report: Mapping[str, object]) -> str:
    """As a report stands in its column."""
    return json.dumps(dict(report), separators=(",", ":"))


async def _find(connection: AsyncConnection, *where: ColumnElement[bool]) -> tuple[Registration, ...]:
    rows = (await connection.execute(select(REGISTRATIONS).where(*where).order_by(R.id))).all()
    held = await _certificates(connection, *where)
    return tuple(_registration(row, tuple(held[row.id])) for row in rows)


async def _certificates(
    connection: AsyncConnection, *where: ColumnElement[bool]
) -> Mapping[int, list[CertificateRecord]]:
    query = select(CERTIFICATES).join(REGISTRATIONS).where(*where).order_by(CERTIFICATES.c.added_ms)
    held: dict[int, list[CertificateRecord]] = defaultdict(list)
    for row in await connection.execute(query):
        held[row.registration].append(
            CertificateRecord(row.fingerprint, row.serial, row.ends_ms, row.added_ms)
        )
    return held


def _row(new: NewRegistration) -> dict[str, object]:
    return {
        "sign": str(new.sign),
        "mac": new.mac,
        "board": new.board,
        "state": new.state.value,
        "issued_by": new.issued_by,
        "incarnation": new.incarnation,
        "replaces": str(new.replaces) if new.replaces else None,
        "group_version": new.group_key.version if new.group_key else None,
        "group_key": new.group_key.hex if new.group_key else None,
        "report": as_json(new.report),
        "created_ms": new.created_ms,
        "registered_ms": new.registered_ms,
        "changed_ms": new.created_ms,
        "expires_ms": new.expires_ms,
        "why": new.why,
    }


def _registration(row: Row[Any], certificates: tuple[CertificateRecord, ...]) -> Registration:
    return Registration(
        id=row.id,
        sign=SignId.parse(row.sign),
        mac=row.mac,
        board=row.board,
        state=RegistrationState(row.state),
        issued_by=row.issued_by,
        incarnation=row.incarnation,
        replaces=SignId.parse(row.replaces) if row.replaces else None,
        group_key=GroupKey(row.group_version, row.group_key) if row.group_key else None,
        report=json.loads(row.report),
        created_ms=row.created_ms,
        registered_ms=row.registered_ms,
        changed_ms=row.changed_ms,
        expires_ms=row.expires_ms,
        why=row.why,
        certificates=certificates,
    )
