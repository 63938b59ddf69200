"""Writing what ingest received: one transaction, all or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignEvent
from gangvakt.store.database import Database
from gangvakt.store.dead_letters import insert_dead_letters
from gangvakt.store.events import insert_events
from gangvakt.store.records import Work
from gangvakt.store.restamping import restamp
from gangvakt.store.signs import upsert_signs

OnStored = Callable[[AsyncConnection, Sequence[SignEvent]], Awaitable[None]]
"""Told of the new events in the transaction that stores them: what it writes is committed with them."""


class Journal(Protocol):
    """Where ingest writes."""

    async def write(self, work: Work) -> tuple[SignEvent, ...]:
        """Returns after the commit, with the events that were new; StoreError: nothing was stored."""
        ...


class SqlJournal:
    """The journal in the database."""

    def __init__(self, database: Database, on_stored: OnStored | None = None) -> None:
        self.on_stored = on_stored
        self._database = database

    async def write(self, work: Work) -> tuple[SignEvent, ...]:
        # Exclusive, so that ids of events are committed in their order: a reader that pages by them would
        # else pass over one that a slower transaction commits later.
        async with self._database.exclusive() as connection:
            await upsert_signs(connection, work.signs)
            await insert_dead_letters(connection, work.dead_letters)
            stored = await restamp(connection, await insert_events(connection, work.events))
            if stored and self.on_stored is not None:
                await self.on_stored(connection, stored)
            return stored
