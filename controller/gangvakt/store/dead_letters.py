"""Messages nobody could read, kept for the technician to look at; the newest only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store.database import Database
from gangvakt.store.records import DeadLetter
from gangvakt.store.tables import DEAD_LETTERS

MOST_KEPT = 1000  # with KEPT_BYTES each: 4 MB at most, whatever a broken sign sends
KEPT_BYTES = 4096


async def insert_dead_letters(connection: AsyncConnection, letters: Sequence[DeadLetter]) -> None:
    """Adds the letters, cut to KEPT_BYTES, and lets the oldest beyond MOST_KEPT go."""
    if not letters:
        return
    rows = [asdict(letter) | {"payload": letter.payload[:KEPT_BYTES]} for letter in letters]
    await connection.execute(insert(DEAD_LETTERS), rows)
    newest = select(func.max(DEAD_LETTERS.c.id)).scalar_subquery()
    await connection.execute(delete(DEAD_LETTERS).where(DEAD_LETTERS.c.id <= newest - MOST_KEPT))


class DeadLetterTable:
    """Reading dead letters."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, before: int | None, limit: int) -> tuple[tuple[int, DeadLetter], ...]:
        """At most `limit` with a number below `before`, newest first, each with its number."""
        query = select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(DEAD_LETTERS.c.id < before)
        async with self._database.transaction() as connection:
            rows = [dict(row._mapping) for row in await connection.execute(query)]
        return tuple((row.pop("id"), DeadLetter(**row)) for row in rows)

    async def get(self, number: int) -> DeadLetter | None:
        """None when there is none, or none any more."""
        query = select(DEAD_LETTERS).where(DEAD_LETTERS.c.id == number)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return DeadLetter(**{name: value for name, value in row._mapping.items() if name != "id"})

    async def latest(self, limit: int = 100) -> tuple[DeadLetter, ...]:
        """Newest first."""
        columns = [column for column in DEAD_LETTERS.c if column.name != "id"]
        query = select(*columns).order_by(DEAD_LETTERS.c.id.desc()).limit(limit)
        async with self._database.transaction() as connection:
            return tuple(DeadLetter(**row._mapping) for row in await connection.execute(query))
