"""Events: stored once for ever by their key, read in the order of storing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignEvent, SignId
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.records import NewEvent
from gangvakt.store.tables import EVENTS

ROWS_PER_STATEMENT = 64  # 10 values a row: far below SQLite's oldest limit of 999 values a statement


async def insert_events(connection: AsyncConnection, events: Sequence[NewEvent]) -> tuple[SignEvent, ...]:
    """Stores those that are new and returns them, in order; the others were stored before."""
    stored: list[SignEvent] = []
    for start in range(0, len(events), ROWS_PER_STATEMENT):
        rows = [_row(event) for event in events[start : start + ROWS_PER_STATEMENT]]
        statement = insert_into(connection, EVENTS).values(rows).on_conflict_do_nothing().returning(EVENTS)
        stored += [_event(row) for row in await connection.execute(statement)]
    return tuple(sorted(stored, key=lambda event: event.id))


class EventTable:
    """Reading events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, after: int = 0, limit: int = 100, sign: SignId | None = None
    ) -> tuple[SignEvent, ...]:
        """At most `limit` events with an id above `after`, ascending."""
        query = select(EVENTS).where(EVENTS.c.id > after).order_by(EVENTS.c.id).limit(limit)
        return await self._read(query, sign)

    async def latest(self, limit: int = 100, sign: SignId | None = None) -> tuple[SignEvent, ...]:
        """The newest events, newest first."""
        return await self._read(select(EVENTS).order_by(EVENTS.c.id.desc()).limit(limit), sign)

    async def _read(self, query: Select[Any], sign: SignId | None) -> tuple[SignEvent, ...]:
        if sign is not None:
            query = query.where(EVENTS.c.sign == str(sign))
        async with self._database.transaction() as connection:
            return tuple(_event(row) for row in await connection.execute(query))


def _row(event: NewEvent) -> dict[str, object]:
    return {
        "sign": str(event.key.sign),
        "incarnation": event.key.incarnation,
        "boot": event.key.boot,
        "seq": event.key.seq,
        "kind": event.kind,
        "utc_ms": event.utc_ms,
        "quality": event.quality,
        "up_ms": event.up_ms,
        "received_ms": event.received_ms,
        "detail": json.dumps(dict(event.detail), separators=(",", ":")),
    }


def _event(row: Row[Any]) -> SignEvent:
    values = dict(row._mapping)
    return SignEvent(
        **values | {"sign": SignId.parse(values["sign"]), "detail": json.loads(values["detail"])}
    )
