"""Writing the audit: one row for each thing that somebody does, in the transaction that does it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import utc_ms
from gangvakt.fleet.audit_chain import Entry, canonical, commitment, hash_of
from gangvakt.store.acting import acting
from gangvakt.store.dialect import insert_into
from gangvakt.store.tables_audit import AUDIT, AUDIT_HEAD, AUDIT_PERSONAL, PERSONS

PERSON, PERSONAL = "person", "personal"
HIDDEN = "(hidden)"
# Whatever is called so never gets into the audit, only that it is there.
SECRET_NAMES = frozenset(
    {"psk", "secret", "password", "password_hash", "passphrase", "token", "key", "group_key", "private_key"}
    | {"client_secret", "code", "codes", "recovery_codes", "totp", "session"}
)
LONGEST_STATE = 32_768  # bytes of `before` or `after`; a longer one is told by its hash
LONGEST_NAME, LONGEST_ACTION, LONGEST_SUBJECT = 128, 64, 160
SALT_BYTES = 16


@dataclass(frozen=True)
class Person:
    """Somebody by the name at log-in; the chain holds a number, and the name can be deleted."""

    name: str


@dataclass(frozen=True)
class Personal:
    """A value that says something about a person: the chain holds what it can be checked by, until it is
    deleted."""

    value: object


State = Mapping[str, object]


async def note(
    connection: AsyncConnection,
    who: str,
    action: str,
    subject: str | Person,
    before: State | None = None,
    after: State | None = None,
    *,
    at_ms: int | None = None,
) -> int:
    """Appends a row to the chain; its number. Inside of the writer's transaction, as its last statement:
    whoever appends holds the chain until the commit.

    `action` is `thing.verb`. In `before` and `after`, of what JSON can say, people stand as `Person` and what
    is said of them as `Personal`; values called as in SECRET_NAMES are replaced by HIDDEN.
    """
    now_ms = utc_ms() if at_ms is None else at_ms
    author = await person_number(connection, who, now_ms)
    about = subject
    if isinstance(subject, Person):
        about = f"{PERSON}:{await person_number(connection, subject.name, now_ms)}"
    taking = update(AUDIT_HEAD).values(number=AUDIT_HEAD.c.number + 1)
    head = (await connection.execute(taking.returning(AUDIT_HEAD.c.number, AUDIT_HEAD.c.hash))).one()
    writer = _Writer(connection, head.number, now_ms)
    entry = Entry(
        head.number,
        now_ms,
        author,
        action[:LONGEST_ACTION],
        str(about)[:LONGEST_SUBJECT],
        await writer.state(before),
        await writer.state(after),
    )
    held = hash_of(head.hash, entry)
    await connection.execute(insert(AUDIT).values(**vars(entry), hash=held))
    await connection.execute(update(AUDIT_HEAD).values(hash=held))
    return entry.number


async def record(
    connection: AsyncConnection,
    action: str,
    subject: str | Person,
    before: State | None = None,
    after: State | None = None,
) -> int:
    """`note` of whoever is acting."""
    return await note(connection, acting(), action, subject, before, after)


async def person_number(connection: AsyncConnection, name: str, now_ms: int | None = None) -> int:
    """The number by which the chain knows somebody; given out where there is none yet."""
    known = name[:LONGEST_NAME]
    query = select(PERSONS.c.id).where(PERSONS.c.name == known)
    number: int | None = await connection.scalar(query)
    if number is None:
        row = {"name": known, "since_ms": utc_ms() if now_ms is None else now_ms}
        added = insert_into(connection, PERSONS).values(row).on_conflict_do_nothing()
        await connection.execute(added)
        number = int(await connection.scalar(query) or 0)
    return number


class _Writer:
    """Makes states fit for the chain, and keeps aside what of them is personal."""

    def __init__(self, connection: AsyncConnection, number: int, now_ms: int) -> None:
        self._connection, self._number, self._now_ms = connection, number, now_ms

    async def state(self, state: State | None) -> str | None:
        if state is None:
            return None
        text = canonical(await self._told(state))
        if len(text.encode()) <= LONGEST_STATE:
            return text
        return canonical({"bytes": len(text.encode()), "sha256": commitment("", text)})

    async def _told(self, value: object, name: str = "") -> object:
        if name in SECRET_NAMES and value:
            return HIDDEN
        if isinstance(value, Person):
            return {PERSON: await person_number(self._connection, value.name, self._now_ms)}
        if isinstance(value, Personal):
            return None if value.value in (None, "") else {PERSONAL: await self._set_aside(value.value)}
        if isinstance(value, Mapping):
            return {str(key): await self._told(held, str(key)) for key, held in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            ordered = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return [await self._told(held, name) for held in ordered]
        return value

    async def _set_aside(self, value: object) -> str:
        salt, text = secrets.token_hex(SALT_BYTES), canonical(value)
        digest = commitment(salt, text)
        row = {"number": self._number, "digest": digest, "salt": salt, "value": text, "at_ms": self._now_ms}
        await self._connection.execute(insert(AUDIT_PERSONAL).values(row))
        return digest


async def erase_personal(connection: AsyncConnection, of_rows: ColumnElement[bool]) -> int:
    """Deletes what the rows of AUDIT that fit say of people; the chain still holds. How many values."""
    numbers = select(AUDIT.c.number).where(of_rows)
    gone = await connection.execute(delete(AUDIT_PERSONAL).where(AUDIT_PERSONAL.c.number.in_(numbers)))
    return int(gone.rowcount)


def changed(before: State, after: State) -> tuple[dict[str, object], dict[str, object]]:
    """What of two states of the same thing differs."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def read_state(text: str | None) -> dict[str, object] | None:
    return None if text is None else dict(json.loads(text))
