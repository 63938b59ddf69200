"""Brings configurations to many signs, by the table of `fleet.config_plan`: one step at a time, each stored
before the next begins, so that a controller that is killed goes on where it was."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import GangvaktError, Missing, PlanStepRefused, SettingRefused
from gangvakt.fleet import LiveFleet, SignId, WantedConfig
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import PLAN_STOPPED
from gangvakt.fleet.config_plan import WORKED_ON, Event, Fate, Plan, State, judged, stages_of, undecided
from gangvakt.fleet.selection import Selection
from gangvakt.orders import configs as one_sign
from gangvakt.orders.dry_run import DryRuns, Trial
from gangvakt.store.acting import CONTROLLER
from gangvakt.store.config_plans import PlanTable
from gangvakt.store.config_versions import ConfigVersion

LOG = logging.getLogger(__name__)

PAUSE_S = 1.0  # signs take at least 90 s to prove a configuration
MINUTE_MS = 60_000
LONGEST_WHY = 500
LOST = ("refused", "rolled_back")
SOURCE = "config plans"
# Whoever has left a plan as it stopped for a week has decided.
REMEMBERED_MS = 7 * 24 * 60 * MINUTE_MS

Report = Callable[[str, Collection[Condition]], Awaitable[None]]


async def _told_nobody(_source: str, _conditions: Collection[Condition]) -> None:
    """Where there are no alarms."""


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for; sizes of stages as `stages_of` takes them."""

    title: str
    changes: Mapping[str, object]
    selection: Selection
    first: int
    growth: int
    deadline_min: int
    by: str


class Plans:
    """`run` works; everything else is asked of it. `report` is `Alarms.report`."""

    def __init__(
        self,
        table: PlanTable,
        configs: one_sign.Configs,
        fleet: LiveFleet,
        dry_runs: DryRuns | None = None,
        *,
        report: Report = _told_nobody,
        clock_ms: ClockMs = utc_ms,
        pause_s: float = PAUSE_S,
    ) -> None:
        self.table, self._report = table, report
        self._configs, self._fleet, self._dry_runs = configs, fleet, dry_runs
        self._clock_ms, self._pause_s = clock_ms, pause_s
        self._told = asyncio.Event()

    async def make(self, wanted: Wanted) -> Plan:
        """A draft. SettingRefused, naming field and value, when one of the signs may not have it: then there
        is no plan."""
        signs = wanted.selection.of(self._fleet.signs())
        if not signs:
            raise SettingRefused("plan", "signs", 0, "a selection that fits at least one sign that was heard")
        for sign in signs:
            await self._configs.preview(sign, wanted.changes)
        now_ms = self._clock_ms()
        stages = stages_of(signs, wanted.first, wanted.growth)
        draft = Plan(
            0,
            wanted.selection.municipality,
            wanted.title,
            dict(wanted.changes),
            stages,
            wanted.by,
            now_ms,
            now_ms,
            wanted.deadline_min,
        )
        return await self.table.add(draft)

    async def get(self, municipality: str, number: int) -> Plan:
        """Missing where the municipality has none of that number."""
        plan = await self.table.get(municipality, number)
        if plan is None:
            raise Missing("plan", f"{number} in {municipality}", "`gangvakt config plan list` lists them")
        return plan

    async def step(self, plan: Plan, event: Event, who: str, due_ms: int | None = None) -> Plan:
        """PlanStepRefused when the plan's state does not allow it, or it is another by now."""
        done = await self._step(plan, event, who, due_ms=due_ms)
        self._told.set()
        return done

    async def fates(self, plan: Plan) -> dict[SignId, Fate]:
        """Of each sign that the plan has come to; one that had it all already has kept it."""
        told = {one.sign: one for one in await self.table.told(plan.id) if one.cause == "plan"}
        return {
            sign: self._fate(sign, told.get(sign))
            for stage in plan.stages[: plan.stage + 1]
            for sign in stage
        }

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._told.clear()
            try:
                for plan in await self.table.in_states(WORKED_ON):
                    await self.advance(plan)
                await self.raise_alarms()
            except GangvaktError as error:  # the database refuses: it may be back in a moment
                LOG.warning("plans of configurations: %s", error)
            try:
                await asyncio.wait_for(self._told.wait(), self._pause_s)
            except TimeoutError:
                continue

    async def raise_alarms(self) -> None:
        """One for each plan that stopped by itself and waits for somebody."""
        recent = await self.table.changed_since(self._clock_ms() - REMEMBERED_MS)
        conditions = [
            Condition(PLAN_STOPPED, f"{one.municipality}/plan {one.id}", 2, f"{one.title}: {one.why}"[:1000])
            for one in undecided(recent)
        ]
        await self._report(SOURCE, conditions)

    async def advance(self, plan: Plan) -> Plan:
        """One step on, where it is time for one."""
        work = {
            State.DRY_RUN: self._try,
            State.SCHEDULED: self._begin,
            State.APPLYING: self._apply,
            State.PROBATION: self._judge,
            State.ROLLING_BACK: self._roll_back,
        }[plan.state]
        try:
            return await work(plan)
        except PlanStepRefused:  # somebody stopped it meanwhile
            return await self.get(plan.municipality, plan.id)

    async def _begin(self, plan: Plan) -> Plan:
        if plan.due_ms is not None and self._clock_ms() < plan.due_ms:
            return plan
        return await self._step(plan, Event.BEGIN)

    async def _apply(self, plan: Plan) -> Plan:
        """A sign that was told before this process was killed is not told again: it has it all."""
        cause = one_sign.Cause(plan.by, "plan", plan.id)
        for sign in plan.stages[plan.stage]:
            if (await self.get(plan.municipality, plan.id)).state is not State.APPLYING:
                return plan
            try:
                await self._configs.bring(sign, plan.changes, cause)
            except (SettingRefused, Missing) as error:
                return await self._step(plan, Event.FAIL, why=f"{sign}: {error}")
        return await self._step(plan, Event.TOLD)

    async def _judge(self, plan: Plan) -> Plan:
        fates = await self.fates(plan)
        stage = plan.stages[plan.stage]
        is_late = self._clock_ms() >= plan.changed_ms + plan.deadline_min * MINUTE_MS
        is_last = plan.stage + 1 == len(plan.stages)
        event = judged([fates[sign] for sign in stage], is_last=is_last, is_late=is_late)
        if event is None:
            return plan
        return await self._step(
            plan, event, why=self._why(plan, fates, is_late=is_late) if event is Event.FAIL else ""
        )

    async def _roll_back(self, plan: Plan) -> Plan:
        """Each sign to what it had before; one that somebody has told something else since then is left."""
        failed = []
        cause = one_sign.Cause(plan.by, "rollback", plan.id)
        for told in await self.table.told(plan.id):
            newest = await self._configs.table.history(told.sign, None, 1)
            if told.cause != "plan" or newest[0].id != told.id:
                continue
            try:
                await self._configs.put_back(told.sign, told.former, cause)
            except (SettingRefused, Missing) as error:
                failed.append(f"{told.sign}: {error}")
        return await self._step(plan, Event.RESTORED, why="; ".join(failed))

    async def _try(self, plan: Plan) -> Plan:
        if self._dry_runs is None:
            return await self._step(plan, Event.TRIED, why="no dry run here")
        trials = [Trial(sign, await self._changes(sign, plan)) for sign in plan.signs]
        run = self._dry_runs.start(plan.municipality, trials, plan.by)
        await run.done()
        return await self._step(plan, Event.TRIED, why=run.error or str(run.tally))

    async def _changes(self, sign: SignId, plan: Plan) -> Mapping[str, object]:
        return {one.field: one.wanted.value for one in await self._configs.preview(sign, plan.changes)}

    async def _step(
        self, plan: Plan, event: Event, who: str = CONTROLLER, *, why: str = "", due_ms: int | None = None
    ) -> Plan:
        after = plan.after(event, self._clock_ms(), why=why[:LONGEST_WHY], due_ms=due_ms)
        done = await self.table.step(plan, event, after, who)
        if done.stopped_itself:
            LOG.warning("plan %d of %s has stopped by itself: %s", done.id, done.municipality, done.why)
        return done

    def _fate(self, sign: SignId, told: ConfigVersion | None) -> Fate:
        if told is None:
            return Fate.KEPT
        state = self._fleet.sign(sign)
        wanted = WantedConfig(told.version, told.schema, told.wanted.values)
        word, _ = one_sign.judged(wanted, state.config if state else None)
        if word in LOST:
            return Fate.LOST
        return Fate.KEPT if word == "in force" else Fate.WAITING

    def _why(self, plan: Plan, fates: Mapping[SignId, Fate], *, is_late: bool) -> str:
        stage = plan.stages[plan.stage]
        lost = [sign for sign in stage if fates[sign] is Fate.LOST]
        waiting = [sign for sign in stage if fates[sign] is Fate.WAITING]
        told = [self._said(sign) for sign in lost[:3]] + [
            f"{sign}: {f'nothing in {plan.deadline_min} min' if is_late else 'not decided yet'}"
            for sign in waiting[:3]
        ]
        count = sum(len(one) for one in plan.stages[: plan.stage + 1])
        word = "silent" if is_late else "open"
        counts = f"{len(lost)} lost, {len(waiting)} {word}, roll-back restores the {count} told"
        return f"stage {plan.stage + 1}: {counts}: {'; '.join(told)}"

    def _said(self, sign: SignId) -> str:
        state = self._fleet.sign(sign)
        fate = state.config.desired if state and state.config else None
        errors = [error.why or error.code for error in fate.errors] if fate else []
        return f"{sign}: {fate.state if fate else 'lost'} {', '.join(errors)}".strip()
