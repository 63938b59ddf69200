"""The store as one thing: a migrated database and its tables."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gangvakt.errors import FolderUnusable
from gangvakt.store.database import Database
from gangvakt.store.dead_letters import DeadLetterTable
from gangvakt.store.events import EventTable
from gangvakt.store.journal import SqlJournal
from gangvakt.store.notices import NoticeTable
from gangvakt.store.orders import OrderTable
from gangvakt.store.outbox import OutboxTable
from gangvakt.store.relays import RelayTable
from gangvakt.store.signs import SignTable
from gangvakt.store.staff import StaffTable

PRIVATE = 0o600  # password hashes are inside


class Store:
    """Tables of an open database."""

    def __init__(self, database: Database) -> None:
        self.journal = SqlJournal(database)
        self.events = EventTable(database)
        self.signs = SignTable(database)
        self.dead_letters = DeadLetterTable(database)
        self.staff = StaffTable(database)
        self.orders = OrderTable(database)
        self.outbox, self.relays = OutboxTable(database), RelayTable(database)
        self.notices = NoticeTable(database)
        # For what takes several tables to be true together: the registry.
        self.reading, self.exclusive = database.transaction, database.exclusive

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Store]:
        """Opens or makes the database and brings it to this version; StoreTooNew when it is ahead of us."""
        _make_private(path)
        database = Database(path)
        try:
            await database.migrate()
            yield cls(database)
        finally:
            await database.close()


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE))
    except OSError as error:
        raise FolderUnusable(path.parent, error) from error
