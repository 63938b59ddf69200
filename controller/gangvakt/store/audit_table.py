"""Reading the audit, and checking its chain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import AuditBroken, Missing
from gangvakt.fleet.audit_chain import START, Entry, Head, commitment, fault_of
from gangvakt.store.audit import PERSON, PERSONAL
from gangvakt.store.database import Database
from gangvakt.store.tables_audit import AUDIT, AUDIT_HEAD, AUDIT_PERSONAL, PERSONS

ROWS = 1000  # held in memory at a time
DELETED = "(deleted)"
_PREFIX = f"{PERSON}:"


@dataclass(frozen=True)
class AuditRow:
    """A row as people read it: names where they are still known, "person 7" where they are not."""

    number: int
    at_ms: int
    who: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    hash: str


@dataclass(frozen=True)
class AuditFilter:
    """What is looked for; None: all. A subject is whole or ends with "*"; times are UTC ms, both included."""

    who: str | None = None
    subject: str | None = None
    action: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None


EVERYTHING = AuditFilter()


class AuditTable:
    """Reading only: nobody but `note` writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, wanted: AuditFilter = EVERYTHING, before: int | None = None, limit: int = 100
    ) -> tuple[AuditRow, ...]:
        """At most `limit` rows with a number below `before`, newest first."""
        async with self._database.transaction() as connection:
            conditions = await _conditions(connection, wanted)
            if conditions is None:
                return ()
            if before is not None:
                conditions.append(AUDIT.c.number < before)
            query = select(AUDIT).where(*conditions).order_by(AUDIT.c.number.desc()).limit(limit)
            return await _read(connection, (await connection.execute(query)).all())

    async def get(self, number: int) -> AuditRow:
        """Missing."""
        async with self._database.transaction() as connection:
            found = (await connection.execute(select(AUDIT).where(AUDIT.c.number == number))).all()
            if not found:
                raise Missing("audit row", str(number), "`gangvakt audit list` shows those there are")
            return (await _read(connection, found))[0]

    async def after(self, number: int, limit: int = ROWS) -> tuple[AuditRow, ...]:
        """Those above `number`, ascending, for an export."""
        query = select(AUDIT).where(AUDIT.c.number > number).order_by(AUDIT.c.number).limit(limit)
        async with self._database.transaction() as connection:
            return await _read(connection, (await connection.execute(query)).all())

    async def head(self) -> Head:
        """As noted beside the chain."""
        async with self._database.transaction() as connection:
            row = (await connection.execute(select(AUDIT_HEAD))).one_or_none()
        return START if row is None else Head(row.number, row.hash)

    async def verify(self, witnesses: Sequence[Head] = ()) -> Head:
        """Checks every row; the newest one. AuditBroken names the first row that does not fit.

        `witnesses` are heads that were written down elsewhere: a chain that was cut off, or made anew, does
        not hold them.
        """
        known = {head.number: head.hash for head in witnesses}
        async with self._database.snapshot() as connection:
            reached = await _walk(connection, known)
            held = (await connection.execute(select(AUDIT_HEAD))).one_or_none()
        highest = max([held.number if held else 0, *known])
        if reached.number < highest:
            raise AuditBroken(reached.number + 1, f"all rows up to {highest} are gone")
        if held is None or held.hash != reached.hash:
            raise AuditBroken(reached.number, "it is not the one that is noted as the newest")
        return reached


async def _walk(connection: AsyncConnection, known: Mapping[int, str]) -> Head:
    head = START
    while True:
        query = select(AUDIT).where(AUDIT.c.number > head.number).order_by(AUDIT.c.number).limit(ROWS)
        rows = (await connection.execute(query)).all()
        if not rows:
            return head
        for row in rows:
            head = _checked(head, row, known)
        await _check_personal(connection, rows)


def _checked(head: Head, row: Row[Any], known: Mapping[int, str]) -> Head:
    entry = Entry(row.number, row.at_ms, row.who, row.action, row.subject, row.before, row.after)
    fault = fault_of(head, entry, row.hash)
    if fault is not None:
        raise AuditBroken(head.number + 1, fault)
    if known.get(row.number, row.hash) != row.hash:
        raise AuditBroken(row.number, "another row was sealed under this number")
    return Head(row.number, row.hash)


async def _check_personal(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> None:
    """What is still there of people must be what was written then."""
    between = AUDIT_PERSONAL.c.number.between(rows[0].number, rows[-1].number)
    texts = {row.number: f"{row.before or ''}{row.after or ''}" for row in rows}
    query = select(AUDIT_PERSONAL).where(between).order_by(AUDIT_PERSONAL.c.number, AUDIT_PERSONAL.c.id)
    for one in await connection.execute(query):
        is_whole = one.digest == commitment(one.salt, one.value)
        if not is_whole or one.digest not in texts.get(one.number, ""):
            raise AuditBroken(one.number, "what it says of a person was changed")


async def _conditions(connection: AsyncConnection, wanted: AuditFilter) -> list[Any] | None:
    """None when nothing can be found."""
    found: list[Any] = []
    if wanted.who is not None:
        number = await known_number(connection, wanted.who)
        if number is None:
            return None
        found.append(AUDIT.c.who == number)
    if wanted.subject is not None:
        found.append(await _about(connection, wanted.subject))
    if wanted.action is not None:
        found.append(_like(AUDIT.c.action, wanted.action))
    if wanted.from_ms is not None:
        found.append(AUDIT.c.at_ms >= wanted.from_ms)
    if wanted.to_ms is not None:
        found.append(AUDIT.c.at_ms <= wanted.to_ms)
    return found


async def _about(connection: AsyncConnection, subject: str) -> Any:
    number = await known_number(connection, subject)
    plain = _like(AUDIT.c.subject, subject)
    return plain if number is None else plain | (AUDIT.c.subject == f"{_PREFIX}{number}")


def _like(column: Any, text: str) -> Any:
    return column.startswith(text[:-1], autoescape=True) if text.endswith("*") else column == text


async def known_number(connection: AsyncConnection, name: str) -> int | None:
    """Of a person by his name, or by "person 7" once he is forgotten."""
    word, _, digits = name.partition(" ")
    if word == PERSON and digits.isascii() and digits.isdigit() and len(digits) < 10:
        return int(digits)
    number: int | None = await connection.scalar(select(PERSONS.c.id).where(PERSONS.c.name == name))
    return number


async def _read(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> tuple[AuditRow, ...]:
    if not rows:
        return ()
    numbers = [row.number for row in rows]
    query = select(AUDIT_PERSONAL).where(AUDIT_PERSONAL.c.number.between(min(numbers), max(numbers)))
    values = {one.digest: json.loads(one.value) for one in await connection.execute(query)}
    reader = _Reader(await names_of(connection), values)
    return tuple(reader.row(row) for row in rows)


async def names_of(connection: AsyncConnection) -> dict[int, str]:
    """What to call each person."""
    rows = await connection.execute(select(PERSONS.c.id, PERSONS.c.name))
    return {row.id: row.name or f"{PERSON} {row.id}" for row in rows}


@dataclass(frozen=True)
class _Reader:
    names: Mapping[int, str]
    values: Mapping[str, Any]

    def row(self, row: Row[Any]) -> AuditRow:
        subject = row.subject
        if subject.startswith(_PREFIX):
            subject = self._name(int(subject[len(_PREFIX) :]))
        before, after = self._state(row.before), self._state(row.after)
        return AuditRow(
            row.number, row.at_ms, self._name(row.who), row.action, subject, before, after, row.hash
        )

    def _name(self, number: int) -> str:
        return self.names.get(number, f"{PERSON} {number}")

    def _state(self, text: str | None) -> Mapping[str, Any] | None:
        return None if text is None else self._told(json.loads(text))

    def _told(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._told(one) for one in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {PERSON} and isinstance(value[PERSON], int):
            return self._name(value[PERSON])
        if value.keys() == {PERSONAL}:
            return self.values.get(value[PERSONAL], DELETED)
        return {key: self._told(one) for key, one in value.items()}
