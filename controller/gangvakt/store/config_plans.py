"""Plans and every step of them: a step and the state that it leads to are one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, insert, select, update

from gangvakt.errors import PlanStepRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.config_plan import Event, Plan, State, allowed_in
from gangvakt.store.audit import Personal, note
from gangvakt.store.config_versions import ConfigVersion, versions_of_plan
from gangvakt.store.database import Database
from gangvakt.store.tables_config import CONFIG_PLAN_STEPS, CONFIG_PLANS


@dataclass(frozen=True)
class PlanStep:
    """One step: what happened, by whom, and where it led."""

    event: str
    state: str
    stage: int
    who: str
    at_ms: int
    why: str


class PlanTable:
    """Reading and writing both."""

    def __init__(self, database: Database) -> None:
        self.transaction = database.transaction

    async def add(self, new: Plan) -> Plan:
        """With its number."""
        row = _row(new)
        async with self.transaction() as connection:
            added = await connection.execute(insert(CONFIG_PLANS).values(row).returning(CONFIG_PLANS.c.id))
            plan = replace(new, id=int(added.scalar_one()))
            after = {"signs": len(plan.signs), "changes": dict(plan.changes)}
            await note(connection, plan.by, "config.plan.add", f"{plan.municipality}/{plan.id}", None, after)
        return plan

    async def step(self, before: Plan, event: Event, after: Plan, who: str) -> Plan:
        """PlanStepRefused when somebody was faster: it is not any more as `before` says."""
        place = (CONFIG_PLANS.c.id == before.id, CONFIG_PLANS.c.state == before.state.value)
        step = {
            "plan": before.id,
            "event": event.value,
            "state": after.state.value,
            "stage": after.stage,
            "user": who,
            "at_ms": after.changed_ms,
            "why": after.why,
        }
        async with self.transaction() as connection:
            done = await connection.execute(
                update(CONFIG_PLANS).where(*place, CONFIG_PLANS.c.stage == before.stage).values(_row(after))
            )
            if not done.rowcount:
                gone = f"not {before.state.value} any more"
                raise PlanStepRefused(before.id, gone, event.value, allowed_in(before.state))
            await connection.execute(insert(CONFIG_PLAN_STEPS).values(step))
            subject = f"{after.municipality}/{after.id}"
            states = {"state": before.state.value}, {"state": after.state.value, "why": Personal(after.why)}
            await note(connection, who, f"config.plan.{event.value}", subject, *states)
        return after

    async def get(self, municipality: str, number: int) -> Plan | None:
        """None where the municipality has none of that number."""
        query = select(CONFIG_PLANS).where(
            CONFIG_PLANS.c.id == number, CONFIG_PLANS.c.municipality == municipality
        )
        async with self.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _plan(row) if row else None

    async def page(self, municipality: str, before: int | None, limit: int) -> tuple[Plan, ...]:
        """The newest first."""
        query = select(CONFIG_PLANS).where(CONFIG_PLANS.c.municipality == municipality)
        if before is not None:
            query = query.where(CONFIG_PLANS.c.id < before)
        async with self.transaction() as connection:
            rows = await connection.execute(query.order_by(CONFIG_PLANS.c.id.desc()).limit(limit))
            return tuple(map(_plan, rows))

    async def in_states(self, states: Iterable[State]) -> tuple[Plan, ...]:
        """Of all municipalities, the oldest first."""
        names = [state.value for state in states]
        query = select(CONFIG_PLANS).where(CONFIG_PLANS.c.state.in_(names)).order_by(CONFIG_PLANS.c.id)
        async with self.transaction() as connection:
            return tuple(map(_plan, await connection.execute(query)))

    async def changed_since(self, since_ms: int) -> tuple[Plan, ...]:
        """Of all municipalities, those that took a step at `since_ms` or later, the oldest first."""
        query = select(CONFIG_PLANS).where(CONFIG_PLANS.c.changed_ms >= since_ms).order_by(CONFIG_PLANS.c.id)
        async with self.transaction() as connection:
            return tuple(map(_plan, await connection.execute(query)))

    async def steps(self, number: int) -> tuple[PlanStep, ...]:
        """Every step, the oldest first."""
        query = (
            select(CONFIG_PLAN_STEPS)
            .where(CONFIG_PLAN_STEPS.c.plan == number)
            .order_by(CONFIG_PLAN_STEPS.c.id)
        )
        async with self.transaction() as connection:
            return tuple(
                PlanStep(row.event, row.state, row.stage, row.user, row.at_ms, row.why)
                for row in await connection.execute(query)
            )

    async def told(self, number: int) -> tuple[ConfigVersion, ...]:
        """What the plan has told signs so far."""
        async with self.transaction() as connection:
            return await versions_of_plan(connection, number)


def _row(plan: Plan) -> dict[str, object]:
    return {
        "municipality": plan.municipality,
        "title": plan.title,
        "changes": json.dumps(dict(plan.changes)),
        "stages": json.dumps([[str(sign) for sign in stage] for stage in plan.stages]),
        "user": plan.by,
        "created_ms": plan.created_ms,
        "changed_ms": plan.changed_ms,
        "deadline_min": plan.deadline_min,
        "state": plan.state.value,
        "stage": plan.stage,
        "due_ms": plan.due_ms,
        "why": plan.why,
    }


def _plan(row: Row[Any]) -> Plan:
    return Plan(
        row.id,
        row.municipality,
        row.title,
        json.loads(row.changes),
        tuple(tuple(map(SignId.parse, stage)) for stage in json.loads(row.stages)),
        row.user,
        row.created_ms,
        row.changed_ms,
        row.deadline_min,
        State(row.state),
        row.stage,
        row.due_ms,
        row.why,
    )
