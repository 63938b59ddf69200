"""Writing what ingest received: one transaction, all or nothing."""

from __future__ import annotations

from typing import Protocol

from gangvakt.fleet import SignEvent
from gangvakt.store.database import Database
from gangvakt.store.dead_letters import insert_dead_letters
from gangvakt.store.events import insert_events
from gangvakt.store.records import Work
from gangvakt.store.restamping import restamp
from gangvakt.store.signs import upsert_signs


class Journal(Protocol):
    """Where ingest writes."""

    async def write(self, work: Work) -> tuple[SignEvent, ...]:
        """Returns after the commit, with the events that were new; StoreError: nothing was stored."""
        ...


class SqlJournal:
    """The journal in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, work: Work) -> tuple[SignEvent, ...]:
        # Exclusive, so that ids of events are committed in their order: a reader that pages by them would
        # else pass over one that a slower transaction commits later.
        async with self._database.exclusive() as connection:
            await upsert_signs(connection, work.signs)
            await insert_dead_letters(connection, work.dead_letters)
            return await restamp(connection, await insert_events(connection, work.events))
