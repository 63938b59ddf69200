"""Hourly and daily sums of events, a sign: each event is added once, in the transaction that notes it.

Hours and days are those of UTC. What is corrected later, the time of an event, is corrected here as well. An
event of which nobody knows when it was is in no hour.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignId, SiteId
from gangvakt.fleet.events import QUALITY_DOUBTFUL
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.tables import EVENTS
from gangvakt.store.tables_retention import COUNTED, RESTAMPED, ROLLUP_MARKS, ROLLUPS

HOUR, DAY = "hour", "day"
SPANS_MS = {HOUR: 3_600_000, DAY: 86_400_000}
MARK = "events"
MOST_EVENTS = 1000  # in a transaction: ingest waits for that, some 30 ms
ROWS_PER_STATEMENT = 80  # 11 values a row: below SQLite's oldest limit of 999 values a statement
LARGEST = (1 << 53) - 1  # of a duration that a sign tells; what is beyond is not believed

Sums = dict[tuple[str, str, int], list[int]]
"""Of (sign, span, start_ms): what is to be added, in the order of COUNTED."""


@dataclass(frozen=True)
class Rollup:
    """The sums of one hour or day; of a crossing, over all its signs.

    `tracked` are the activations for somebody whom the radar followed; `warning_ms` is the sum of the times
    to the kerb of the `timed` ones, `lit_ms` of how long lamps were on.
    """

    start_ms: int
    events: int
    activations: int
    tracked: int
    timed: int
    warning_ms: int
    lit_ms: int
    boots: int
    faults: int


async def roll_up(connection: AsyncConnection) -> int:
    """Adds the next events, in an exclusive transaction of the caller; how many they were."""
    reached = int(await connection.scalar(select(ROLLUP_MARKS.c.reached)) or 0)
    sums: Sums = defaultdict(lambda: [0] * len(COUNTED))
    moved = await _move_restamped(connection, reached, sums)
    query = select(EVENTS).where(EVENTS.c.id > reached).order_by(EVENTS.c.id).limit(MOST_EVENTS)
    rows = (await connection.execute(query)).all()
    for row in rows:
        _add_now(sums, row)
    await _store(connection, sums)
    if rows:
        await connection.execute(update(ROLLUP_MARKS).values(reached=rows[-1].id))
    return len(rows) + moved


async def note_restamping(connection: AsyncConnection, condition: Any) -> None:
    """Before the times of the events of `condition` are corrected: which of them are rolled up already."""
    reached = select(ROLLUP_MARKS.c.reached).where(ROLLUP_MARKS.c.name == MARK).scalar_subquery()
    rolled = select(EVENTS.c.id, EVENTS.c.utc_ms).where(condition, EVENTS.c.id <= reached)
    await connection.execute(insert(RESTAMPED).from_select(["event", "was_ms"], rolled))


class RollupTable:
    """Reading roll-ups."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(
        self, of: SignId | SiteId, span: str, from_ms: int, until_ms: int, limit: int | None = None
    ) -> tuple[Rollup, ...]:
        """Of a sign or crossing, those that begin in from_ms..until_ms - 1, ascending, without empty ones;
        at most `limit`."""
        columns = ROLLUPS.c
        sums = [func.sum(columns[name]).label(name) for name in COUNTED]
        mine = columns.sign == str(of)
        if isinstance(of, SiteId):
            mine = columns.sign.startswith(f"{of}/", autoescape=True)
        query = (
            select(columns.start_ms, *sums)
            .where(mine, columns.span == span, columns.start_ms >= from_ms, columns.start_ms < until_ms)
            .group_by(columns.start_ms)
            .having(func.sum(columns.events) > 0)
            .order_by(columns.start_ms)
            .limit(limit)
        )
        async with self._database.transaction() as connection:
            rows = await connection.execute(query)
            # PostgreSQL's sums of BIGINT are decimals.
            return tuple(Rollup(*(int(row[one.name]) for one in fields(Rollup))) for row in rows.mappings())


async def _move_restamped(connection: AsyncConnection, reached: int, sums: Sums) -> int:
    query = select(RESTAMPED.c.was_ms, EVENTS).join(EVENTS, EVENTS.c.id == RESTAMPED.c.event)
    rows = (await connection.execute(query.order_by(EVENTS.c.id).limit(MOST_EVENTS))).all()
    for row in rows:
        if row.id <= reached:
            _add(sums, row, row.was_ms, -1)
            _add_now(sums, row)
    if rows:
        await connection.execute(delete(RESTAMPED).where(RESTAMPED.c.event <= rows[-1].id))
    return len(rows)


def _add_now(sums: Sums, row: Row[Any]) -> None:
    if row.quality != QUALITY_DOUBTFUL:
        _add(sums, row, row.utc_ms, 1)


def _add(sums: Sums, row: Row[Any], utc_ms: int, sign: int) -> None:
    counted = _counted(row.kind, row.detail)
    for span, length_ms in SPANS_MS.items():
        held = sums[row.sign, span, utc_ms - utc_ms % length_ms]
        for place, name in enumerate(COUNTED):
            held[place] += sign * counted.get(name, 0)


def _counted(kind: str, detail: str) -> dict[str, int]:
    match kind:
        case "activation_on":
            told = json.loads(detail)
            warning_ms = _number(told.get("t_kerb_ms"))
            tracked = _number(told.get("track")) is not None
            named = {"activations": 1, "tracked": int(tracked)}
            return {"events": 1, **named, "timed": int(warning_ms is not None), "warning_ms": warning_ms or 0}
        case "activation_off":
            return {"events": 1, "lit_ms": _number(json.loads(detail).get("on_ms")) or 0}
        case "boot":
            return {"events": 1, "boots": 1}
        case "fault_on":
            return {"events": 1, "faults": 1}
    return {"events": 1}


def _number(value: object) -> int | None:
    """Signs write -1 or null for what they do not know."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return value if known and isinstance(value, int) else None


async def _store(connection: AsyncConnection, sums: Sums) -> None:
    rows = [
        {"sign": sign, "span": span, "start_ms": start_ms} | dict(zip(COUNTED, held, strict=True))
        for (sign, span, start_ms), held in sums.items()
        if any(held)
    ]
    for some in _pieces(rows):
        statement = insert_into(connection, ROLLUPS).values(some)
        added = {name: ROLLUPS.c[name] + statement.excluded[name] for name in COUNTED}
        keys = ["sign", "span", "start_ms"]
        await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=added))


def _pieces(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        yield rows[start : start + ROWS_PER_STATEMENT]
