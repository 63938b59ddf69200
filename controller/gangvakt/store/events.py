"""Events: stored once for ever by their key, read in the order of storing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Row, Select, bindparam, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import EventKey, SignEvent, SignId
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_for
from gangvakt.store.records import NewEvent
from gangvakt.store.tables import EVENTS

ROWS_PER_STATEMENT = 64  # 10 values a row: far below SQLite's oldest limit of 999 values a statement

_as_text = json.JSONEncoder(separators=(",", ":")).encode
_COLUMNS = tuple(column for column in EVENTS.c if column.name != "id")


async def insert_events(connection: AsyncConnection, events: Sequence[NewEvent]) -> tuple[SignEvent, ...]:
    """Stores those that are new and returns them, in order; the others were stored before.

    In a transaction that is exclusive: what has an id above the highest before is ours.
    """
    if not events:
        return ()
    highest = await connection.scalar(select(func.max(EVENTS.c.id))) or 0
    for start in range(0, len(events), ROWS_PER_STATEMENT):
        chunk = events[start : start + ROWS_PER_STATEMENT]
        # Compiled once, which takes SQLAlchemy longer than all the rest. Nothing is returned: the driver
        # would wait for the interpreter's lock once a row, while another thread reads messages.
        values = tuple(value for event in chunk for value in _row(event))
        await connection.exec_driver_sql(_insertion(connection.dialect, len(chunk)), values)
    new = EVENTS.c.id > highest
    told = select(func.count(), func.min(EVENTS.c.id), func.max(EVENTS.c.id)).where(new)
    count, first, last = (await connection.execute(told)).one()
    if count == len(events) and last - first + 1 == count:
        return tuple(map(_stored, events, range(first, last + 1)))
    return await _found(connection, {event.key: event for event in events}, highest)


async def _found(
    connection: AsyncConnection, events: Mapping[EventKey, NewEvent], highest: int
) -> tuple[SignEvent, ...]:
    """Those of the events that have got an id, by their keys."""
    columns = EVENTS.c
    keys = (columns.id, columns.sign, columns.incarnation, columns.boot, columns.seq)
    signs = {str(key.sign): key.sign for key in events}
    rows = await connection.execute(select(*keys).where(columns.id > highest).order_by(columns.id))
    return tuple(
        _stored(events[EventKey(signs[sign], incarnation, boot, seq)], id_)
        for id_, sign, incarnation, boot, seq in rows
    )


@cache
def _insertion(dialect: Dialect, rows: int) -> str:
    """The statement that adds so many rows, for the driver, with their values one after the other."""
    names = [
        [bindparam(f"{column.name}_{row}", type_=column.type) for column in _COLUMNS] for row in range(rows)
    ]
    values = [dict(zip((column.name for column in _COLUMNS), row, strict=True)) for row in names]
    statement = insert_for(dialect, EVENTS).values(values).on_conflict_do_nothing()
    return str(statement.compile(dialect=dialect))


class EventTable:
    """Reading events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        after: int = 0,
        limit: int = 100,
        sign: SignId | None = None,
        municipalities: frozenset[str] | None = None,
    ) -> tuple[SignEvent, ...]:
        """At most `limit` events with an id above `after`, ascending; None: of all municipalities."""
        query = select(EVENTS).where(EVENTS.c.id > after).order_by(EVENTS.c.id).limit(limit)
        if municipalities is not None:
            theirs = (EVENTS.c.sign.startswith(f"{name}/", autoescape=True) for name in municipalities)
            query = query.where(or_(false(), *theirs))
        return await self._read(query, sign)

    async def latest(self, limit: int = 100, sign: SignId | None = None) -> tuple[SignEvent, ...]:
        """The newest events, newest first."""
        return await self._read(select(EVENTS).order_by(EVENTS.c.id.desc()).limit(limit), sign)

    async def _read(self, query: Select[Any], sign: SignId | None) -> tuple[SignEvent, ...]:
        if sign is not None:
            query = query.where(EVENTS.c.sign == str(sign))
        async with self._database.transaction() as connection:
            return tuple(_event(row) for row in await connection.execute(query))


def _row(event: NewEvent) -> tuple[object, ...]:
    """In the order of _COLUMNS."""
    return (
        str(event.key.sign),
        event.key.incarnation,
        event.key.boot,
        event.key.seq,
        event.kind,
        event.utc_ms,
        event.quality,
        event.up_ms,
        event.received_ms,
        _as_text(event.detail),
    )


def _stored(event: NewEvent, id_: int) -> SignEvent:
    return SignEvent(
        id_,
        *event.key,
        event.kind,
        event.utc_ms,
        event.quality,
        event.up_ms,
        event.received_ms,
        event.detail,
    )


def _event(row: Row[Any]) -> SignEvent:
    values = dict(row._mapping)
    return SignEvent(
        **values | {"sign": SignId.parse(values["sign"]), "detail": json.loads(values["detail"])}
    )
