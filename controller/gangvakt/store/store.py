"""The store as one thing: a migrated database and its tables."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import FolderUnusable
from gangvakt.settings import Keep
from gangvakt.store.address import StoreAddress
from gangvakt.store.alarms import AlarmTable
from gangvakt.store.audit_table import AuditTable
from gangvakt.store.config_groups import ConfigGroupTable
from gangvakt.store.config_plans import PlanTable
from gangvakt.store.database import Database
from gangvakt.store.dead_letters import DeadLetterTable
from gangvakt.store.events import EventTable
from gangvakt.store.fault_reports import FaultReportTable
from gangvakt.store.gaps import GapTable
from gangvakt.store.journal import SqlJournal
from gangvakt.store.notices import NoticeTable
from gangvakt.store.orders import OrderTable
from gangvakt.store.outbox import OutboxTable
from gangvakt.store.relays import RelayTable
from gangvakt.store.retention import Housekeeper
from gangvakt.store.rollouts import RolloutTable
from gangvakt.store.rollups import RollupTable
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
        self.gaps = GapTable(database)
        self.staff = StaffTable(database)
        self.orders = OrderTable(database)
        self.config_groups, self.config_plans = ConfigGroupTable(database), PlanTable(database)
        self.outbox, self.relays = OutboxTable(database), RelayTable(database)
        self.notices = NoticeTable(database)
        self.rollups = RollupTable(database)
        self.alarms = AlarmTable(database)
        self.rollouts = RolloutTable(database)
        self.fault_reports = FaultReportTable(database)
        self.audit = AuditTable(database)
        # For what takes several tables to be true together: the registry.
        self.reading, self.exclusive = database.transaction, database.exclusive
        self._database = database

    def housekeeper(self, keep: Keep, clock_ms: ClockMs = utc_ms) -> Housekeeper:
        """Who rolls up events and deletes what is older than `keep` says."""
        return Housekeeper(self._database, keep, clock_ms)

    @classmethod
    @asynccontextmanager
    async def open(cls, where: StoreAddress | Path | str) -> AsyncIterator[Store]:
        """Opens the SQLite file of a path or the database of a URL and brings it to this version.

        A file is made where missing. StoreTooNew when it is ahead of us.
        """
        address = StoreAddress.of(where)
        if address.path is not None:
            _make_private(address.path)
        database = Database(address)
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
