"""Events: stored once for ever by their key, read in the order of storing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Row, Select, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import EventKey, SignEvent, SignId, SiteId
from gangvakt.store.database import Database
from gangvakt.store.records import NewEvent
from gangvakt.store.tables import EVENTS

# Rows that one statement of SQLite adds; what is left over goes to the next smaller one. 10 values a row: the
# largest is far below its oldest limit of 999 values a statement.
ROWS_PER_STATEMENT = (64, 8, 1)
# What PostgreSQL shall take each column's array for.
ARRAYS = {"BIGINT": "bigint[]", "INTEGER": "bigint[]"}

_COLUMNS = tuple(column for column in EVENTS.c if column.name != "id")
_NAMES = ", ".join(column.name for column in _COLUMNS)


async def insert_events(connection: AsyncConnection, events: Sequence[NewEvent]) -> tuple[SignEvent, ...]:
    """Stores those that are new and returns them, in order; the others were stored before.

    In a transaction that is exclusive: what has an id above the highest before is ours.
    """
    if not events:
        return ()
    highest = await connection.scalar(select(func.max(EVENTS.c.id))) or 0
    rows = list(map(_row, events))
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql(_insertion_of_arrays(), tuple(map(list, zip(*rows, strict=True))))
    else:
        await _insert_in_pieces(connection, rows)
    new = EVENTS.c.id > highest
    told = select(func.count(), func.min(EVENTS.c.id), func.max(EVENTS.c.id)).where(new)
    count, first, last = (await connection.execute(told)).one()
    if count == len(events) and last - first + 1 == count:
        return tuple(map(_stored, events, range(first, last + 1)))
    return await _found(connection, {event.key: event for event in events}, highest)


async def _insert_in_pieces(connection: AsyncConnection, rows: Sequence[tuple[object, ...]]) -> None:
    """Few and large statements, and one way to the driver's thread and back for all of a size: that thread
    waits for the interpreter's lock at each, while another one reads messages. Nothing is returned, for it
    would wait once a row."""
    start = 0
    for size in ROWS_PER_STATEMENT:
        pieces = range(start, len(rows) - size + 1, size)
        values = [tuple(chain.from_iterable(rows[at : at + size])) for at in pieces]
        if values:
            await connection.exec_driver_sql(_insertion(size), values)
        start += size * len(values)


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
def _insertion(rows: int) -> str:
    """SQLite's statement that adds so many rows, with their values one after the other."""
    row = f"({', '.join('?' * len(_COLUMNS))})"
    return f"INSERT INTO events ({_NAMES}) VALUES {', '.join([row] * rows)} ON CONFLICT DO NOTHING"


@cache
def _insertion_of_arrays() -> str:
    """PostgreSQL's statement that adds any number of rows, from one array a column."""
    kinds = (ARRAYS.get(str(column.type), "text[]") for column in _COLUMNS)
    arrays = ", ".join(f"${number}::{kind}" for number, kind in enumerate(kinds, start=1))
    return f"INSERT INTO events ({_NAMES}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"


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

    async def of_site(
        self, site: SiteId, from_ms: int, until_ms: int, kinds: Sequence[str]
    ) -> tuple[SignEvent, ...]:
        """Those of all signs of a crossing, of these kinds, that happened in from_ms..until_ms - 1."""
        query = (
            select(EVENTS)
            .where(EVENTS.c.sign.startswith(f"{site}/", autoescape=True), EVENTS.c.kind.in_(kinds))
            .where(EVENTS.c.utc_ms >= from_ms, EVENTS.c.utc_ms < until_ms)
            .order_by(EVENTS.c.utc_ms)
        )
        return await self._read(query, None)

    async def _read(self, query: Select[Any], sign: SignId | None) -> tuple[SignEvent, ...]:
        if sign is not None:
            query = query.where(EVENTS.c.sign == str(sign))
        async with self._database.transaction() as connection:
            return tuple(_event(row) for row in await connection.execute(query))


def _row(event: NewEvent) -> tuple[object, ...]:
    """In the order of _COLUMNS."""
    (sign, *key), *fields, detail = event
    return (str(sign), *key, *fields, to_json(detail).decode())


def _stored(event: NewEvent, id_: int) -> SignEvent:
    return SignEvent._make((id_, *event.key, *event[1:]))  # its fields, in their order


def _event(row: Row[Any]) -> SignEvent:
    values = dict(row._mapping)
    return SignEvent(
        **values | {"sign": SignId.parse(values["sign"]), "detail": json.loads(values["detail"])}
    )
