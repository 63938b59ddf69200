"""The alarms of one controller: what is reported becomes steps, each stored and told in one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import AlarmMissing, AlarmsMoved, AlarmTaken
from gangvakt.fleet.alarm import CONTROLLER, Alarm, Condition, Step
from gangvakt.fleet.alarm_desk import REOPEN_MS, AlarmDesk, Planned, planned_by_staff
from gangvakt.fleet.alarm_states import Kind
from gangvakt.fleet.life_cycle import LifeOf, always_in_service
from gangvakt.store.alarms import AlarmFilter, AlarmTable, write_step
from gangvakt.store.audit import Person, Personal, note

LOG = logging.getLogger(__name__)

# The type of a CloudEvent that tells of a step.
ALARM_KIND = "no.gangvakt.alarm.{step}.v1"
PAST: Mapping[Kind, str] = {
    Kind.RAISE: "raised",
    Kind.CHANGE: "changed",
    Kind.FLAP: "flapping",
    Kind.CLEAR: "cleared",
    Kind.ACKNOWLEDGE: "acknowledged",
    Kind.SUSPEND: "suspended",
    Kind.RESUME: "resumed",
    Kind.COMMENT: "commented",
    Kind.ASSIGN: "assigned",
    Kind.ESCALATE: "escalated",
}
# Always of people; RESUME may be of time as well.
BY_STAFF = frozenset({Kind.ACKNOWLEDGE, Kind.SUSPEND, Kind.COMMENT, Kind.ASSIGN})
MOST_AT_ONCE = 1000  # alarms that one order of staff may change

Tell = Callable[[AsyncConnection, str, str, dict[str, Any]], Awaitable[object]]
"""Says `(connection, kind, subject, data)` to others in the transaction that it is given."""


class Alarms:
    """For one event loop; `restore` comes first. StoreError: nothing was done.

    `tell` is called in the transaction of the steps, after all of them are written.
    """

    def __init__(
        self,
        table: AlarmTable,
        tell: Tell | None = None,
        clock_ms: ClockMs = utc_ms,
        life_of: LifeOf = always_in_service,
    ) -> None:
        self.table, self._tell, self._clock_ms = table, tell, clock_ms
        self._desk = AlarmDesk(clock_ms(), life_of)
        self._writing = asyncio.Lock()
        self.revision = 0  # another one, and something was stored since

    async def restore(self) -> None:
        """What stood when the controller ended: it is neither raised again nor forgotten."""
        for alarm in await self.table.live(self._clock_ms() - REOPEN_MS):
            self._desk.put(alarm)

    async def report(self, source: str, conditions: Collection[Condition]) -> None:
        """All that is wrong now by the word of `source`. What it named before and does not name is over."""
        await self.report_all({source: conditions})

    async def report_all(self, told: Mapping[str, Collection[Condition]]) -> None:
        """The same of many sources, in one transaction."""
        async with self._writing:
            now_ms = self._clock_ms()
            planned = [
                one
                for source, conditions in told.items()
                for one in self._desk.report(source, conditions, now_ms)
            ]
            await self._take(planned)

    async def tick(self) -> None:
        """What lives of signs and time bring: ends, suspensions and their ends, escalations."""
        async with self._writing:
            await self._take(self._desk.tick(self._clock_ms()))

    async def act(self, number: int, step: Step, seen_ms: int | None = None) -> Alarm:
        """A step of staff; AlarmMissing, or AlarmStepRefused with what the alarm's state allows.

        `seen_ms` is the `changed_ms` that somebody had before him: AlarmTaken when somebody else has done
        more than write a comment since. A comment is always welcome.
        """
        async with self._writing:
            alarm = await self._get(number)
            if seen_ms is not None and step.kind is not Kind.COMMENT and alarm.changed_ms > seen_ms:
                await self._check_untaken(number, step.who, seen_ms)
            (alarm,) = await self._take([planned_by_staff(alarm, step)])
            return alarm

    async def act_on_all(self, wanted: AlarmFilter, step: Step, expected: int) -> tuple[Alarm, ...]:
        """The same on all that fit `wanted`, all or none. AlarmsMoved unless they are the `expected` ones."""
        async with self._writing:
            found = await self.table.page(wanted, None, MOST_AT_ONCE)
            if len(found) != expected:
                raise AlarmsMoved(len(found), expected)
            return tuple(await self._take([planned_by_staff(alarm, step) for alarm in found]))

    def standing(self, source: str) -> tuple[Alarm, ...]:
        """The open alarms of one source."""
        return tuple(alarm for alarm in self._desk.alarms(source) if alarm.is_open)

    def open(self) -> tuple[Alarm, ...]:
        """All open alarms, of every source."""
        return tuple(alarm for alarm in self._desk.alarms() if alarm.is_open)

    def next_look_ms(self, source: str) -> int | None:
        """When a condition of `source` that stands must be reported again; None for when it changes."""
        return self._desk.next_look_ms(source)

    async def _check_untaken(self, number: int, who: str, seen_ms: int) -> None:
        for step in reversed(await self.table.history(number)):
            if step.at_ms <= seen_ms:
                return
            if step.who not in (who, CONTROLLER) and step.kind is not Kind.COMMENT:
                raise AlarmTaken(number, step.who, step.kind.value, step.at_ms)

    async def _get(self, number: int) -> Alarm:
        alarm = self._desk.get(number) or await self.table.get(number)
        if alarm is None:
            raise AlarmMissing(number)
        return alarm

    async def _take(self, planned: Sequence[Planned]) -> list[Alarm]:
        """Stores and tells all, or none; only then it is true here."""
        if not planned:
            return []
        async with self.table.transaction() as connection:
            written = [await write_step(connection, one.before, one.step) for one in planned]
            if self._tell is not None:
                for alarm, one in zip(written, planned, strict=True):
                    kind = ALARM_KIND.format(step=PAST[one.step.kind])
                    await self._tell(connection, kind, alarm.object, told(alarm, one.step))
            for alarm, one in zip(written, planned, strict=True):
                await _note_step(connection, one.before, alarm, one.step)
        self.revision += 1
        for alarm, one in zip(written, planned, strict=True):
            if alarm.is_open or self._desk.get(alarm.id):
                self._desk.put(alarm)
            LOG.info("alarm %d %s: %s: %s", alarm.id, PAST[one.step.kind], alarm.object, alarm.text)
        return written


async def _note_step(connection: AsyncConnection, before: Alarm, alarm: Alarm, step: Step) -> None:
    """What people do: what an alarm does by itself stands in its history alone."""
    if step.who == CONTROLLER and step.kind not in BY_STAFF:
        return
    after = {
        "object": alarm.object,
        "state": alarm.state.value,
        "text": Personal(step.text),
        "assigned_to": Person(alarm.assigned_to) if alarm.assigned_to else None,
    }
    states = {"state": before.state.value}, after
    await note(connection, step.who, f"alarm.{step.kind.value}", f"alarm:{alarm.id}", *states)


def told(alarm: Alarm, step: Step) -> dict[str, Any]:
    """What others are told of a step: the alarm after it, and the step. Bounded, whatever its data is."""
    return {
        "municipality": alarm.municipality,
        "alarm": alarm.id,
        "code": alarm.code,
        "object": alarm.object,
        "state": alarm.state.value,
        "priority": alarm.priority,
        "text": alarm.text,
        "raised_ms": alarm.raised_ms,
        "assigned_to": alarm.assigned_to,
        "level": alarm.level,
        "step": {"kind": step.kind.value, "at_ms": step.at_ms, "who": step.who, "text": step.text},
    }
