"""Alarms and their histories. Writing is in a transaction of the caller, so that telling of it can be too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignId
from gangvakt.fleet.activity import HOUR_MS
from gangvakt.fleet.alarm import Alarm, Step
from gangvakt.fleet.alarm_states import OPEN, Kind, State
from gangvakt.fleet.events import QUALITY_DOUBTFUL
from gangvakt.store.database import Database
from gangvakt.store.rollups import HOUR
from gangvakt.store.tables import EVENTS
from gangvakt.store.tables_alarms import ALARM_STEPS, ALARMS
from gangvakt.store.tables_retention import ROLLUP_MARKS, ROLLUPS

ACTIVATION = "activation_on"
OPEN_STATES = sorted(state.value for state in OPEN)


@dataclass(frozen=True)
class AlarmFilter:
    """What a list is of; None is no bound. `municipalities` are those that may be seen, None among them for
    the controller's own alarms; `owner` "" is nobody's; `search` is a part of the object's name."""

    states: tuple[State, ...] | None = None
    priority: int | None = None
    municipality: str | None = None
    site: str | None = None
    sign: str | None = None
    owner: str | None = None
    municipalities: frozenset[str | None] | None = None
    search: str | None = None


class Order(Enum):
    """Which alarms come first."""

    URGENT = "urgent"  # by priority, of one priority the longest waiting
    NEWEST = "newest"
    OLDEST = "oldest"


async def write_step(connection: AsyncConnection, before: Alarm, step: Step) -> Alarm:
    """Stores the step and what it makes of the alarm, which is new where its id is 0. AlarmStepRefused when
    its state does not allow the step."""
    after = before.after(step)
    if before.id:
        await connection.execute(update(ALARMS).where(ALARMS.c.id == before.id).values(_row(after)))
    else:
        added = await connection.execute(insert(ALARMS).values(_row(after)).returning(ALARMS.c.id))
        after = replace(after, id=int(added.scalar_one()))
    row = {
        "alarm": after.id,
        "kind": step.kind.value,
        "at_ms": step.at_ms,
        "who": step.who,
        "text": step.text,
        "data": json.dumps(dict(step.data)),
    }
    await connection.execute(insert(ALARM_STEPS).values(row))
    return after


class AlarmTable:
    """Reading alarms, and the transactions in which their steps are written."""

    def __init__(self, database: Database) -> None:
        self.transaction = database.transaction

    async def get(self, number: int) -> Alarm | None:
        """None when there is none."""
        async with self.transaction() as connection:
            row = (await connection.execute(select(ALARMS).where(ALARMS.c.id == number))).one_or_none()
        return _alarm(row) if row else None

    async def history(self, number: int) -> tuple[Step, ...]:
        """Every step, oldest first."""
        query = select(ALARM_STEPS).where(ALARM_STEPS.c.alarm == number).order_by(ALARM_STEPS.c.id)
        async with self.transaction() as connection:
            return tuple(_step(row) for row in await connection.execute(query))

    async def steps(self, number: int, after: int, limit: int) -> tuple[tuple[int, Step], ...]:
        """At most `limit` with a number of their own above `after`, oldest first, each with it."""
        own = select(ALARM_STEPS).where(ALARM_STEPS.c.alarm == number, ALARM_STEPS.c.id > after)
        async with self.transaction() as connection:
            rows = await connection.execute(own.order_by(ALARM_STEPS.c.id).limit(limit))
            return tuple((row.id, _step(row)) for row in rows)

    async def live(self, cleared_since_ms: int) -> tuple[Alarm, ...]:
        """Those that are open, and those that were cleared at or after that time."""
        live = or_(ALARMS.c.state.in_(OPEN_STATES), ALARMS.c.cleared_ms >= cleared_since_ms)
        async with self.transaction() as connection:
            rows = await connection.execute(select(ALARMS).where(live).order_by(ALARMS.c.id))
            return tuple(_alarm(row) for row in rows)

    async def page(self, wanted: AlarmFilter, before: int | None, limit: int) -> tuple[Alarm, ...]:
        """At most `limit` with an id below `before`, the newest first."""
        query = _filtered(select(ALARMS), wanted).order_by(ALARMS.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(ALARMS.c.id < before)
        async with self.transaction() as connection:
            return tuple(_alarm(row) for row in await connection.execute(query))

    async def queue(self, wanted: AlarmFilter, order: Order, limit: int) -> tuple[Alarm, ...]:
        """At most `limit`, in the order in which people take them up."""
        query = _filtered(select(ALARMS), wanted).order_by(*_ORDERS[order]).limit(limit)
        async with self.transaction() as connection:
            return tuple(_alarm(row) for row in await connection.execute(query))

    async def count(self, wanted: AlarmFilter) -> int:
        """How many there are."""
        query = _filtered(select(func.count()).select_from(ALARMS), wanted)
        async with self.transaction() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def activations(self, since_ms: int) -> list[tuple[SignId, int, int]]:
        """Activations from the hour of that time on: (sign, UTC ms at which an hour begins, some in it).

        From the roll-ups, and from the events that are not rolled up yet: in one statement, so that none is
        in both, or in neither.
        """
        first_ms = since_ms - since_ms % HOUR_MS
        rolled = select(ROLLUPS.c.sign, ROLLUPS.c.start_ms, ROLLUPS.c.activations.label("count")).where(
            ROLLUPS.c.span == HOUR, ROLLUPS.c.start_ms >= first_ms, ROLLUPS.c.activations > 0
        )
        start_ms = (EVENTS.c.utc_ms // HOUR_MS * HOUR_MS).label("start_ms")
        reached = func.coalesce(select(ROLLUP_MARKS.c.reached).scalar_subquery(), 0)
        fresh = (
            select(EVENTS.c.sign, start_ms, func.count().label("count"))
            .where(EVENTS.c.id > reached, EVENTS.c.kind == ACTIVATION, EVENTS.c.utc_ms >= first_ms)
            .where(EVENTS.c.quality != QUALITY_DOUBTFUL)
            .group_by(EVENTS.c.sign, start_ms)
        )
        async with self.transaction() as connection:
            rows = await connection.execute(rolled.union_all(fresh))
            return [(SignId.parse(row.sign), row.start_ms, row._mapping["count"]) for row in rows]

    async def owners(self) -> frozenset[str | None]:
        """The municipalities that ever had an alarm; None among them for the controller itself."""
        async with self.transaction() as connection:
            rows = await connection.execute(select(ALARMS.c.municipality).distinct())
            return frozenset(row.municipality for row in rows)


def _filtered(query: Select[Any], wanted: AlarmFilter) -> Select[Any]:
    columns = {
        "priority": wanted.priority,
        "municipality": wanted.municipality,
        "site": wanted.site,
        "sign": wanted.sign,
    }
    for name, value in columns.items():
        if value is not None:
            query = query.where(ALARMS.c[name] == value)
    if wanted.states is not None:
        query = query.where(ALARMS.c.state.in_([state.value for state in wanted.states]))
    if wanted.owner is not None:
        query = query.where(
            ALARMS.c.assigned_to == wanted.owner if wanted.owner else ALARMS.c.assigned_to.is_(None)
        )
    if wanted.search:
        query = query.where(ALARMS.c.object.contains(wanted.search, autoescape=True))
    if wanted.municipalities is not None:
        named = [one for one in wanted.municipalities if one is not None]
        own = ALARMS.c.municipality.is_(None) if None in wanted.municipalities else None
        seen = ALARMS.c.municipality.in_(named)
        query = query.where(seen if own is None else or_(seen, own))
    return query


def _row(alarm: Alarm) -> dict[str, object]:
    row = {name: getattr(alarm, name) for name in _PLAIN}
    place = _place(alarm)
    return row | place | {"state": alarm.state.value, "data": json.dumps(dict(alarm.data))}


def _place(alarm: Alarm) -> dict[str, str | None]:
    """A feeder's name has no place in the columns of a site."""
    parts: Sequence[str] = alarm.object.split("/") if "/" in alarm.object else ()
    named = {"municipality": None, "site": None, "sign": None} | dict(
        zip(("municipality", "site", "sign"), parts, strict=False)
    )
    return named | {"site": None} if " " in (named["site"] or "") else named


def _alarm(row: Row[Any]) -> Alarm:
    values = {name: getattr(row, name) for name in ("id", *_PLAIN)}
    return Alarm(**values, state=State(row.state), data=json.loads(row.data))


def _step(row: Row[Any]) -> Step:
    return Step(Kind(row.kind), row.at_ms, row.who, row.text, json.loads(row.data))


_ORDERS: Mapping[Order, tuple[ColumnElement[Any], ...]] = {
    Order.URGENT: (ALARMS.c.priority.asc(), ALARMS.c.raised_ms.asc(), ALARMS.c.id.asc()),
    Order.NEWEST: (ALARMS.c.raised_ms.desc(), ALARMS.c.id.desc()),
    Order.OLDEST: (ALARMS.c.raised_ms.asc(), ALARMS.c.id.asc()),
}
_PLAIN = (
    "code",
    "object",
    "source",
    "priority",
    "text",
    "raised_ms",
    "changed_ms",
    "cleared_ms",
    "acknowledged_by",
    "suspended_until_ms",
    "assigned_to",
    "level",
)
