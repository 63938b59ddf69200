"""Notices: groups of alarms that people are told of, and each message to each person."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import Missing
from gangvakt.store.audit import Personal, changed, erase_personal, record
from gangvakt.store.database import Database
from gangvakt.store.tables_audit import AUDIT
from gangvakt.store.tables_relays import CHANNELS, CONTACTS, NOTICE_SENDS, NOTICES, RELAYS

MOST_NOTICES = 2000  # kept of all relays; the oldest that are over go


@dataclass(frozen=True)
class Contact:
    """Somebody who is told; `municipality` None: of all. At least one way is there."""

    id: int
    name: str
    municipality: str | None = None
    email: str | None = None
    phone: str | None = None
    ntfy: str | None = None


@dataclass(frozen=True)
class Notice:
    """Alarms that are told of together: each by its id, as it was told last. `step` is the one told last."""

    id: str
    relay: int
    municipality: str | None
    alarms: Mapping[str, Mapping[str, Any]]
    state: str
    step: int
    opened_ms: int
    due_ms: int | None
    acknowledged_by: str | None = None


@dataclass(frozen=True)
class Send:
    """One message to one person by one way."""

    notice: str
    step: int
    contact: int
    channel: str
    state: str
    due_ms: int
    attempts: int = 0
    error: str | None = None
    id: int = field(default=0)


def new_notice_id() -> str:
    return secrets.token_hex(8)


class NoticeTable:
    """Reading and writing notices, contacts and channels."""

    def __init__(self, database: Database, clock_ms: ClockMs = utc_ms) -> None:
        self._database = database
        self._clock_ms = clock_ms
        self.exclusive = database.exclusive

    async def due(self, states: Sequence[str], now_ms: int, limit: int = 100) -> tuple[Notice, ...]:
        """Those of which something is to be done, the longest due first."""
        query = select(NOTICES).where(NOTICES.c.state.in_(states), NOTICES.c.due_ms <= now_ms)
        return await self._notices(query.order_by(NOTICES.c.due_ms).limit(limit))

    async def latest(self, limit: int = 100) -> tuple[Notice, ...]:
        """The newest first."""
        return await self._notices(select(NOTICES).order_by(NOTICES.c.opened_ms.desc()).limit(limit))

    async def page(
        self, before: tuple[int, str] | None, limit: int, municipalities: frozenset[str] | None = None
    ) -> tuple[Notice, ...]:
        """At most `limit`, the newest first: those behind `opened_ms` and id of one that was given before.

        Of these municipalities; None: of all, and those of none.
        """
        query = select(NOTICES).order_by(NOTICES.c.opened_ms.desc(), NOTICES.c.id.desc()).limit(limit)
        if before is not None:
            opened_ms, notice = before
            as_old = and_(NOTICES.c.opened_ms == opened_ms, NOTICES.c.id < notice)
            query = query.where(or_(NOTICES.c.opened_ms < opened_ms, as_old))
        if municipalities is not None:
            query = query.where(NOTICES.c.municipality.in_(municipalities))
        return await self._notices(query)

    async def get(self, notice: str) -> Notice | None:
        found = await self._notices(select(NOTICES).where(NOTICES.c.id == notice))
        return found[0] if found else None

    async def due_sends(self, now_ms: int, limit: int = 20) -> tuple[Send, ...]:
        query = select(NOTICE_SENDS).where(NOTICE_SENDS.c.state == "due", NOTICE_SENDS.c.due_ms <= now_ms)
        async with self._database.transaction() as connection:
            rows = await connection.execute(query.order_by(NOTICE_SENDS.c.due_ms).limit(limit))
            return tuple(Send(**row._mapping) for row in rows)

    async def sends_of(self, notice: str) -> tuple[Send, ...]:
        query = select(NOTICE_SENDS).where(NOTICE_SENDS.c.notice == notice).order_by(NOTICE_SENDS.c.id)
        async with self._database.transaction() as connection:
            return tuple(Send(**row._mapping) for row in await connection.execute(query))

    async def save_send(self, send: Send) -> None:
        values = {
            "state": send.state,
            "attempts": send.attempts,
            "due_ms": send.due_ms,
            "error": send.error[:500] if send.error else None,
        }
        async with self._database.transaction() as connection:
            await connection.execute(update(NOTICE_SENDS).where(NOTICE_SENDS.c.id == send.id).values(values))

    async def contacts(self) -> tuple[Contact, ...]:
        """Ordered by their numbers."""
        async with self._database.transaction() as connection:
            rows = await connection.execute(select(CONTACTS).order_by(CONTACTS.c.id))
            return tuple(_contact(row) for row in rows)

    async def save_contact(self, contact: Contact) -> Contact:
        """Adds it where its id is 0, else replaces it. Missing."""
        values = {name: value for name, value in vars(contact).items() if name != "id"}
        values["changed_ms"] = self._clock_ms()
        async with self._database.exclusive() as connection:
            if contact.id:
                before = await _held_contact(connection, contact.id)
                await connection.execute(update(CONTACTS).where(CONTACTS.c.id == contact.id).values(values))
                states = changed(_audited(before), _audited(contact))
                await record(connection, "contact.change", contact_subject(contact.id), *states)
                return contact
            added = insert(CONTACTS).values(values).returning(CONTACTS.c.id)
            number = int((await connection.execute(added)).scalar_one())
            await record(connection, "contact.add", contact_subject(number), None, _audited(contact))
            return Contact(**{**vars(contact), "id": number})

    async def remove_contact(self, contact: int) -> None:
        async with self._database.exclusive() as connection:
            before = await _held_contact(connection, contact)
            await connection.execute(delete(CONTACTS).where(CONTACTS.c.id == contact))
            subject = contact_subject(contact)
            await record(connection, "contact.remove", subject, {"municipality": before.municipality}, None)
            await erase_personal(connection, AUDIT.c.subject == subject)

    async def channel(self, name: str) -> tuple[Mapping[str, Any], str] | None:
        """Options and secret of one way to people; None where it is not set up."""
        async with self._database.transaction() as connection:
            return await _channel(connection, name)

    async def save_channel(self, name: str, options: Mapping[str, Any], secret: str) -> None:
        values = {"options": json.dumps(dict(options)), "secret": secret, "changed_ms": self._clock_ms()}
        async with self._database.exclusive() as connection:
            before = await _channel(connection, name)
            await connection.execute(delete(CHANNELS).where(CHANNELS.c.name == name))
            await connection.execute(insert(CHANNELS).values(name=name, **values))
            await record(connection, "channel.set", name, _told(before), _told((options, secret)))

    async def remove_channel(self, name: str) -> None:
        async with self._database.exclusive() as connection:
            before = await _channel(connection, name)
            await connection.execute(delete(CHANNELS).where(CHANNELS.c.name == name))
            await record(connection, "channel.remove", name, _told(before), None)

    async def thin_out(self, over: Sequence[str]) -> None:
        """Lets the oldest go of those in these states, beyond MOST_NOTICES."""
        is_over = NOTICES.c.state.in_(over)
        old = select(NOTICES.c.id).where(is_over).order_by(NOTICES.c.opened_ms.desc()).offset(MOST_NOTICES)
        # Exclusive: SQLite lets nobody write whose reading has become old meanwhile.
        async with self._database.exclusive() as connection:
            ids = (await connection.scalars(old.limit(200))).all()
            await connection.execute(delete(NOTICE_SENDS).where(NOTICE_SENDS.c.notice.in_(ids)))
            await connection.execute(delete(NOTICES).where(NOTICES.c.id.in_(ids)))

    async def _notices(self, query: Any) -> tuple[Notice, ...]:
        async with self._database.transaction() as connection:
            return tuple(_notice(row) for row in await connection.execute(query))


def contact_subject(number: int) -> str:
    """What the audit calls a contact."""
    return f"contact:{number}"


async def _held_contact(connection: AsyncConnection, number: int) -> Contact:
    row = (await connection.execute(select(CONTACTS).where(CONTACTS.c.id == number))).one_or_none()
    if row is None:
        raise Missing("contact", str(number))
    return _contact(row)


async def _channel(connection: AsyncConnection, name: str) -> tuple[Mapping[str, Any], str] | None:
    row = (await connection.execute(select(CHANNELS).where(CHANNELS.c.name == name))).one_or_none()
    return None if row is None else (json.loads(row.options), row.secret)


def _told(channel: tuple[Mapping[str, Any], str] | None) -> dict[str, object] | None:
    return None if channel is None else {"options": dict(channel[0]), "secret": channel[1]}


def _audited(contact: Contact) -> dict[str, object]:
    ways = ("name", "email", "phone", "ntfy")
    personal: dict[str, object] = {way: Personal(getattr(contact, way)) for way in ways}
    return {"municipality": contact.municipality, **personal}


# What follows is done in a transaction of the caller: several of them must be true together.


async def taken(connection: AsyncConnection, relay: str) -> tuple[int, int]:
    """The relay's id, and the last message that its notices hold. Held against others until the commit."""
    query = select(RELAYS.c.id, RELAYS.c.taken).where(RELAYS.c.name == relay).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise Missing("relay", relay)
    return row.id, row.taken


async def set_taken(connection: AsyncConnection, relay: int, number: int) -> None:
    await connection.execute(update(RELAYS).where(RELAYS.c.id == relay).values(taken=number))


async def open_notices(connection: AsyncConnection, relay: int | None, states: Sequence[str]) -> list[Notice]:
    query = select(NOTICES).where(NOTICES.c.state.in_(states)).order_by(NOTICES.c.opened_ms)
    if relay is not None:
        query = query.where(NOTICES.c.relay == relay)
    return [_notice(row) for row in await connection.execute(query)]


async def read_notice(connection: AsyncConnection, notice: str) -> Notice | None:
    query = select(NOTICES).where(NOTICES.c.id == notice).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _notice(row)


async def write_notice(connection: AsyncConnection, notice: Notice, now_ms: int) -> None:
    """Adds it, or replaces the one that is there."""
    values = {**vars(notice), "alarms": json.dumps({k: dict(v) for k, v in notice.alarms.items()})}
    values["changed_ms"] = now_ms
    changed = await connection.execute(update(NOTICES).where(NOTICES.c.id == notice.id).values(values))
    if not changed.rowcount:
        await connection.execute(insert(NOTICES).values(values))


async def add_sends(connection: AsyncConnection, sends: Sequence[Send]) -> None:
    rows = [{name: value for name, value in vars(send).items() if name != "id"} for send in sends]
    if rows:
        await connection.execute(insert(NOTICE_SENDS), rows)


async def told_of(connection: AsyncConnection, notice: str) -> list[Send]:
    query = select(NOTICE_SENDS).where(NOTICE_SENDS.c.notice == notice).order_by(NOTICE_SENDS.c.id)
    return [Send(**row._mapping) for row in await connection.execute(query)]


def _notice(row: Row[Any]) -> Notice:
    values = {name: value for name, value in row._mapping.items() if name != "changed_ms"}
    return Notice(**values | {"alarms": json.loads(row.alarms)})


def _contact(row: Row[Any]) -> Contact:
    return Contact(**{name: value for name, value in row._mapping.items() if name != "changed_ms"})
