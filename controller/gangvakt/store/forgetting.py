"""Deleting a person: his data goes, what he did stays as that of "person 7", and the audit still verifies."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Column, Select, String, Table, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import utc_ms
from gangvakt.errors import UnknownUser
from gangvakt.store.address import StoreAddress
from gangvakt.store.audit import PERSON, erase_personal, note
from gangvakt.store.tables import BUNDLES, COMMANDS, METADATA, REGISTRATIONS, STAFF
from gangvakt.store.tables_alarms import ALARM_STEPS, ALARMS
from gangvakt.store.tables_audit import AUDIT, AUDIT_PERSONAL, PAIRS, PERSONS
from gangvakt.store.tables_config import CONFIG_PLAN_STEPS, CONFIG_PLANS
from gangvakt.store.tables_people import API_TOKENS, BY_USER, LOGIN_PROVIDERS
from gangvakt.store.tables_public import FAULT_REPORTS, PUBLIC_PAGES
from gangvakt.store.tables_registry import MUNICIPALITIES, NOTES, PHOTOS, REPAIRS, SIGN_STEPS
from gangvakt.store.tables_relays import CHANNELS, CONTACTS, NOTICE_SENDS, OUTBOX, RELAYS, UNDELIVERED
from gangvakt.store.tables_rollouts import ROLLOUT_MOVES, ROLLOUT_SIGNS, ROLLOUTS

BY_LINK = " (link)"  # behind a contact's name where he acknowledged by a link
BUSY_S = 10.0

# What a column is called in which a name stands alone, in whatever table; those of the account go with it.
NAMING = frozenset({"user", "who", "acknowledged_by", "assigned_to", "fitted_by"})
NAMED: tuple[Column[str], ...] = tuple(
    column
    for table in METADATA.sorted_tables
    if table not in (STAFF, *BY_USER)
    for column in table.columns
    if column.name in NAMING and isinstance(column.type, String)
)
# Where a name may stand among other words.
TOLD: tuple[Column[str], ...] = (
    ALARMS.c.text,
    ALARMS.c.data,
    ALARM_STEPS.c.text,
    ALARM_STEPS.c.data,
    API_TOKENS.c.name,
    BUNDLES.c.label,
    COMMANDS.c.args,
    COMMANDS.c.answer,
    CONFIG_PLANS.c.title,
    CONFIG_PLANS.c.why,
    CONFIG_PLAN_STEPS.c.why,
    FAULT_REPORTS.c.text,
    FAULT_REPORTS.c.contact,
    MUNICIPALITIES.c.contact,
    NOTES.c.text,
    NOTICE_SENDS.c.error,
    OUTBOX.c.data,
    PAIRS.c.subject,
    PAIRS.c.data,
    PAIRS.c.result,
    PHOTOS.c.text,
    PUBLIC_PAGES.c.contact,
    REGISTRATIONS.c.report,
    REGISTRATIONS.c.why,
    RELAYS.c.last_error,
    REPAIRS.c.text,
    ROLLOUTS.c.title,
    ROLLOUTS.c.reason,
    ROLLOUT_MOVES.c.reason,
    ROLLOUT_SIGNS.c.reason,
    SIGN_STEPS.c.text,
    UNDELIVERED.c.data,
    UNDELIVERED.c.reason,
)
# Settings, which another word would break, and names of other people: whoever administers them is told.
LEFT: tuple[Column[str], ...] = (
    CHANNELS.c.options,
    CONTACTS.c.name,
    CONTACTS.c.email,
    CONTACTS.c.ntfy,
    LOGIN_PROVIDERS.c.options,
    RELAYS.c.name,
    RELAYS.c.options,
)


@dataclass(frozen=True)
class Forgotten:
    """What somebody is called from now on, how many values of each table were deleted or replaced, and where
    the name is left, as table.column, for somebody to look after."""

    called: str
    changed: dict[str, int]
    left: tuple[str, ...] = ()


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
    left = [f"{one.table.name}.{one.name}" for one in LEFT if await _rows_with(connection, one, name)]
    return Forgotten(called, counted, tuple(left))


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
    table, word = column.table, _word(name)
    assert isinstance(table, Table)
    assert isinstance(column.type, String)
    rows = await _rows_with(connection, column, name)
    for key, held in rows:
        here = [one == value for one, value in zip(table.primary_key.columns, key, strict=True)]
        new = word.sub(called, held)[: column.type.length]
        await connection.execute(update(table).where(*here).values({column.name: new}))
    return len(rows)


async def _rows_with(
    connection: AsyncConnection, column: Column[str], name: str
) -> list[tuple[Sequence[object], str]]:
    """Primary key and text of the rows in which the name is a word."""
    word, keys = _word(name), list(column.table.primary_key.columns)
    may_be = or_(*(column.contains(one, autoescape=True) for one in _spellings(name)))
    found = (await connection.execute(select(*keys, column.label("held")).where(may_be))).all()
    return [(tuple(row)[:-1], row.held) for row in found if word.search(row.held)]


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


def _spellings(name: str) -> tuple[str, ...]:
    """As it is, and as JSON may have it, which writes all but ASCII as escapes."""
    return tuple({name, json.dumps(name)[1:-1]})


def _word(name: str) -> re.Pattern[str]:
    any_of_them = "|".join(re.escape(one) for one in _spellings(name))
    return re.compile(rf"(?<![\w@.-])(?:{any_of_them})(?![\w@-])")
