"""What is deleted when, and the task that does it and rolls up before."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import Column, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import StoreError
from gangvakt.settings import Keep
from gangvakt.store.database import Database
from gangvakt.store.rollout_ending import delete_artifacts, delete_rollouts
from gangvakt.store.rollups import HOUR, roll_up
from gangvakt.store.tables import COMMANDS, DEAD_LETTERS, EVENTS
from gangvakt.store.tables_audit import AUDIT_PERSONAL
from gangvakt.store.tables_retention import ROLLUP_MARKS, ROLLUPS

DAY_MS = 86_400_000
PERIOD_S = 60.0
MOST_ROWS = 500  # in a transaction: ingest waits for that, some 10 ms
LEAST_PAUSE_S = 0.01

Step = Callable[[AsyncConnection], Awaitable[int]]
"""Works on a bounded number of rows in an exclusive transaction; how many they were."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """Rows of `table` go when `time` (UTC ms) is more than `days` ago; 0 keeps them for ever."""

    table: Table
    id: Column[int]
    time: Column[int]
    days: int


def rules_of(keep: Keep) -> tuple[Rule, ...]:
    """Roll-ups of days are kept for ever: no person is in them."""
    return (
        Rule(EVENTS, EVENTS.c.id, EVENTS.c.received_ms, keep.events),
        Rule(DEAD_LETTERS, DEAD_LETTERS.c.id, DEAD_LETTERS.c.received_ms, keep.dead_letters),
        Rule(COMMANDS, COMMANDS.c.id, COMMANDS.c.sent_ms, keep.commands),
        Rule(AUDIT_PERSONAL, AUDIT_PERSONAL.c.id, AUDIT_PERSONAL.c.at_ms, keep.audit_personal),
    )


class Housekeeper:
    """Rolls up and deletes in small steps, and rests between them for as long as they took."""

    def __init__(self, database: Database, keep: Keep, clock_ms: ClockMs = utc_ms) -> None:
        self._database, self._keep, self._clock_ms = database, keep, clock_ms

    async def run(self) -> None:
        """Until cancelled; what the database refuses is tried again at the next turn."""
        while not _is_ending():
            try:
                await self.turn()
            except StoreError as error:
                log.warning("roll-ups and deletions wait: %s", error)
            await asyncio.sleep(PERIOD_S)

    async def turn(self) -> None:
        """Everything that is due now, however long nobody was here."""
        await self._repeat(roll_up)
        for rule in rules_of(self._keep):
            if rule.days:
                await self._repeat(self._deleting(rule))
        if self._keep.hours:
            await self._delete_hours()
        if self._keep.rollouts:
            await self._repeat(self._ending(delete_rollouts, self._keep.rollouts))
        if self._keep.artifacts:
            await self._repeat(self._ending(delete_artifacts, self._keep.artifacts))

    async def _repeat(self, step: Step) -> None:
        done = 1
        while done and not _is_ending():
            began = time.monotonic()
            async with self._database.exclusive() as connection:
                done = await step(connection)
            await asyncio.sleep(max(LEAST_PAUSE_S, time.monotonic() - began))

    def _deleting(self, rule: Rule) -> Step:
        until_ms = self._clock_ms() - rule.days * DAY_MS

        async def step(connection: AsyncConnection) -> int:
            old = select(rule.id).where(rule.time < until_ms).order_by(rule.time).limit(MOST_ROWS)
            if rule.table is EVENTS:  # never before it is rolled up
                old = old.where(rule.id <= select(ROLLUP_MARKS.c.reached).scalar_subquery())
            gone = await connection.execute(delete(rule.table).where(rule.id.in_(old)))
            return int(gone.rowcount)

        return step

    def _ending(self, delete_old: Callable[[AsyncConnection, int], Awaitable[int]], days: int) -> Step:
        until_ms = self._clock_ms() - days * DAY_MS
        return lambda connection: delete_old(connection, until_ms)

    async def _delete_hours(self) -> None:
        """A row a sign and hour: few enough for one transaction a turn."""
        until_ms = self._clock_ms() - self._keep.hours * DAY_MS
        async with self._database.exclusive() as connection:
            old = (ROLLUPS.c.span == HOUR) & (ROLLUPS.c.start_ms < until_ms)
            await connection.execute(delete(ROLLUPS).where(old))


def _is_ending() -> bool:
    """asyncpg may swallow a cancellation that comes together with its answer, as asyncio.wait_for does."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
