"""Messages nobody could read, kept for the technician to look at: one of a kind, the newest kinds only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store.database import Database
from gangvakt.store.records import DeadLetter
from gangvakt.store.tables import DEAD_LETTERS

MOST_KEPT = 1000  # with KEPT_BYTES each: 4 MB at most, whatever a broken sign sends
KEPT_BYTES = 4096

_TABLE = DEAD_LETTERS.c
_COUNT_UP = (
    update(DEAD_LETTERS)
    .where(_TABLE.mark == bindparam("of"))
    .values(
        count=_TABLE.count + bindparam("more"),
        received_ms=bindparam("last_ms"),
        payload=bindparam("newest"),
        size=bindparam("newest_size"),
    )
)
_LETTER = [column for column in _TABLE if column.name not in ("id", "mark")]


async def insert_dead_letters(connection: AsyncConnection, letters: Sequence[DeadLetter]) -> None:
    """Adds the letters, cut to KEPT_BYTES; what came before for the same reason on the same topic is counted.
    Of more than MOST_KEPT kinds those go that did not come for the longest time."""
    kinds = _merged(letters)
    if not kinds:
        return
    query = select(_TABLE.mark).where(_TABLE.mark.in_(kinds))
    known = frozenset((await connection.execute(query)).scalars())
    again = [_more(mark, letter) for mark, letter in kinds.items() if mark in known]
    if again:
        await connection.execute(_COUNT_UP, again)
    new = [_row(mark, letter) for mark, letter in kinds.items() if mark not in known]
    if new:
        await connection.execute(insert(DEAD_LETTERS), new)
        newest = select(_TABLE.id).order_by(_TABLE.received_ms.desc(), _TABLE.id.desc()).limit(MOST_KEPT)
        await connection.execute(delete(DEAD_LETTERS).where(_TABLE.id.not_in(newest)))


def _merged(letters: Iterable[DeadLetter]) -> dict[str, DeadLetter]:
    """One of a kind, by its mark."""
    found: dict[str, DeadLetter] = {}
    for letter in letters:
        mark = hashlib.sha256(f"{letter.topic}\0{letter.reason}".encode()).hexdigest()
        before = found.get(mark)
        first_ms = letter.received_ms if before is None else before.first_ms
        count = letter.count if before is None else before.count + letter.count
        found[mark] = replace(letter, payload=letter.payload[:KEPT_BYTES], first_ms=first_ms, count=count)
    return found


def _row(mark: str, letter: DeadLetter) -> dict[str, Any]:
    return vars(letter) | {"mark": mark}


def _more(mark: str, letter: DeadLetter) -> dict[str, Any]:
    newest = {"last_ms": letter.received_ms, "newest": letter.payload, "newest_size": letter.size}
    return newest | {"of": mark, "more": letter.count}


class DeadLetterTable:
    """Reading dead letters."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, before: int | None, limit: int) -> tuple[tuple[int, DeadLetter], ...]:
        """At most `limit` with a number below `before`, the newest kind first, each with its number."""
        query = select(_TABLE.id, *_LETTER).order_by(_TABLE.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_TABLE.id < before)
        async with self._database.transaction() as connection:
            rows = [dict(row._mapping) for row in await connection.execute(query)]
        return tuple((row.pop("id"), DeadLetter(**row)) for row in rows)

    async def get(self, number: int) -> DeadLetter | None:
        """None when there is none, or none any more."""
        query = select(*_LETTER).where(_TABLE.id == number)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else DeadLetter(**row._mapping)

    async def latest(self, limit: int = 100) -> tuple[DeadLetter, ...]:
        """The newest kind first."""
        return tuple(letter for _, letter in await self.page(None, limit))
