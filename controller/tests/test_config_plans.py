"""Configurations for many signs: templates, plans by stages, and what becomes of them after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gangvakt.errors import Missing, Outdated, PlanStepRefused, SettingRefused, StillUsed
from gangvakt.fleet import Fault, LiveFleet, ReportedConfig, SignId
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.config_layers import Group
from gangvakt.fleet.config_plan import TRANSITIONS, Event, Fate, Plan, State
from gangvakt.fleet.selection import Selection
from gangvakt.fleet.signs import DesiredFate
from gangvakt.orders import Configs, Plans, Templates
from gangvakt.orders.configs import Cause
from gangvakt.orders.plans import MINUTE_MS, Wanted
from gangvakt.provision.site_config import schema_hash
from gangvakt.store import Store

SITES = [f"s{number}" for number in range(6)]
SIGNS = [SignId("drammen", site, pole) for site in SITES for pole in ("north", "south")]
CHANGES = {"dim_pct": 70}


@dataclass
class Town:
    """Twelve signs that say of a configuration what the test has them say, and a controller that can end."""

    where: Path | str
    now_ms: int = 1_800_000_000_000
    told: dict[SignId, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    fleet: LiveFleet = field(default_factory=LiveFleet)
    store: Store = field(init=False)
    configs: Configs = field(init=False)
    templates: Templates = field(init=False)
    plans: Plans = field(init=False)

    def begin(self, store: Store) -> None:
        """A controller on the store, which knows of nothing but what is in it and what signs report."""
        self.store = store
        self.templates = Templates(store.config_groups, lambda: self.now_ms)
        self.configs = Configs(
            self.fleet,
            store.orders,
            self._send,
            templates=self.templates.layers,
            clock_ms=lambda: self.now_ms,
        )
        self.plans = Plans(store.config_plans, self.configs, self.fleet, clock_ms=lambda: self.now_ms)

    async def _send(self, sign: SignId, data: bytes) -> bool:
        import json

        message = json.loads(data)
        self.told[sign] = message["version"], message["values"]
        return True

    def report(
        self, sign: SignId, version: int, values: dict[str, Any], fate: DesiredFate | None = None
    ) -> None:
        config = ReportedConfig(version, schema_hash(), values, (), fate)
        self.fleet.put_config(sign, config, self.now_ms)

    def keep(self, signs: Iterable[SignId]) -> None:
        """They say that they keep what they were told."""
        for sign in signs:
            if sign in self.told:
                self.report(sign, *self.told[sign])

    def give_up(self, sign: SignId, why: str) -> None:
        before = self.fleet.sign(sign)
        assert before is not None
        assert before.config is not None
        fate = DesiredFate(self.told[sign][0], "rolled_back", (Fault("config", "config", None, why),))
        self.report(sign, before.config.version, dict(before.config.values), fate)

    async def plan(self, changes: dict[str, Any] | None = None, first: int = 2) -> Plan:
        wanted = CHANGES if changes is None else changes
        selection = Selection("drammen")
        return await self.plans.make(Wanted("Dimmer", wanted, selection, first, 5, 60, "anna"))

    async def again(self, plan: Plan) -> Plan:
        return await self.plans.get("drammen", plan.id)

    async def advance(self, plan: Plan, steps: int = 1) -> Plan:
        for _ in range(steps):
            plan = await self.plans.advance(await self.again(plan))
        return plan


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(tmp_path / "x.db") as town:
        yield town


@pytest.fixture
async def town_on_each(where: Path | str) -> AsyncIterator[Town]:
    """On a database of each kind."""
    async with a_town(where) as town:
        yield town


@asynccontextmanager
async def a_town(where: Path | str) -> AsyncIterator[Town]:
    async with Store.open(where) as store:
        town = Town(where)
        town.begin(store)
        for sign in SIGNS:
            town.report(sign, 3, {"lead_ms": 4500})
        yield town


async def test_a_template_reaches_the_signs_of_its_group_and_says_so(town_on_each: Town) -> None:
    town = town_on_each
    await town.templates.put_template("drammen", "narrow", {"dim_pct": 60, "lead_ms": 3000}, "anna")
    group = Group("drammen", "old-town", sites=frozenset({"s0"}), templates=("narrow",))
    await town.templates.put_group(group, "anna")
    found = await town.configs.resolved(SIGNS[0])
    assert {name: str(one) for name, one in found.settings.items()} == {
        "dim_pct": "60 from template narrow",
        "lead_ms": "4500 from own",
    }
    assert "dim_pct" not in (await town.configs.resolved(SIGNS[5])).settings
    state = await town.configs.want(SIGNS[0], {"lead_ms": None}, "anna")
    assert state.wanted is not None
    assert dict(state.wanted.values) == {"dim_pct": 60, "lead_ms": 3000}, "its own is gone: the template's"


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({"dim_pct": 500}, "5..100"),
        ({"no_such": 1}, "no such field"),
        ({"approval_number": "1"}, "the road authority's decision"),
    ],
)
async def test_a_template_is_checked_by_the_firmwares_field_table(
    town: Town, values: dict[str, object], allowed: str
) -> None:
    with pytest.raises(SettingRefused, match=allowed):
        await town.templates.put_template("drammen", "bad", values, "anna")
    assert await town.templates.table.templates("drammen") == ()


async def test_a_template_that_a_group_names_stays(town: Town) -> None:
    await town.templates.put_template("drammen", "narrow", {"dim_pct": 60}, "anna")
    await town.templates.put_group(Group("drammen", "old-town", templates=("narrow",)), "anna")
    with pytest.raises(StillUsed, match="old-town"):
        await town.templates.remove_template("drammen", "narrow", "anna")
    with pytest.raises(Missing):
        await town.templates.put_group(Group("drammen", "other", templates=("wide",)), "anna")


async def test_of_two_who_change_a_template_or_group_the_second_is_told_by_whom_and_when(
    town_on_each: Town,
) -> None:
    town, put = town_on_each, town_on_each.templates.put_template
    read = await put("drammen", "narrow", {"dim_pct": 60}, "anna", 0)
    with pytest.raises(Outdated, match="anna changed it at 2027"):
        await put("drammen", "narrow", {"dim_pct": 70}, "kari", 0)
    second = await put("drammen", "narrow", {"dim_pct": 80}, "kari", read.changed_ms)
    assert second.changed_ms > read.changed_ms, "within the same millisecond"
    with pytest.raises(Outdated) as refused:
        await put("drammen", "narrow", {"dim_pct": 70}, "anna", read.changed_ms)
    assert (refused.value.who, refused.value.at_ms) == ("kari", second.changed_ms)
    assert (await town.templates.template("drammen", "narrow")).values == {"dim_pct": 80}

    group = await town.templates.put_group(Group("drammen", "all"), "anna", 0)
    await town.templates.put_group(Group("drammen", "all", position=3), "kari", group.changed_ms)
    with pytest.raises(Outdated, match="kari changed it at"):
        await town.templates.put_group(Group("drammen", "all", position=5), "anna", group.changed_ms)
    await town.templates.remove_group("drammen", "all", "kari")
    with pytest.raises(Outdated, match="allowed: 0, somebody changed it"):
        await town.templates.put_group(Group("drammen", "all"), "anna", group.changed_ms)


async def test_of_two_who_configure_a_sign_the_second_is_told_by_whom_and_when(town_on_each: Town) -> None:
    town, sign = town_on_each, SIGNS[0]
    read = (await town.configs.state(sign)).version
    await town.configs.want(sign, {"dim_pct": 60}, "anna", read)
    with pytest.raises(Outdated) as refused:
        await town.configs.want(sign, {"lead_ms": 3000}, "kari", read)
    assert (refused.value.held, refused.value.who, refused.value.at_ms) == (4, "anna", town.now_ms)
    town.report(sign, 9, {})  # flashed anew
    with pytest.raises(Outdated, match="somebody changed it"):
        await town.configs.want(sign, {"lead_ms": 3000}, "kari", 4)

    other = Configs(town.fleet, town.store.orders, town._send)  # another process on the database
    held = await other._held(sign)
    await town.configs.want(sign, {"dim_pct": 70}, "anna")
    with pytest.raises(Outdated, match="anna changed it"):
        await other._order(sign, held, {"lead_ms": 3000}, Cause("kari"))
    assert town.told[sign] == (10, {"dim_pct": 70})


async def test_every_version_is_kept_and_any_can_be_gone_back_to(town_on_each: Town) -> None:
    town = town_on_each
    sign = SIGNS[0]
    for dim_pct in (70, 50):
        await town.configs.want(sign, {"dim_pct": dim_pct}, "anna")
        town.keep([sign])
    await town.templates.put_template("drammen", "late", {"approach_depth_mm": 2000}, "anna")
    await town.templates.put_group(Group("drammen", "all", templates=("late",)), "anna")
    state = await town.configs.restore(sign, 4, "kari")
    assert state.wanted is not None
    assert state.wanted.version == 6
    effective = {"lead_ms": 4500, "dim_pct": 70}
    assert {name: state.wanted.values[name] for name in effective} == effective
    assert state.wanted.values["approach_depth_mm"] != 2000, "what the templates say by now does not count"
    history = await town.store.orders.history(sign, None, 10)
    assert [(one.version, one.cause, one.user) for one in history] == [
        (6, "rollback", "kari"),
        (5, "change", "anna"),
        (4, "change", "anna"),
    ]
    with pytest.raises(Missing, match="configuration 99"):
        await town.configs.restore(sign, 99, "kari")


async def test_a_plan_goes_on_only_when_each_sign_of_a_stage_has_kept_it(town: Town) -> None:
    plan = await town.plan()
    assert [len(stage) for stage in plan.stages] == [2, 10]
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    plan = await town.advance(plan, 2)
    assert plan.state is State.PROBATION
    assert set(town.told) == set(plan.stages[0])
    town.keep(plan.stages[0][:1])
    assert (await town.advance(plan)).state is State.PROBATION, "one has not said anything yet"
    town.keep(plan.stages[0])
    plan = await town.advance(plan, 2)
    assert (plan.state, plan.stage) == (State.PROBATION, 1)
    assert set(town.told) == set(SIGNS)
    town.keep(SIGNS)
    assert (await town.advance(plan)).state is State.DONE
    steps = [(one.event, one.who) for one in await town.plans.table.steps(plan.id)]
    assert steps[:2] == [("schedule", "anna"), ("begin", "the controller")]


async def test_a_plan_is_stopped_by_the_first_sign_that_goes_back(town: Town) -> None:
    plan = await town.plan()
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    plan = await town.advance(plan, 2)
    town.keep(plan.stages[0][:1])
    town.give_up(plan.stages[0][1], "no broker in 600 s")
    plan = await town.advance(plan)
    assert plan.state is State.STOPPED
    assert "no broker in 600 s" in plan.why
    assert len(town.told) == 2, "ten signs were never told"
    assert (await town.plans.fates(plan))[plan.stages[0][1]] is Fate.LOST


async def test_a_plan_that_stops_itself_raises_an_alarm_until_somebody_has_decided(town: Town) -> None:
    raised: list[str] = []

    async def report(source: str, conditions: Collection[Condition]) -> None:
        raised[:] = [f"{source}: {one.code} at {one.object}: {one.text}" for one in conditions]

    town.plans._report = report
    plan = await town.plan()
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    plan = await town.advance(plan, 2)
    await town.plans.raise_alarms()
    assert raised == []
    kept, lost = plan.stages[0]
    town.keep([kept])
    town.give_up(lost, "no broker in 600 s")
    plan = await town.advance(plan)
    await town.plans.raise_alarms()
    assert raised == [
        f"config plans: config_plan_stopped at drammen/plan {plan.id}: Dimmer: stage 1: 1 lost, 0 open, "
        f"roll-back restores the 2 told: {lost}: rolled_back no broker in 600 s"
    ]
    assert [values for _, values in town.told.values()] == 2 * [{"dim_pct": 70, "lead_ms": 4500}], (
        "it keeps what it told until somebody rolls it back"
    )
    await town.plans.step(plan, Event.ROLL_BACK, "anna")
    await town.advance(plan)
    await town.plans.raise_alarms()
    assert raised == []
    assert [values for _, values in town.told.values()] == 2 * [{"lead_ms": 4500}]


async def test_a_plan_that_somebody_stopped_raises_none_and_a_corrected_one_ends_it(town: Town) -> None:
    raised: list[str] = []

    async def report(_source: str, conditions: Collection[Condition]) -> None:
        raised[:] = [one.object for one in conditions]

    town.plans._report = report
    by_hand = await town.plan()
    await town.plans.step(by_hand, Event.SCHEDULE, "anna")
    await town.plans.step(await town.advance(by_hand, 2), Event.STOP, "anna")
    failed = await town.plan({"dim_pct": 60})
    await town.plans.step(failed, Event.SCHEDULE, "anna")
    failed = await town.advance(failed, 2)
    town.give_up(failed.stages[0][0], "no broker in 600 s")
    await town.advance(failed)
    await town.plans.raise_alarms()
    assert raised == [f"drammen/plan {failed.id}"]
    town.keep(town.told)  # the other one of the stage
    town.now_ms += MINUTE_MS
    corrected = await town.plan({"dim_pct": 80})
    await town.plans.raise_alarms()
    assert raised == [f"drammen/plan {failed.id}"], "a draft decides nothing"
    await town.plans.step(corrected, Event.SCHEDULE, "anna")
    await town.advance(corrected)
    await town.plans.raise_alarms()
    assert raised == []


async def test_a_sign_that_says_nothing_stops_the_plan_in_time(town: Town) -> None:
    plan = await town.plan()
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    plan = await town.advance(plan, 2)
    town.now_ms += 60 * MINUTE_MS
    plan = await town.advance(plan)
    assert (plan.state, "nothing in 60 min" in plan.why) == (State.STOPPED, True)


async def test_a_roll_back_gives_each_sign_what_it_had_and_leaves_those_of_others(town_on_each: Town) -> None:
    town = town_on_each
    await town.configs.want(SIGNS[0], {"approach_depth_mm": 2000}, "anna")
    town.keep([SIGNS[0]])
    plan = await town.plan(first=12)
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    plan = await town.advance(plan, 2)
    town.keep(SIGNS)
    plan = await town.advance(plan)
    await town.configs.want(SIGNS[1], {"dim_pct": 33}, "kari")
    await town.plans.step(plan, Event.ROLL_BACK, "anna")
    plan = await town.advance(plan)
    assert plan.state is State.ROLLED_BACK
    assert town.told[SIGNS[0]][1] == {"lead_ms": 4500, "approach_depth_mm": 2000}
    assert town.told[SIGNS[1]][1]["dim_pct"] == 33
    assert town.told[SIGNS[2]][1] == {"lead_ms": 4500}


async def test_a_template_that_changed_comes_by_a_plan_and_goes_by_its_roll_back(town: Town) -> None:
    await town.templates.put_template("drammen", "narrow", {"dim_pct": 60}, "anna")
    await town.templates.put_group(Group("drammen", "all", templates=("narrow",)), "anna")
    plan = await town.plan(changes={}, first=12)
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    plan = await town.advance(plan, 2)
    assert town.told[SIGNS[4]][1] == {"lead_ms": 4500, "dim_pct": 60}
    town.keep(SIGNS)
    plan = await town.advance(plan)
    await town.plans.step(plan, Event.ROLL_BACK, "anna")
    await town.advance(plan)
    assert town.told[SIGNS[4]][1] == {"lead_ms": 4500, "dim_pct": 100}, "the default, though templates say 60"


async def test_a_sign_that_has_it_all_is_not_told_and_not_waited_for(town: Town) -> None:
    for sign in SIGNS:
        town.report(sign, 3, dict(CHANGES))
    plan = await town.plan(first=12)
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    assert (await town.advance(plan, 3)).state is State.DONE
    assert town.told == {}


async def test_a_plan_that_one_sign_may_not_have_is_none(town: Town) -> None:
    with pytest.raises(SettingRefused, match=r"dim_pct is 500; allowed: 5\.\.100"):
        await town.plan({"dim_pct": 500})
    config = ReportedConfig(3, "00000000", {}, ())
    town.fleet.put_config(SIGNS[-1], config, town.now_ms)
    with pytest.raises(SettingRefused, match="schema"):
        await town.plan()
    assert await town.plans.table.page("drammen", None, 10) == ()


async def test_a_plan_waits_for_its_time(town: Town) -> None:
    plan = await town.plan()
    await town.plans.step(plan, Event.SCHEDULE, "anna", town.now_ms + MINUTE_MS)
    assert (await town.advance(plan)).state is State.SCHEDULED
    town.now_ms += MINUTE_MS
    assert (await town.advance(plan)).state is State.APPLYING


async def test_of_two_who_step_at_once_one_is_refused(town_on_each: Town) -> None:
    town = town_on_each
    plan = await town.plan()
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    with pytest.raises(PlanStepRefused, match="not draft any more"):
        await town.plans.step(plan, Event.STOP, "kari")
    with pytest.raises(Missing):
        await town.plans.get("oslo", plan.id)


@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
async def test_a_plan_goes_on_after_a_restart_in_each_state(town: Town, state: State) -> None:
    """Killed as soon as the state is stored: another controller on the same store goes on."""
    plan = await town.plan()
    plan = await _brought_to(town, plan, state)
    assert (await town.again(plan)).state is state
    async with Store.open(town.where) as store:
        town.begin(store)
        for _ in range(12):
            now = await town.again(plan)
            if now.state in {before for before, _ in TRANSITIONS} and now.state is State.DRAFT:
                await town.plans.step(now, Event.SCHEDULE, "anna")
            elif now.state in (State.DONE, State.STOPPED, State.ROLLED_BACK):
                break
            else:
                await town.plans.advance(now)
                town.keep(SIGNS)
        ends = {State.STOPPED: State.STOPPED, State.ROLLING_BACK: State.ROLLED_BACK}
        wanted = ends.get(state, State.ROLLED_BACK if state is State.ROLLED_BACK else State.DONE)
        assert (await town.again(plan)).state is wanted
        told = [one.sign for one in await store.config_plans.told(plan.id) if one.cause == "plan"]
        assert len(told) == len(set(told)), "no sign was told twice"


async def test_a_plan_that_was_killed_amid_a_stage_tells_each_sign_once(town_on_each: Town) -> None:
    town = town_on_each
    plan = await town.plan(first=12)
    await town.plans.step(plan, Event.SCHEDULE, "anna")
    await town.advance(plan)
    send, sent = town._send, []

    async def dying(sign: SignId, data: bytes) -> bool:
        sent.append(sign)
        if len(sent) == 5:
            raise KeyboardInterrupt
        return await send(sign, data)

    town.configs._send = dying
    with pytest.raises(KeyboardInterrupt):
        await town.advance(plan)
    async with Store.open(town.where) as store:
        town.begin(store)
        await town.configs.publish_all()  # as each connection to the broker does
        assert (await town.advance(plan)).state is State.PROBATION
        told = [one.sign for one in await store.config_plans.told(plan.id)]
        assert sorted(told) == sorted(SIGNS)
        assert set(town.told) == set(SIGNS)


async def _brought_to(town: Town, plan: Plan, state: State) -> Plan:
    ways: dict[State, list[Event | None]] = {
        State.DRY_RUN: [Event.TRY],
        State.SCHEDULED: [Event.SCHEDULE],
        State.APPLYING: [Event.SCHEDULE, None],
        State.PROBATION: [Event.SCHEDULE, None, None],
        State.STOPPED: [Event.SCHEDULE, None, None, Event.STOP],
        State.ROLLING_BACK: [Event.SCHEDULE, None, None, Event.STOP, Event.ROLL_BACK],
        State.ROLLED_BACK: [Event.SCHEDULE, None, None, Event.STOP, Event.ROLL_BACK, None],
        State.DONE: [Event.SCHEDULE, None, None, None, None, None],
    }
    for event in ways[state]:
        if event is None:
            plan = await town.advance(plan)
            town.keep(SIGNS)
        else:
            plan = await town.plans.step(await town.again(plan), event, "anna")
    return plan
