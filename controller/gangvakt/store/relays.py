"""Relays: what each takes, how far it has come, and what it could not deliver."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import Missing, RelayExists
from gangvakt.store.audit import changed, record
from gangvakt.store.database import Database
from gangvakt.store.outbox import Message, Position
from gangvakt.store.tables_relays import NOTICE_SENDS, NOTICES, OUTBOX, OUTBOX_HEAD, RELAYS, UNDELIVERED

MOST_UNDELIVERED = 1000  # kept of one relay; the oldest go
LONGEST_REASON = 500


@dataclass(frozen=True)
class NewRelay:
    """What somebody wants to have relayed. `municipality` None: of all; `kinds` are relay.filters' patterns.

    `least_priority` lets through alarms of this priority and more urgent ones: 1 is the most urgent.
    """

    name: str
    type: str
    municipality: str | None
    kinds: tuple[str, ...]
    least_priority: int
    options: Mapping[str, Any]
    secret: str = ""
    paused: bool = False


@dataclass(frozen=True, kw_only=True)
class RelayRecord(NewRelay):
    """As stored. `taken` is the last number that its own tables hold, `missed` what it lost by lagging."""

    id: int
    position: Position
    taken: int
    attempts: int
    next_try_ms: int
    delivered: int
    missed: int
    delivered_ms: int | None
    last_error: str | None
    created_ms: int
    changed_ms: int


@dataclass(frozen=True)
class Undelivered:
    """A message that a relay has given up, and why."""

    id: int
    message: Message
    reason: str
    given_up_ms: int


class RelayTable:
    """Reading and writing relays. Missing for one that is not there."""

    def __init__(self, database: Database, clock_ms: ClockMs = utc_ms) -> None:
        self._database = database
        self._clock_ms = clock_ms

    async def all(self) -> tuple[RelayRecord, ...]:
        """Ordered by their names."""
        async with self._database.transaction() as connection:
            rows = await connection.execute(select(RELAYS).order_by(RELAYS.c.name))
            return tuple(_record(row) for row in rows)

    async def get(self, name: str) -> RelayRecord:
        async with self._database.transaction() as connection:
            row = (await connection.execute(select(RELAYS).where(RELAYS.c.name == name))).one_or_none()
        if row is None:
            raise Missing("relay", name, "`gangvakt relay list` shows those there are")
        return _record(row)

    async def add(self, new: NewRelay) -> RelayRecord:
        """From the next message on. RelayExists."""
        async with self._database.exclusive() as connection:
            if (await connection.execute(select(RELAYS.c.id).where(RELAYS.c.name == new.name))).first():
                raise RelayExists(new.name)
            head = int(await connection.scalar(select(OUTBOX_HEAD.c.last).with_for_update()) or 0)
            now_ms = self._clock_ms()
            await connection.execute(insert(RELAYS).values(_row(new) | _fresh(head, now_ms)))
            await record(connection, "relay.add", new.name, None, _audited(new))
        return await self.get(new.name)

    async def change(self, name: str, values: Mapping[str, Any]) -> RelayRecord:
        """Replaces these fields of NewRelay, and lets the relay try at once."""
        texts = {key: json.dumps(values[key]) for key in ("kinds", "options") if key in values}
        renewed = {**values, **texts, "changed_ms": self._clock_ms(), "next_try_ms": 0}
        before = await self.get(name)
        async with self._database.exclusive() as connection:
            await _update(connection, name, renewed)
            states = changed(_audited(before), _audited(before) | dict(values))
            await record(connection, "relay.change", name, *states)
        return await self.get(name)

    async def remove(self, name: str) -> None:
        """With what it could not deliver."""
        found = await self.get(name)
        async with self._database.exclusive() as connection:
            own = select(NOTICES.c.id).where(NOTICES.c.relay == found.id)
            await connection.execute(delete(NOTICE_SENDS).where(NOTICE_SENDS.c.notice.in_(own)))
            await connection.execute(delete(NOTICES).where(NOTICES.c.relay == found.id))
            await connection.execute(delete(UNDELIVERED).where(UNDELIVERED.c.relay == found.id))
            await connection.execute(delete(RELAYS).where(RELAYS.c.id == found.id))
            await record(connection, "relay.remove", name, _audited(found), None)

    async def advance(self, relay: RelayRecord, position: Position, delivered: int) -> None:
        """All up to `position` is done; `delivered` of it went out just now."""
        values: dict[str, Any] = {"cursor": position.row, "within": position.event}
        if delivered:
            values |= {"attempts": 0, "next_try_ms": 0, "last_error": None, "delivered_ms": self._clock_ms()}
            values["delivered"] = RELAYS.c.delivered + delivered
        await self._update(relay.name, values)

    async def failed(self, relay: RelayRecord, next_try_ms: int, reason: str) -> None:
        """Not delivered, and to be tried again."""
        values = {"attempts": RELAYS.c.attempts + 1, "next_try_ms": next_try_ms}
        await self._update(relay.name, values | {"last_error": reason[:LONGEST_REASON]})

    async def give_up(self, relay: RelayRecord, messages: Sequence[Message], reason: str) -> None:
        """Puts messages aside, and goes on after the last of them."""
        now_ms, position = self._clock_ms(), messages[-1].position
        rows = [_undelivered_row(relay, message, reason, now_ms) for message in messages]
        moved = {"cursor": position.row, "within": position.event, "last_error": reason[:LONGEST_REASON]}
        async with self._database.transaction() as connection:
            await connection.execute(insert(UNDELIVERED), rows)
            await _thin_out(connection, relay.id)
            await connection.execute(update(RELAYS).where(RELAYS.c.id == relay.id).values(moved))

    async def skip_to(self, relay: RelayRecord, row: int, missed: int) -> None:
        """It lagged too far: what is before `row` will not be there any more."""
        reason = f"{missed} messages were let go unsent: it lagged too far behind"
        values = {"cursor": row, "within": 0, "missed": RELAYS.c.missed + missed, "last_error": reason}
        await self._update(relay.name, values)

    async def undelivered(self, name: str, after: int = 0, limit: int = 100) -> tuple[Undelivered, ...]:
        """Those with a number above `after`, ascending."""
        relay = await self.get(name)
        query = select(UNDELIVERED).where(UNDELIVERED.c.relay == relay.id, UNDELIVERED.c.id > after)
        async with self._database.transaction() as connection:
            rows = await connection.execute(query.order_by(UNDELIVERED.c.id).limit(limit))
            return tuple(_undelivered(row) for row in rows)

    async def count_undelivered(self) -> Mapping[int, int]:
        """By the ids of relays."""
        query = select(UNDELIVERED.c.relay, func.count()).group_by(UNDELIVERED.c.relay)
        async with self._database.transaction() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}

    async def forget_undelivered(self, ids: Sequence[int]) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(UNDELIVERED).where(UNDELIVERED.c.id.in_(ids)))

    async def oldest_row(self) -> int | None:
        """The first number that the outbox still holds."""
        async with self._database.transaction() as connection:
            oldest: int | None = await connection.scalar(select(func.min(OUTBOX.c.id)))
            return oldest

    async def _update(self, name: str, values: Mapping[str, Any]) -> None:
        async with self._database.transaction() as connection:
            await _update(connection, name, values)


async def _update(connection: AsyncConnection, name: str, values: Mapping[str, Any]) -> None:
    done = await connection.execute(update(RELAYS).where(RELAYS.c.name == name).values(**values))
    if not done.rowcount:
        raise Missing("relay", name, "`gangvakt relay list` shows those there are")


def _audited(relay: NewRelay) -> dict[str, object]:
    told = {name: getattr(relay, name) for name in ("type", "municipality", "kinds", "least_priority")}
    return told | {"options": dict(relay.options), "secret": relay.secret, "paused": relay.paused}


def _row(new: NewRelay) -> dict[str, object]:
    return {
        "name": new.name,
        "type": new.type,
        "municipality": new.municipality,
        "kinds": json.dumps(new.kinds),
        "least_priority": new.least_priority,
        "options": json.dumps(dict(new.options)),
        "secret": new.secret,
        "paused": new.paused,
    }


def _fresh(head: int, now_ms: int) -> dict[str, object]:
    counts = ("within", "taken", "attempts", "next_try_ms", "delivered", "missed")
    zero: dict[str, object] = dict.fromkeys(counts, 0)
    return zero | {"cursor": head, "created_ms": now_ms, "changed_ms": now_ms}


def _record(row: Row[Any]) -> RelayRecord:
    values = dict(row._mapping)
    position = Position(values.pop("cursor"), values.pop("within"))
    values |= {"kinds": tuple(json.loads(row.kinds)), "options": json.loads(row.options)}
    return RelayRecord(**values, position=position)


def _undelivered_row(relay: RelayRecord, message: Message, reason: str, now_ms: int) -> dict[str, object]:
    return {
        "relay": relay.id,
        "message": message.id,
        "kind": message.kind,
        "subject": message.subject,
        "municipality": message.municipality,
        "data": json.dumps(dict(message.data)),
        "time_ms": message.time_ms,
        "reason": reason[:LONGEST_REASON],
        "given_up_ms": now_ms,
    }


def _undelivered(row: Row[Any]) -> Undelivered:
    data = json.loads(row.data)
    told = row.time_ms
    message = Message(row.message, row.kind, row.subject, row.municipality, data, row.time_ms, told)
    return Undelivered(row.id, message, row.reason, row.given_up_ms)


async def _thin_out(connection: AsyncConnection, relay: int) -> None:
    own = UNDELIVERED.c.relay == relay
    query = select(UNDELIVERED.c.id).where(own).order_by(UNDELIVERED.c.id.desc()).offset(MOST_UNDELIVERED)
    newest_to_go = await connection.scalar(query.limit(1))
    if newest_to_go is not None:
        await connection.execute(delete(UNDELIVERED).where(own, UNDELIVERED.c.id <= newest_to_go))
