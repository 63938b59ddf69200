"""The database, an SQLite file or PostgreSQL: how it is opened, and transactions on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gangvakt.errors import StoreError
from gangvakt.store.address import StoreAddress
from gangvakt.store.revision import ARRIVED, Way, is_latest
from gangvakt.store.sqlite_threads import Connector

BUSY_TIMEOUT_MS = 5000  # `gangvakt user` may write while the controller does
# Of the log that SQLite writes ahead, before they are copied to their places: 16 MB. Signs take turns, so
# that some hundred events change as many pages, and the next ones many of the same again.
PAGES_A_CHECKPOINT = 4000
CONNECT_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S = 60.0  # a server that went away without a word is noticed then
WRITERS_LOCK = 0x6761_6E67  # PostgreSQL's advisory lock of whoever is `exclusive`; any number of our own

# What leaves a driver: SQLAlchemy wraps what statements raise, but not what asyncpg raises on connecting.
DRIVER_ERRORS = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Database:
    """An open database. Every error of the driver leaves as StoreError, after a rollback."""

    def __init__(self, address: StoreAddress) -> None:
        self.address = address
        self._is_file = address.path is not None
        self._connector = Connector(address.path) if address.path else None
        self._engine = _sqlite(address, self._connector) if self._connector else _postgresql(address)

    async def migrate(self) -> Way:
        """To this version's revision, all or nothing; the way that was gone."""
        async with self.exclusive() as connection:
            if await connection.run_sync(is_latest):
                return ARRIVED
            from gangvakt.store.upgrade import upgrade

            return await connection.run_sync(upgrade, str(self.address))

    async def way(self) -> Way:
        """What `migrate` would do."""
        async with self.transaction() as connection:
            from gangvakt.store.upgrade import way_of

            return await connection.run_sync(way_of, str(self.address))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Committed when the block ends, rolled back when it raises."""
        with self._translated():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[AsyncConnection]:
        """One at a time: what it reads of that which is written in such transactions is still true when it
        is committed, and ids that they give out become visible in ascending order.

        On SQLite nobody else writes at all. On PostgreSQL plain transactions go on beside it.
        """
        with self._translated():
            engine = self._engine.execution_options(begin="BEGIN IMMEDIATE")
            async with engine.begin() as connection:
                if not self._is_file:
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """For reading only: everything as it was at one instant, whatever is written meanwhile."""
        with self._translated():
            options: dict[str, Any] = {} if self._is_file else {"isolation_level": "REPEATABLE READ"}
            async with self._engine.execution_options(**options).begin() as connection:
                yield connection

    async def close(self) -> None:
        """When all transactions have ended."""
        await self._engine.dispose()
        if self._connector:
            await self._connector.ended()

    def _translated(self) -> _Translation:
        return _Translation(self.address)


async def way_through(address: StoreAddress, *, go: bool) -> Way:
    """From the revision of a store to this version's; gone as well, when `go`."""
    database = Database(address)
    try:
        return await (database.migrate() if go else database.way())
    finally:
        await database.close()


class _Translation:
    """StoreError, with one line, for whatever a driver raises inside."""

    def __init__(self, address: StoreAddress) -> None:
        self._address = address

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DRIVER_ERRORS):
            raise StoreError(f"database {self._address}: {_first_line(error)}") from error


def _sqlite(address: StoreAddress, connector: Connector) -> AsyncEngine:
    engine = create_async_engine(address.url, async_creator=connector)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _postgresql(address: StoreAddress) -> AsyncEngine:
    # Commits are as durable as the server makes them: its default, synchronous_commit=on, is set here so that
    # a database's own setting cannot acknowledge events to a sign that a power cut would lose.
    settings = {"application_name": "gangvakt", "synchronous_commit": "on"}
    options = {
        "timeout": CONNECT_TIMEOUT_S,
        "command_timeout": COMMAND_TIMEOUT_S,
        "server_settings": settings,
    }
    return create_async_engine(address.url, connect_args=options)


def _prepare(connection: Any, _record: object) -> None:
    # The driver's own transactions leave schema changes outside: we begin them ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # A sign forgets an event once it is acknowledged: a commit must survive a power cut (NORMAL does not).
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={PAGES_A_CHECKPOINT}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _first_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    # SQLAlchemy's adapter puts the class of asyncpg's error before its words.
    told = str(cause).partition("\n")[0] or type(cause).__name__
    return told.partition(">: ")[2] or told if told.startswith("<class ") else told
