"""Deleting a person: his data goes, what he did stays as that of "person 7", and the audit still verifies."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Column, Select, Table, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import utc_ms
from gangvakt.errors import UnknownUser
from gangvakt.store.address import StoreAddress
from gangvakt.store.audit import PERSON, erase_personal, note
from gangvakt.store.tables import COMMANDS, WANTED_CONFIGS
from gangvakt.store.tables_alarms import ALARM_STEPS, ALARMS
from gangvakt.store.tables_audit import AUDIT, AUDIT_PERSONAL, PAIRS, PERSONS
from gangvakt.store.tables_registry import MUNICIPALITIES, NOTES, PARTS, PHOTOS, REPAIRS, SIGN_STEPS
from gangvakt.store.tables_relays import CONTACTS, NOTICES, OUTBOX, UNDELIVERED

BY_LINK = " (link)"  # behind a contact's name where he acknowledged by a link
BUSY_S = 10.0

# Where a name stands alone.
NAMED: tuple[Column[str], ...] = (
    COMMANDS.c.user,
    WANTED_CONFIGS.c.user,
    ALARMS.c.acknowledged_by,
    ALARMS.c.assigned_to,
    ALARM_STEPS.c.who,
    SIGN_STEPS.c.who,
    PARTS.c.fitted_by,
    REPAIRS.c.who,
    NOTES.c.who,
    PHOTOS.c.who,
    NOTICES.c.acknowledged_by,
)
# Where a name may stand among other words.
TOLD: tuple[Column[str], ...] = (
    ALARM_STEPS.c.text,
    ALARM_STEPS.c.data,
    SIGN_STEPS.c.text,
    REPAIRS.c.text,
    NOTES.c.text,
    PHOTOS.c.text,
    MUNICIPALITIES.c.contact,
    OUTBOX.c.data,
    UNDELIVERED.c.data,
    PAIRS.c.data,
    PAIRS.c.result,
)


@dataclass(frozen=True)
class Forgotten:
    """What somebody is called from now on, and how many values of each table were deleted or replaced."""

    called: str
    changed: dict[str, int]


async def forget(connection: AsyncConnection, name: str, by: str) -> Forgotten:
    """In one transaction, after the member of staff was removed. UnknownUser when nobody is called so.

    Contacts whose name or e-mail address it is go as well.
    """
    names = (name, f"{name}{BY_LINK}")
    contacts = [row.id for row in await connection.execute(_contacts_of(name))]
    known = (await connection.scalars(select(PERSONS.c.id).where(PERSONS.c.name.in_(names)))).all()
    if not known and not contacts:
        raise UnknownUser(name)
    numbers = known or [await _new_number(connection)]
    called = f"{PERSON} {min(numbers)}"
    changed = {"contacts": len(contacts)}
    await connection.execute(delete(CONTACTS).where(CONTACTS.c.id.in_(contacts)))
    for column in NAMED:
        changed[column.table.name] = changed.get(column.table.name, 0) + await _rename(
            connection, column, names, called
        )
    for column in TOLD:
        changed[column.table.name] = changed.get(column.table.name, 0) + await _reword(
            connection, column, name, called
        )
    changed["audit_personal"] = await _erase(connection, name, numbers, contacts)
    gone = update(PERSONS).where(PERSONS.c.id.in_(numbers)).values(name=None, forgotten_ms=utc_ms())
    await connection.execute(gone)
    counted = {table: count for table, count in changed.items() if count}
    await note(connection, by, "person.forget", f"{PERSON}:{min(numbers)}", None, counted)
    return Forgotten(called, counted)


def compact(address: StoreAddress) -> None:
    """What was deleted is gone from an SQLite file's bytes, too; PostgreSQL sees to it by itself in time."""
    if address.path is None:
        return
    with closing(sqlite3.connect(address.path, timeout=BUSY_S)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _contacts_of(name: str) -> Select[tuple[int]]:
    return select(CONTACTS.c.id).where(or_(CONTACTS.c.name == name, CONTACTS.c.email == name))


async def _new_number(connection: AsyncConnection) -> int:
    added = insert(PERSONS).values(name=None, since_ms=utc_ms()).returning(PERSONS.c.id)
    return int((await connection.execute(added)).scalar_one())


async def _rename(connection: AsyncConnection, column: Column[str], names: Iterable[str], called: str) -> int:
    table = column.table
    assert isinstance(table, Table)
    change = update(table).where(column.in_(list(names))).values({column.name: called})
    return int((await connection.execute(change)).rowcount)


async def _reword(connection: AsyncConnection, column: Column[str], name: str, called: str) -> int:
    """Whole words only: "per" is not in "person"."""
    table, count = column.table, 0
    assert isinstance(table, Table)
    keys = list(table.primary_key.columns)
    word = _word(name)
    found = select(*keys, column.label("held")).where(column.contains(name, autoescape=True))
    for row in (await connection.execute(found)).all():
        new = word.sub(called, row.held)
        if new != row.held:
            here = [key == row._mapping[key.name] for key in keys]
            await connection.execute(update(table).where(*here).values({column.name: new}))
            count += 1
    return count


async def _erase(
    connection: AsyncConnection, name: str, numbers: Iterable[int], contacts: Iterable[int]
) -> int:
    """What the audit says of him, and what he wrote; and wherever others named him."""
    subjects = [f"{PERSON}:{number}" for number in numbers] + [f"contact:{number}" for number in contacts]
    count = await erase_personal(connection, AUDIT.c.who.in_(list(numbers)) | AUDIT.c.subject.in_(subjects))
    word, found = _word(name), AUDIT_PERSONAL.c.value.contains(name, autoescape=True)
    rows = (await connection.execute(select(AUDIT_PERSONAL.c.id, AUDIT_PERSONAL.c.value).where(found))).all()
    ids = [row.id for row in rows if word.search(row.value)]
    await connection.execute(delete(AUDIT_PERSONAL).where(AUDIT_PERSONAL.c.id.in_(ids)))
    return count + len(ids)


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@.-]){re.escape(name)}(?![\w@-])")
