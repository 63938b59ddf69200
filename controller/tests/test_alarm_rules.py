"""Alarms as pure rules: classes, states, the desk, and the history that is the alarm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gangvakt.errors import AlarmRefused, AlarmStepRefused
from gangvakt.fleet import SiteId
from gangvakt.fleet.alarm import Alarm, Condition, Step, replay
from gangvakt.fleet.alarm_classes import ABSENCE_MS, CLASSES, FEEDER, OFFLINE
from gangvakt.fleet.alarm_desk import (
    CALM_MS,
    ESCALATE_MS,
    FLAP_CHANGES,
    REOPEN_MS,
    WHY_IN_REPAIR,
    WHY_RETIRED,
    AlarmDesk,
    Planned,
    planned_by_staff,
)
from gangvakt.fleet.alarm_faults import FAULTS
from gangvakt.fleet.alarm_feeder import TOGETHER_MS, dead_feeder, gone_together
from gangvakt.fleet.alarm_states import TRANSITIONS, Kind, State, diagram
from gangvakt.fleet.life_cycle import LifeCycle
from sign.core import faults

from .support import NORTH

GUIDE = Path(__file__).parents[1] / "docs" / "alarms.md"
SOURCE = "signs"
RADAR = Condition("radar_silent", str(NORTH))
PIR = Condition("pir_flutter", str(NORTH))
GONE = Condition(OFFLINE, str(NORTH))


class Book:
    """A desk whose steps are taken at once, with the history of each alarm."""

    def __init__(self) -> None:
        self.lives = defaultdict(lambda: LifeCycle.IN_SERVICE)
        self.desk = AlarmDesk(0, self.lives.__getitem__)
        self.history: dict[int, list[Step]] = {}
        self.now_ms = 0

    def take(self, planned: Iterable[Planned]) -> list[Kind]:
        kinds = []
        for one in planned:
            number = one.before.id or len(self.history) + 1
            before = one.before if one.before.id else with_id(one.before, number)
            self.history.setdefault(number, []).append(one.step)
            self.desk.put(before.after(one.step))
            kinds.append(one.step.kind)
        return kinds

    def report(self, *conditions: Condition, later_ms: int = 0) -> list[Kind]:
        self.now_ms += later_ms
        return self.take(self.desk.report(SOURCE, conditions, self.now_ms))

    def tick(self, later_ms: int = 0) -> list[Kind]:
        self.now_ms += later_ms
        return self.take(self.desk.tick(self.now_ms))

    def live(self, life: LifeCycle) -> list[Kind]:
        """The sign goes into that state of its life, and it is looked at."""
        self.lives[str(NORTH)] = life
        return self.tick()

    def act(self, kind: Kind, **data: object) -> list[Kind]:
        (alarm,) = self.desk.alarms()
        return self.take([planned_by_staff(alarm, Step(kind, self.now_ms, "kari", data=data))])

    @property
    def state(self) -> State:
        (alarm,) = self.desk.alarms()
        return alarm.state


def with_id(alarm: Alarm, number: int) -> Alarm:
    return Alarm(alarm.code, alarm.object, alarm.source, number)


@pytest.fixture
def book() -> Book:
    return Book()


def test_every_fault_of_the_firmware_has_a_class_and_no_other_is_invented() -> None:
    assert list(FAULTS) == faults.names()
    assert set(FAULTS) <= set(CLASSES)


def test_every_class_has_a_priority_words_advice_and_a_number_of_its_own() -> None:
    for one in CLASSES.values():
        assert one.priority in ESCALATE_MS, one
        assert one.text, one
        assert one.advice.endswith("."), one
    assert len({one.rsmp for one in CLASSES.values()}) == len(CLASSES)


def test_the_guide_draws_the_table() -> None:
    wanted = f"```mermaid\n{diagram()}\n```"
    assert wanted in GUIDE.read_text(encoding="utf-8"), f"the guide shall show:\n{diagram()}"


def test_every_state_is_reached_and_none_is_a_trap() -> None:
    assert {State.NEW, *TRANSITIONS.values()} == set(State)
    for state in set(State) - {State.NEW}:
        assert {after for (before, _), after in TRANSITIONS.items() if before is state} - {state}, state


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (("Radar", "a/b"), "code"),
        (("x", ""), "object"),
        (("x", "a" * 129, 1, "t"), "object"),
        (("x", "a", 0, "t"), "priority"),
        (("x", "a", 4, "t"), "priority"),
        (("x", "a", 1, ""), "text"),
        (("x", "a", 1, "t" * 1001), "text"),
    ],
)
def test_a_condition_out_of_bounds_is_refused(values: tuple[object, ...], field: str) -> None:
    with pytest.raises(AlarmRefused, match=f"{field} is .*; allowed: "):
        Condition(*values)  # type: ignore[arg-type]


def test_a_known_code_brings_its_priority_and_words() -> None:
    assert (RADAR.priority, RADAR.text) == FAULTS["radar_silent"][:2]


def test_a_condition_raises_once_and_clears_when_it_is_not_named_any_more(book: Book) -> None:
    assert book.report(RADAR) == [Kind.RAISE]
    assert book.report(RADAR) == []
    assert book.report(later_ms=1) == [Kind.CLEAR]
    assert book.report() == []


def test_sources_do_not_clear_each_others_alarms(book: Book) -> None:
    book.report(RADAR)
    assert book.desk.report("another", [], 1) == []


def test_a_changed_priority_or_text_is_a_step_and_a_changed_detail_is_none(book: Book) -> None:
    book.report(Condition("disk", "disk", 3, "half full"))
    assert book.report(Condition("disk", "disk", 3, "half full", {"pct": 51})) == []
    assert book.report(Condition("disk", "disk", 1, "full")) == [Kind.CHANGE]
    assert [alarm.priority for alarm in book.desk.alarms()] == [1]


def test_an_absence_is_raised_only_when_it_lasts(book: Book) -> None:
    assert book.report(GONE) == []
    assert book.desk.next_look_ms(SOURCE) == ABSENCE_MS
    assert book.report() == []
    assert book.report(GONE, later_ms=1) == []
    assert book.report(GONE, later_ms=ABSENCE_MS - 1) == []
    assert book.report(GONE, later_ms=1) == [Kind.RAISE]
    assert book.desk.next_look_ms(SOURCE) is None


def test_what_comes_back_soon_is_the_same_alarm_and_later_another(book: Book) -> None:
    book.report(RADAR)
    book.report(later_ms=1000)
    book.report(RADAR, later_ms=1000)
    assert list(book.history) == [1]
    book.report(later_ms=1000)
    book.tick(REOPEN_MS + 1)
    book.report(RADAR)
    assert list(book.history) == [1, 2]


def flap(book: Book) -> list[Kind]:
    kinds = []
    for number in range(40):
        kinds += book.report(*([RADAR] if number % 2 == 0 else []), later_ms=1000)
    return kinds


def test_what_flaps_is_held_as_one_alarm_until_it_is_calm(book: Book) -> None:
    assert flap(book) == [*[Kind.RAISE, Kind.CLEAR] * (FLAP_CHANGES // 2), Kind.FLAP]
    assert book.state is State.FLAPPING
    assert book.tick(CALM_MS - 1) == []
    assert book.tick(1) == [Kind.CLEAR]
    assert list(book.history) == [1]


def test_what_stands_when_it_has_calmed_is_raised_again(book: Book) -> None:
    flap(book)
    assert book.report(RADAR, later_ms=1000) == []
    assert book.tick(CALM_MS) == [Kind.RAISE]


def test_a_suspended_alarm_says_nothing_and_comes_back_when_its_time_is_over(book: Book) -> None:
    book.report(RADAR)
    book.act(Kind.SUSPEND, until_ms=5000)
    assert book.tick(4999) == []
    assert book.tick(1) == [Kind.RESUME]
    assert book.state is State.ACTIVE


def test_a_condition_that_ends_while_suspended_is_cleared_at_the_end(book: Book) -> None:
    book.report(RADAR)
    book.act(Kind.SUSPEND, until_ms=5000)
    assert book.report(later_ms=1) == [Kind.CLEAR]
    assert book.state is State.RESTING
    assert book.tick(5000) == [Kind.RESUME]
    assert book.state is State.CLEARED


@pytest.mark.parametrize("condition", [RADAR, Condition("store", str(NORTH)), PIR], ids="123")
def test_an_alarm_that_nobody_heeds_is_escalated_by_its_priority(book: Book, condition: Condition) -> None:
    book.report(condition)
    for wait_ms in ESCALATE_MS[condition.priority]:
        assert book.tick(wait_ms - book.now_ms - 1) == []
        assert book.tick(1) == [Kind.ESCALATE]
    assert book.tick(10**9) == []


def test_an_acknowledged_alarm_is_not_escalated(book: Book) -> None:
    book.report(RADAR)
    book.act(Kind.ACKNOWLEDGE)
    assert book.tick(10**9) == []


def test_a_step_that_the_state_does_not_allow_is_refused_with_what_is(book: Book) -> None:
    book.report(RADAR)
    with pytest.raises(AlarmStepRefused, match=r"step is 'resume'; allowed while it is active: .*suspend"):
        book.act(Kind.RESUME)
    assert book.state is State.ACTIVE


SIGNS = [SiteId("drammen", "storgata").sign(f"pole{number}") for number in range(10)]


@pytest.mark.parametrize("before", [(), (Kind.ACKNOWLEDGE,), (Kind.SUSPEND,)])
def test_a_retired_signs_alarms_are_cleared_with_that_reason_and_none_is_raised(
    book: Book, before: tuple[Kind, ...]
) -> None:
    book.report(RADAR)
    for kind in before:
        book.act(kind, until_ms=9_000_000)
    assert book.live(LifeCycle.RETIRED)[-1] in (Kind.CLEAR, Kind.RESUME)
    assert (book.state, book.history[1][-1].text) == (State.CLEARED, WHY_RETIRED)
    assert book.report(RADAR, PIR) + book.tick() == []


def test_what_comes_and_goes_ends_when_the_sign_is_retired(book: Book) -> None:
    flap(book)
    assert (book.live(LifeCycle.RETIRED), book.state) == ([Kind.CLEAR], State.CLEARED)


def test_of_a_sign_in_repair_nothing_new_is_raised_and_what_stood_comes_back_when_it_is_over(
    book: Book,
) -> None:
    book.report(RADAR)
    assert book.live(LifeCycle.IN_REPAIR) == [Kind.SUSPEND]
    assert (book.state, book.history[1][-1].text) == (State.SUSPENDED, WHY_IN_REPAIR)
    assert book.report(RADAR, PIR) + book.tick(later_ms=30 * CALM_MS) == []
    assert book.live(LifeCycle.COMMISSIONED) == [Kind.RESUME]
    assert book.state is State.ACTIVE
    assert book.report(RADAR, PIR) == [Kind.RAISE]


def test_what_was_repaired_is_cleared_when_the_repair_is_over(book: Book) -> None:
    book.report(RADAR)
    book.live(LifeCycle.IN_REPAIR)
    book.report()
    assert book.state is State.RESTING
    assert (book.live(LifeCycle.COMMISSIONED), book.state) == ([Kind.RESUME], State.CLEARED)


def test_a_suspension_of_staff_outlasts_a_short_repair(book: Book) -> None:
    book.report(RADAR)
    book.act(Kind.SUSPEND, until_ms=9_000_000)
    assert book.live(LifeCycle.IN_REPAIR) + book.live(LifeCycle.COMMISSIONED) == []
    assert book.state is State.SUSPENDED


def test_signs_of_a_feeder_that_go_together_are_one_alarm_that_names_them() -> None:
    dead = gone_together({sign: number * 10_000 for number, sign in enumerate(SIGNS)})
    condition = dead_feeder("drammen", "F12", dead)
    assert condition.code == FEEDER
    assert condition.data["signs"] == [str(sign) for sign in SIGNS]
    assert all(str(sign) in condition.text for sign in SIGNS)


def test_signs_that_broke_long_before_neither_hide_a_dead_feeder_nor_make_one() -> None:
    long_ago = {SIGNS[0]: 0, SIGNS[1]: 10**9}
    assert gone_together({**long_ago, **dict.fromkeys(SIGNS[2:], None)}) == frozenset()
    assert gone_together({**long_ago, **dict.fromkeys(SIGNS[2:], 2 * 10**9)}) == frozenset(SIGNS[2:])


def test_a_feeder_with_a_sign_that_answers_among_few_is_not_dead() -> None:
    assert gone_together({SIGNS[0]: 5, SIGNS[1]: 5, SIGNS[2]: None}) == frozenset()
    assert gone_together({SIGNS[0]: 5}) == frozenset()


def test_signs_that_go_one_after_the_other_are_no_dead_feeder() -> None:
    spread = {sign: number * (TOGETHER_MS + 1) for number, sign in enumerate(SIGNS[:4])}
    assert gone_together({**spread, **dict.fromkeys(SIGNS[4:], None)}) == frozenset()


class Histories(RuleBasedStateMachine):
    """Whatever is reported and done in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()

    @rule(conditions=st.sets(st.sampled_from([RADAR, PIR, GONE])), later_ms=st.integers(0, 200_000))
    def report(self, conditions: set[Condition], later_ms: int) -> None:
        self.book.report(*conditions, later_ms=later_ms)

    @rule(later_ms=st.integers(0, 3_600_000))
    def tick(self, later_ms: int) -> None:
        self.book.tick(later_ms)

    @precondition(lambda self: len(self.book.desk))
    @rule(data=st.data(), later_ms=st.integers(0, 10_000_000))
    def act(self, data: st.DataObject, later_ms: int) -> None:
        alarm = data.draw(st.sampled_from(self.book.desk.alarms()))
        staff = [Kind.ACKNOWLEDGE, Kind.SUSPEND, Kind.RESUME, Kind.COMMENT, Kind.ASSIGN]
        kind = data.draw(st.sampled_from([one for one in staff if (alarm.state, one) in TRANSITIONS]))
        told = {Kind.SUSPEND: {"until_ms": self.book.now_ms + later_ms}, Kind.ASSIGN: {"to": "ola"}}
        step = Step(kind, self.book.now_ms, "kari", data=told.get(kind, {}))
        self.book.take([planned_by_staff(alarm, step)])

    @rule(life=st.sampled_from([LifeCycle.IN_SERVICE, LifeCycle.IN_REPAIR, LifeCycle.RETIRED]))
    def live(self, life: LifeCycle) -> None:
        self.book.live(life)

    @invariant()
    def of_a_retired_sign_nothing_is_open(self) -> None:
        is_retired = self.book.lives[str(NORTH)] is LifeCycle.RETIRED
        assert not is_retired or not any(alarm.is_open for alarm in self.book.desk.alarms())

    @invariant()
    def the_history_replays_to_the_state(self) -> None:
        for alarm in self.book.desk.alarms():
            new = Alarm(alarm.code, alarm.object, alarm.source, alarm.id)
            assert replay(new, self.book.history[alarm.id]) == alarm

    @invariant()
    def of_one_condition_only_one_alarm_is_open(self) -> None:
        keys = [(alarm.code, alarm.object) for alarm in self.book.desk.alarms() if alarm.is_open]
        assert len(keys) == len(set(keys))

    @invariant()
    def what_is_suspended_ends_by_itself(self) -> None:
        for alarm in self.book.desk.alarms():
            suspended = alarm.state in (State.SUSPENDED, State.RESTING)
            in_repair = self.book.lives[alarm.object] is LifeCycle.IN_REPAIR
            assert suspended == (alarm.suspended_until_ms is not None or (in_repair and suspended)), alarm


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
