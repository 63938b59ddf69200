"""The SQLite file: how it is opened, and transactions on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gangvakt.errors import StoreError
from gangvakt.store.upgrade import upgrade

BUSY_TIMEOUT_MS = 5000  # `gangvakt user` may write while the controller does


class Database:
    """An open database. Every error of the driver leaves as StoreError, after a rollback."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _engine(path)

    async def migrate(self) -> None:
        async with self.transaction() as connection:
            await connection.run_sync(upgrade, self.path)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Committed when the block ends, rolled back when it raises."""
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"database {self.path}: {_first_line(error)}") from error

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[AsyncConnection]:
        """A transaction in which nobody else writes: what it reads is still true when it is committed."""
        try:
            async with self._engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"database {self.path}: {_first_line(error)}") from error

    async def close(self) -> None:
        await self._engine.dispose()


def _engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # The driver's own transactions leave schema changes outside: we begin them ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # A sign forgets an event once it is acknowledged: a commit must survive a power cut (NORMAL does not).
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0]
