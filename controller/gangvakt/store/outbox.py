"""What shall go out, in the order of the commits: written in the transaction of what it tells of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import MessageRefused
from gangvakt.fleet import SignEvent
from gangvakt.store.database import Database
from gangvakt.store.events import EventTable
from gangvakt.store.tables_relays import OUTBOX, OUTBOX_HEAD

EVENTS_STORED = "no.gangvakt.events.stored"  # a range of signs' events: what stands for them in the outbox
EVENT_KIND = "no.gangvakt.event.{kind}.v1"
LONGEST_KIND = 96
LONGEST_SUBJECT = 128
LARGEST_DATA = 32_768  # bytes of JSON: half of what a CloudEvent may have on any way


class Position(NamedTuple):
    """How far a reader has come: rows up to `row` are done, and of the next one events up to `event`."""

    row: int
    event: int = 0


START = Position(0)


@dataclass(frozen=True)
class Message:
    """One thing to tell. `id` is the same whenever it is told; `position` is that after it."""

    id: str
    kind: str
    subject: str
    municipality: str | None
    data: Mapping[str, Any]
    time_ms: int
    told_ms: int  # when it came into the outbox: a sign may have kept an event for a day
    position: Position = START


async def append(
    connection: AsyncConnection,
    kind: str,
    subject: str,
    data: Mapping[str, Any],
    clock_ms: ClockMs = utc_ms,
) -> int:
    """Adds one message in the caller's transaction, and gives its number. MessageRefused for what cannot go.

    `kind` is a CloudEvents type, `subject` what it is about: `municipality[/site[/sign]]`, or another word.
    Whose it is stands in `data["municipality"]`, else in the subject where that has a `/`; else it is the
    controller's. Append last: from here to the commit nobody else can.
    """
    text = _checked(kind, subject, data)
    number = await _next_number(connection)
    row = _row(number, kind, subject, _municipality(subject, data), text, clock_ms())
    await connection.execute(insert(OUTBOX).values(row))
    return number


async def append_events(
    connection: AsyncConnection, events: Sequence[SignEvent], clock_ms: ClockMs = utc_ms
) -> None:
    """Adds events that this transaction has stored: one row for all, which names the range of their ids."""
    if not events:
        return
    ids = [event.id for event in events]
    owners = {event.sign.municipality for event in events}
    row = _row(
        await _next_number(connection),
        EVENTS_STORED,
        "",
        owners.pop() if len(owners) == 1 else None,
        "{}",
        clock_ms(),
    )
    await connection.execute(insert(OUTBOX).values(row | {"first_event": min(ids), "last_event": max(ids)}))


class OutboxTable:
    """Reading the outbox, and letting go what everybody has had."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._events = EventTable(database)

    async def head(self) -> int:
        """The number of the newest message, 0 before the first."""
        async with self._database.transaction() as connection:
            return int(await connection.scalar(select(OUTBOX_HEAD.c.last)) or 0)

    async def instance(self) -> str:
        """What tells this controller from others."""
        async with self._database.transaction() as connection:
            return str(await connection.scalar(select(OUTBOX_HEAD.c.instance)))

    async def read(
        self, after: Position, limit: int, municipality: str | None = None, *, events: bool = True
    ) -> tuple[tuple[Message, ...], Position]:
        """At most `limit` messages after a position, and the position to read on from.

        With `municipality`, only what is its own; without `events`, none of signs. Nothing found and the
        position unchanged: there is no more.
        """
        async with self._database.transaction() as connection:
            query = select(OUTBOX).where(OUTBOX.c.id > after.row).order_by(OUTBOX.c.id).limit(limit)
            rows = (await connection.execute(query)).all()
        found: list[Message] = []
        for row in rows:
            is_foreign = municipality is not None and row.municipality not in (None, municipality)
            if is_foreign or (row.first_event is not None and not events):
                after = Position(row.id)
            elif row.first_event is None:
                after = Position(row.id)
                found.append(_message(row))
            else:
                more, after = await self._events_of(row, after, limit - len(found))
                found += more
            if len(found) >= limit or after.row != row.id:
                break
        if municipality is not None:
            found = [message for message in found if message.municipality == municipality]
        return tuple(found), after

    async def _events_of(self, row: Row[Any], after: Position, limit: int) -> tuple[list[Message], Position]:
        """Those of one row, `after.event` being the last one that is done."""
        begin = max(after.event, row.first_event - 1)
        events = await self._events.page(begin, limit)
        inside = [event for event in events if event.id <= row.last_event]
        is_whole = len(inside) < limit or inside[-1].id == row.last_event
        last = Position(row.id) if is_whole else Position(row.id - 1, inside[-1].id)
        messages = [
            _event_message(row, event, last if event is inside[-1] else Position(row.id - 1, event.id))
            for event in inside
        ]
        return messages, last

    async def trim(self, up_to: int) -> int:
        """Lets go what has a number of up to `up_to`; gives how many went."""
        async with self._database.transaction() as connection:
            return (await connection.execute(delete(OUTBOX).where(OUTBOX.c.id <= up_to))).rowcount

    async def waiting(self, after: int, municipality: str | None = None) -> int:
        """How many rows come after one; a row of events counts its events."""
        width = func.coalesce(OUTBOX.c.last_event - OUTBOX.c.first_event + 1, 1)
        query = select(func.coalesce(func.sum(width), 0)).where(OUTBOX.c.id > after)
        if municipality is not None:
            query = query.where(or_(OUTBOX.c.municipality.is_(None), OUTBOX.c.municipality == municipality))
        async with self._database.transaction() as connection:
            return int(await connection.scalar(query) or 0)


async def _next_number(connection: AsyncConnection) -> int:
    counted = update(OUTBOX_HEAD).values(last=OUTBOX_HEAD.c.last + 1).returning(OUTBOX_HEAD.c.last)
    return int((await connection.execute(counted)).scalar_one())


def _checked(kind: str, subject: str, data: Mapping[str, Any]) -> str:
    if not 0 < len(kind) <= LONGEST_KIND:
        raise MessageRefused("outbox", "kind", kind[:LONGEST_KIND], f"1 to {LONGEST_KIND} characters")
    if len(subject) > LONGEST_SUBJECT:
        allowed = f"at most {LONGEST_SUBJECT} characters"
        raise MessageRefused("outbox", "subject", subject[:LONGEST_SUBJECT], allowed)
    try:
        text = json.dumps(dict(data), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise MessageRefused("outbox", "data", str(error)[:80], "what JSON can say") from error
    if len(text.encode()) > LARGEST_DATA:
        raise MessageRefused("outbox", "data", f"{len(text)} characters", f"at most {LARGEST_DATA} bytes")
    return text


def _municipality(subject: str, data: Mapping[str, Any]) -> str | None:
    named = data.get("municipality")
    if isinstance(named, str) and named:
        return named[:32]
    return subject.partition("/")[0][:32] if "/" in subject else None


def _row(
    number: int, kind: str, subject: str, municipality: str | None, data: str, time_ms: int
) -> dict[str, object]:
    return {
        "id": number,
        "kind": kind,
        "subject": subject,
        "municipality": municipality,
        "data": data,
        "time_ms": time_ms,
    }


def _message(row: Row[Any]) -> Message:
    # With its time: a database that was restored gives the same numbers to other messages.
    name = f"{row.time_ms:x}-{row.id}"
    data = json.loads(row.data)
    at = Position(row.id)
    return Message(name, row.kind, row.subject, row.municipality, data, row.time_ms, row.time_ms, at)


def _event_message(row: Row[Any], event: SignEvent, position: Position) -> Message:
    data = {
        "sign": str(event.sign),
        "incarnation": event.incarnation,
        "boot": event.boot,
        "seq": event.seq,
        "kind": event.kind,
        "utc_ms": event.utc_ms,
        "quality": event.quality,
        "up_ms": event.up_ms,
        "received_ms": event.received_ms,
        "detail": dict(event.detail),
    }
    return Message(
        f"{row.time_ms:x}-{row.id}-{event.id}",
        EVENT_KIND.format(kind=event.kind),
        str(event.sign),
        event.sign.municipality,
        data,
        event.utc_ms,
        row.time_ms,
        position,
    )
