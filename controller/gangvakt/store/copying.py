"""Whole stores in and out: a copy is an SQLite file, whatever the store is, so that either takes it in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Table, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import StoreBusy, StoreError, StoreOutdated
from gangvakt.store.address import StoreAddress
from gangvakt.store.database import Database
from gangvakt.store.tables import EVENTS, METADATA
from gangvakt.store.tables_audit import guard, unguard

ROWS = 500  # held in memory at a time
BUSY_S = 1.0
# Ids of events that were given out after the copy was made are not given out again, so that readers who page
# by them miss nothing: more than that many events are not stored between two backups.
IDS_LEFT_OUT = 1_000_000

Ids = Mapping[str, int]
"""The highest id that a table ever gave out."""


async def copy_out(address: StoreAddress, file: Path) -> None:
    """Writes the store as it is at one instant to the new `file`, while others go on writing."""
    if address.path is not None:
        with _sqlite_errors(address), closing(sqlite3.connect(address.path, timeout=BUSY_S)) as opened:
            opened.execute("VACUUM INTO ?", (str(file),))
        return
    source, target = Database(address), Database(StoreAddress.of_path(file))
    try:
        way = await source.way()
        if way.steps:
            raise StoreOutdated(str(address), way.at, way.to)
        await target.migrate()
        async with source.snapshot() as reading, target.exclusive() as writing:
            await _copy_tables(reading, writing)
            await _raise_ids(writing, await _ids(reading))
    finally:
        await source.close()
        await target.close()


async def bring_here(file: Path, held: Ids) -> None:
    """Checks an SQLite copy, and brings it to this version's revision; ids in it go on above those `held`."""
    address = StoreAddress.of_path(file)
    with _sqlite_errors(address), closing(sqlite3.connect(file)) as copy:
        told = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(1)")]
    if told != ["ok"]:
        raise StoreError(f"database {file.name}: {told[0]}")
    database = Database(address)
    try:
        await database.migrate()
        async with database.exclusive() as connection:
            ids = {name: max(number, held.get(name, 0)) for name, number in (await _ids(connection)).items()}
            ids[EVENTS.name] += IDS_LEFT_OUT
            await _raise_ids(connection, ids)
    finally:
        await database.close()
    with _sqlite_errors(address), closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, which can be renamed


async def copy_in(file: Path, address: StoreAddress) -> None:
    """Replaces all rows of a PostgreSQL store by those of a copy that was brought here: all or nothing."""
    source, target = Database(StoreAddress.of_path(file)), Database(address)
    try:
        await target.migrate()
        async with source.snapshot() as reading, target.exclusive() as writing:
            await _copy_tables(reading, writing)
            await _raise_ids(writing, await _ids(reading))
    finally:
        await source.close()
        await target.close()


async def ids_of(address: StoreAddress) -> Ids | None:
    """Of a store of any revision; none of a file that nobody can read any more, None where no store is."""
    if address.path is not None and not address.path.exists():
        return None
    database = Database(address)
    try:
        async with database.transaction() as connection:
            return await _ids(connection)
    except StoreError:
        return {} if address.path is not None else None
    finally:
        await database.close()


async def refuse_busy(address: StoreAddress) -> None:
    """StoreBusy while a controller works on it."""
    if address.path is None:
        await _refuse_busy_server(address)
    elif address.path.exists():
        _refuse_busy_file(address.path)


def _refuse_busy_file(path: Path) -> None:
    with closing(sqlite3.connect(path, timeout=BUSY_S)) as connection:
        try:
            # Leaving WAL takes the file for oneself: that fails while anybody has it open.
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreBusy(str(path)) from error
        except sqlite3.DatabaseError:
            pass  # damaged: that is what a backup is for


async def _refuse_busy_server(address: StoreAddress) -> None:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gangvakt'"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    database = Database(address)
    try:
        async with database.transaction() as connection:
            if await connection.scalar(others):
                raise StoreBusy(str(address))
    finally:
        await database.close()


async def _copy_tables(reading: AsyncConnection, writing: AsyncConnection) -> None:
    # A chain that only grows is replaced as a whole here, by another one: its triggers come back at the end.
    for statement in unguard(writing.dialect.name):
        await writing.execute(text(statement))
    for table in reversed(METADATA.sorted_tables):
        await writing.execute(delete(table))
    for table in METADATA.sorted_tables:
        rows = await reading.stream(select(table))
        async for some in rows.mappings().partitions(ROWS):
            await writing.execute(insert(table), [dict(row) for row in some])
    for statement in guard(writing.dialect.name):
        await writing.execute(text(statement))


def _numbered() -> Iterator[Table]:
    """Tables that give out ids."""
    return (table for table in METADATA.sorted_tables if table.dialect_options["sqlite"]["autoincrement"])


async def _ids(connection: AsyncConnection) -> Ids:
    if connection.dialect.name == "sqlite":
        known = await connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
        held = {str(name): int(number) for name, number in known}
        return {table.name: held.get(table.name, 0) for table in _numbered()}
    ids = {}
    for table in _numbered():
        query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {table.name}_id_seq")
        ids[table.name] = int(await connection.scalar(query) or 0)
    return ids


async def _raise_ids(connection: AsyncConnection, ids: Ids) -> None:
    for name, number in ids.items():
        if number == 0:
            continue
        values = {"name": name, "number": number}
        if connection.dialect.name == "sqlite":
            await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            await connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :number)"), values)
        else:
            # Sequences know no transactions: raised for nothing they do no harm.
            raising = f"SELECT setval('{name}_id_seq', greatest(:number, last_value)) FROM {name}_id_seq"
            await connection.execute(text(raising), {"number": number})


@contextmanager
def _sqlite_errors(address: StoreAddress) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"database {address}: {error}") from error
