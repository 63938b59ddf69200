"""The rules of rollouts, without a clock, a broker or a database: plans, windows, states and decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gangvakt.errors import RolloutRefused, RolloutStepRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.diagram import mermaid
from gangvakt.fleet.rollout_desk import MOVING, Sight, decide
from gangvakt.fleet.rollout_plan import (
    Candidate,
    GroupSpec,
    check_way_back,
    plan,
    sequence_of,
    unfit,
)
from gangvakt.fleet.rollout_states import (
    LIVE,
    OVER,
    SIGN_TRANSITIONS,
    TRANSITIONS,
    Move,
    SignMove,
    SignState,
    State,
)
from gangvakt.fleet.rollouts import MINUTE_MS, Artifact, Entry, Planned, Rollout, Rules
from gangvakt.fleet.windows import Calendar, Window

GUIDE = Path(__file__).parents[1] / "docs" / "rollout.md"
OLD, NEW = "1.4.0", "1.5.0"
ARTIFACT = Artifact(1, "virtual", NEW, 1_005_000, "aa", 1000)
BACK = Artifact(2, "virtual", OLD, 1_004_000, "bb", 1000, replaces=1_005_000)
HALVES = (GroupSpec("canary", 50), GroupSpec("all", 100))


def signs_of(*sizes: int) -> list[SignId]:
    """A crossing of each size."""
    return [SignId("drammen", f"x{at}", f"s{one}") for at, size in enumerate(sizes) for one in range(size)]


def rollout_of(*sizes: int, specs: tuple[GroupSpec, ...] = HALVES, **rules: object) -> Rollout:
    names, places = plan(specs, signs_of(*sizes))
    entries = {sign: Entry(sign, place.group, place.step, 1, 2) for sign, place in places.items()}
    made = Rollout(
        1,
        "t",
        "drammen",
        Rules(**{"soak_min": 0, **rules}),
        names,
        {1: ARTIFACT, 2: BACK},
        entries,  # type: ignore[arg-type]
    )
    return made.after(Planned(Move.START), 0)


# -- the tables


@pytest.mark.parametrize(
    ("table", "kind"), [(TRANSITIONS, State), (SIGN_TRANSITIONS, SignState)], ids=["rollout", "sign"]
)
def test_the_guide_draws_the_table(table: dict, kind: type) -> None:
    wanted = f"```mermaid\n{mermaid(table)}\n```"
    assert wanted in GUIDE.read_text(encoding="utf-8"), f"the guide shall show:\n{wanted}"


def test_every_state_is_reached_and_only_an_end_is_left_by_nothing_but_going_back() -> None:
    assert {State.DRAFT, *TRANSITIONS.values()} == set(State)
    assert {SignState.WAITING, *SIGN_TRANSITIONS.values()} == set(SignState)
    for state in LIVE:
        assert any(before is state for before, _ in TRANSITIONS), state
    for state in OVER:
        assert {move for before, move in TRANSITIONS if before is state} <= {Move.ROLL_BACK}, state


def test_a_move_that_the_state_does_not_allow_is_refused_with_those_that_it_does() -> None:
    made = rollout_of(2)
    with pytest.raises(
        RolloutStepRefused, match="'resume'; allowed while it is scheduled: pause, abort, roll_back"
    ):
        made.after(Planned(Move.RESUME), 0)
    with pytest.raises(RolloutStepRefused, match="is waiting: offer, try, confirm, fail"):
        made.after(Planned(SignMove.BACK, sign=next(iter(made.entries))), 0)


# -- plans


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=40),
    st.lists(st.integers(1, 100), max_size=4).map(sorted),
)
def test_each_sign_is_planned_once_and_those_of_a_crossing_in_one_group_and_different_steps(
    sizes: list[int], shares: list[int]
) -> None:
    signs = signs_of(*sizes)
    specs = [GroupSpec(f"g{at}", share) for at, share in enumerate([*shares, 100])]
    names, places = plan(specs, signs)
    assert set(places) == set(signs)
    assert {place.group for place in places.values()} == set(range(len(names)))
    for site in {sign.site_id for sign in signs}:
        here = [places[sign] for sign in signs if sign.site_id == site]
        assert len({place.group for place in here}) == 1
        assert sorted(place.step for place in here) == list(range(len(here)))


@given(st.lists(st.integers(1, 2), min_size=1, max_size=40), st.integers(1, 100))
def test_a_share_is_reached_and_overshot_by_less_than_a_crossing(sizes: list[int], share: int) -> None:
    _, places = plan([GroupSpec("canary", share), GroupSpec("all", 100)], signs_of(*sizes))
    canary = sum(place.group == 0 for place in places.values())
    assert share * len(places) <= canary * 100 < share * len(places) + 200


def test_groups_can_be_named_places_and_what_they_leave_over_is_refused() -> None:
    signs = signs_of(2, 2)
    names, places = plan([GroupSpec.parse("first=drammen/x1"), GroupSpec.parse("all=100%")], signs)
    assert names == ("first", "all")
    assert [sign.site for sign, place in places.items() if place.group == 0] == ["x1", "x1"]
    with pytest.raises(RolloutRefused, match=r"groups is '2 signs'; allowed: groups that hold all 4"):
        plan([GroupSpec.parse("first=drammen/x1")], signs)


@pytest.mark.parametrize("text", ["", "a", "a=", "=5", "a=0", "a=101", "A=5", "a" * 40 + "=5", "a=99999999"])
def test_what_is_no_group_is_refused(text: str) -> None:
    with pytest.raises(RolloutRefused, match="plan: group is"):
        GroupSpec.parse(text)


@pytest.mark.parametrize(
    ("board", "firmware", "field"),
    [
        (None, None, "status"),
        ("esp32", OLD, "board"),
        ("virtual", "1.6.0", "version"),
        ("virtual", "1.1.9", "minimum"),
        ("virtual", "today", "version"),
        ("virtual", NEW, None),
        ("virtual", OLD, None),
    ],
)
def test_a_sign_that_cannot_take_it_is_named_with_what_is_wrong(
    board: str | None, firmware: str | None, field: str | None
) -> None:
    artifact = replace(ARTIFACT, minimum=1_002_000)
    found = unfit(
        Candidate(SignId("a", "b", "c"), board, firmware),
        artifact if board == "virtual" else None,
        ["virtual"],
    )
    assert (found.field if found else None) == field


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"board": "esp32"}, "the same kind, for virtual"),
        ({"replaces": 0}, "signed with --replaces 1.5.0"),
        ({"sequence": 1_005_000, "version": NEW}, "below 1.5.0"),
        ({"minimum": 1_006_000}, "minimum"),
    ],
)
def test_a_way_back_that_signs_would_not_take_is_refused(change: dict, why: str) -> None:
    check_way_back(ARTIFACT, BACK)
    with pytest.raises(RolloutRefused, match=why):
        check_way_back(ARTIFACT, replace(BACK, **change))


@given(st.text(max_size=12))
def test_a_version_is_three_numbers_or_none(text: str) -> None:
    assert sequence_of(text) is None or text.count(".") == 2


# -- windows

OSLO = ZoneInfo("Europe/Oslo")
minutes = st.integers(0, 1439)
windows = st.builds(Window, st.frozensets(st.integers(0, 6), min_size=1), minutes, minutes)
# Around both changes of the clocks in 2027, to the minute.
moments = st.builds(
    lambda day, minute: int(day.timestamp()) * 1000 + minute * MINUTE_MS,
    st.sampled_from([datetime(2027, 3, 26, tzinfo=UTC), datetime(2027, 10, 29, tzinfo=UTC)]),
    st.integers(0, 4 * 1440),
)


@given(st.lists(windows, min_size=1, max_size=3), moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(found: list[Window], now_ms: int) -> None:
    calendar = Calendar(tuple(found), "Europe/Oslo")
    opens_ms = calendar.next_open_ms(now_ms)
    assert calendar.is_open(opens_ms)
    assert opens_ms >= now_ms
    for minute in range(now_ms, opens_ms, 7 * MINUTE_MS):
        assert not calendar.is_open(minute)
    assert opens_ms == now_ms or not calendar.is_open(opens_ms - 1000)


@pytest.mark.parametrize(
    ("text", "wall", "is_open"),
    [
        ("mon-thu 01:00-05:00", "2027-03-01T01:00", True),
        ("mon-thu 01:00-05:00", "2027-03-01T05:00", False),
        ("mon-thu 01:00-05:00", "2027-03-05T02:00", False),
        ("sat,sun 22:00-04:00", "2027-03-01T03:59", True),  # the night after Sunday
        ("sat,sun 22:00-04:00", "2027-03-06T03:59", False),
        ("fri-mon 00:00-24:00", "2027-03-06T12:00", True),
        ("sun 01:00-03:30", "2027-03-28T03:15", True),  # 02:00 became 03:00
    ],
)
def test_a_window_is_of_the_wall_clock(text: str, wall: str, is_open: bool) -> None:
    at = datetime.fromisoformat(wall).replace(tzinfo=OSLO)
    assert Calendar((Window.parse(text),), "Europe/Oslo").is_open(int(at.timestamp()) * 1000) is is_open


def test_a_night_window_is_longer_when_the_clocks_go_back() -> None:
    calendar = Calendar((Window.parse("sun 01:00-04:00"),), "Europe/Oslo")
    begin_ms = int(datetime(2027, 10, 31, 0, tzinfo=OSLO).timestamp()) * 1000
    opened = sum(calendar.is_open(begin_ms + minute * MINUTE_MS) for minute in range(8 * 60))
    assert opened == 4 * 60


@given(windows)
def test_a_window_is_read_back(window: Window) -> None:
    assert Window.parse(str(window)) == window


@pytest.mark.parser
@given(
    st.text(max_size=40) | st.from_regex(r"[a-z,-]{1,9} [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}", fullmatch=True)
)
def test_any_text_is_a_window_or_refused_by_name(text: str) -> None:
    try:
        found = Window.parse(text)
    except RolloutRefused as refused:
        assert "window is" in str(refused)  # noqa: PT017
    else:
        assert Window.parse(str(found)) == found


def test_a_zone_that_nobody_knows_is_refused() -> None:
    for zone in ("Europe/Gangvakt", "", "../etc/passwd", "Europe"):
        with pytest.raises(RolloutRefused, match="zone is"):
            Calendar((), zone)


def test_rules_out_of_bounds_are_refused_by_name() -> None:
    for name, value in (("at_once", 0), ("error_pct", 101), ("soak_min", -1), ("silence_min", 4)):
        with pytest.raises(RolloutRefused, match=f"{name} is {value}; allowed"):
            Rules(**{name: value})  # type: ignore[arg-type]


# -- decisions


# What waits for time to pass.
GOES_ON = (State.RUNNING, State.SOAKING, State.SCHEDULED, State.ABORTING, State.ROLLING_BACK)


@dataclass
class Street:
    """Signs that do what they are told, a step a round; the `bad` fail on trial, the `deaf` never answer."""

    rollout: Rollout
    bad: frozenset[SignId] = frozenset()
    deaf: frozenset[SignId] = frozenset()
    offline: frozenset[SignId] = frozenset()
    now_ms: int = 0
    runs: dict[SignId, str] = field(default_factory=dict)
    reports: dict[SignId, str] = field(default_factory=dict)
    seen: Counter[State] = field(default_factory=Counter)

    def see(self, entry: Entry) -> Sight:
        others = [sign for sign in self.rollout.crossings[entry.sign.site_id] if sign != entry.sign]
        away = next((str(sign) for sign in others if sign in self.offline), None)
        runs = self.runs.get(entry.sign, OLD)
        return Sight(entry.sign not in self.offline, runs, self.reports.get(entry.sign), away=away)

    def round(self) -> None:
        self.now_ms += MINUTE_MS
        for planned in decide(self.rollout, self.see, self.now_ms):
            self.rollout = self.rollout.after(planned, self.now_ms)
            self.seen[self.rollout.state] += 1
            if planned.sign is not None and planned.move in (
                SignMove.OFFER,
                SignMove.GIVE_BACK,
                SignMove.WITHDRAW,
            ):
                self.reports.pop(planned.sign, None)
            self.check()
        for entry in self.rollout.entries.values():
            self.obey(entry)

    def obey(self, entry: Entry) -> None:
        if entry.sign in self.deaf or entry.sign in self.offline:
            return
        if entry.state is SignState.TRIAL:
            self.reports[entry.sign] = "failed" if entry.sign in self.bad else "installed"
            self.runs[entry.sign] = OLD if entry.sign in self.bad else NEW
        elif entry.state is SignState.RETURNING:
            self.reports[entry.sign], self.runs[entry.sign] = "installed", OLD
        elif entry.state in MOVING:
            self.reports[entry.sign] = "fetching" if entry.state is SignState.OFFERED else "ready"

    def check(self) -> None:
        """What holds at any moment."""
        for signs in self.rollout.crossings.values():
            moving = [sign for sign in signs if self.rollout.entries[sign].state in MOVING]
            assert len(moving) <= 1, f"{moving} are on their way together"
        assert self.rollout.count(MOVING) <= self.rollout.rules.at_once

    def mixed(self) -> list[str]:
        return [
            str(site)
            for site, signs in self.rollout.crossings.items()
            if len({self.runs.get(sign, OLD) for sign in signs}) > 1
        ]

    def play(self, rounds: int = 400) -> Street:
        """Until nothing moves any more."""
        for _ in range(rounds):
            before = self.rollout
            self.round()
            quiet = self.rollout is before and not self.rollout.count(MOVING)
            if quiet and self.rollout.state not in GOES_ON:
                return self
        return self

    def order(self, move: Move) -> None:
        self.rollout = self.rollout.after(Planned(move), self.now_ms)


def test_all_signs_get_it_group_after_group() -> None:
    street = Street(rollout_of(2, 2, 1, 3)).play()
    assert street.rollout.state is State.DONE
    assert set(street.runs.values()) == {NEW}
    assert street.seen[State.SOAKING] == 2


def test_the_second_sign_of_a_crossing_comes_before_another_crossing_begins() -> None:
    street = Street(rollout_of(2, 2, 2, specs=(GroupSpec("all", 100),), at_once=1))
    order: list[SignId] = []
    for _ in range(100):
        street.round()
        order += [
            one.sign
            for one in street.rollout.entries.values()
            if one.state is SignState.OFFERED and one.sign not in order
        ]
    assert [sign.site for sign in order[::2]] == [sign.site for sign in order[1::2]]
    assert len(order) == 6


def test_it_pauses_by_itself_at_the_threshold_and_leaves_no_crossing_mixed() -> None:
    signs = signs_of(*[2] * 20)
    street = Street(rollout_of(*[2] * 20, at_once=4), frozenset(signs[::10])).play()
    assert street.rollout.state is State.PAUSED
    assert "failed" in street.rollout.reason
    assert street.mixed() == []
    assert street.rollout.count({SignState.WAITING}) > 0, "it went on after the threshold"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=8),
    st.sets(st.integers(0, 23)),
    st.sets(st.integers(0, 23)),
    st.sampled_from([None, Move.PAUSE, Move.ABORT, Move.ROLL_BACK]),
    st.integers(1, 12),
    st.integers(1, 4),
)
def test_whatever_fails_and_is_ordered_no_crossing_stays_mixed_or_has_two_signs_on_their_way(
    sizes: list[int], bad: set[int], deaf: set[int], order: Move | None, at: int, at_once: int
) -> None:
    signs = signs_of(*sizes)
    chosen = [frozenset(signs[one] for one in some if one < len(signs)) for some in (bad, deaf)]
    street = Street(rollout_of(*sizes, at_once=at_once, silence_min=5, error_pct=50), *chosen)
    for _ in range(at):
        street.round()
    if order is not None and (street.rollout.state, order) in TRANSITIONS:
        street.order(order)
    street.play()
    assert street.rollout.state in OVER | {State.PAUSED, State.BACK_PAUSED}, street.rollout.reason
    assert not street.rollout.count(MOVING)
    # One that neither takes nor says anything is in nobody's hands: its crossing may wait for it.
    assert [site for site in street.mixed() if not any(str(sign.site_id) == site for sign in chosen[1])] == []
    if street.rollout.state is State.ROLLED_BACK:
        assert street.rollout.count({SignState.STRANDED}) or NEW not in street.runs.values()


@given(st.sets(st.integers(0, 15), max_size=5), st.integers(0, 23), st.integers(1, 23))
@settings(max_examples=25, deadline=None)
def test_crossings_begin_in_a_window_only(bad: set[int], hour: int, length: int) -> None:
    window = Window(frozenset(range(7)), hour * 60, (hour + length) % 24 * 60)
    signs = signs_of(*[2] * 8)
    calendar = Calendar((window,), "Europe/Oslo")
    rules = {"calendar": calendar, "at_once": 2, "error_pct": 100}
    street = Street(rollout_of(*[2] * 8, **rules), frozenset(signs[one] for one in bad))
    begun: set[str] = set()
    for _ in range(600):
        street.round()
        for entry in street.rollout.entries.values():
            if entry.state is SignState.OFFERED and str(entry.sign.site_id) not in begun:
                begun.add(str(entry.sign.site_id))
                assert calendar.is_open(entry.offered_ms or 0)
        if street.rollout.state in OVER:
            break


def test_in_a_pause_a_crossing_that_is_half_done_is_ended_and_no_other_begins() -> None:
    street = Street(rollout_of(2, 2, 2, specs=(GroupSpec("all", 100),), at_once=1))
    while not street.rollout.count({SignState.CONFIRMED}):
        street.round()
    street.order(Move.PAUSE)
    street.play(60)
    assert street.rollout.count({SignState.CONFIRMED}) == 2
    assert street.mixed() == []
    street.order(Move.RESUME)
    assert street.play().rollout.state is State.DONE


@pytest.mark.parametrize(
    ("order", "end", "version"),
    [(Move.ABORT, State.ABORTED, NEW), (Move.ROLL_BACK, State.ROLLED_BACK, OLD)],
)
def test_a_sign_that_had_all_of_it_when_its_offer_was_taken_back_is_waited_for_and_no_crossing_is_mixed(
    order: Move, end: State, version: str
) -> None:
    street = Street(rollout_of(2, 2))
    while not street.rollout.count({SignState.OFFERED}):
        street.round()
    sign = next(one.sign for one in street.rollout.entries.values() if one.state is SignState.OFFERED)
    street.order(order)
    street.round()
    assert (street.rollout.entries[sign].state, street.rollout.state in LIVE) == (SignState.WAITING, True)
    street.reports[sign] = "ready"
    street.round()
    assert street.rollout.entries[sign].state is SignState.TRIAL
    street.play()
    assert (street.rollout.state, street.mixed()) == (end, [])
    assert {street.runs.get(one, OLD) for one in street.rollout.crossings[sign.site_id]} == {version}


def test_a_neighbour_that_is_offline_keeps_a_sign_from_being_touched() -> None:
    signs = signs_of(2)
    street = Street(rollout_of(2, specs=(GroupSpec("all", 100),)), offline=frozenset({signs[1]}))
    for _ in range(20):
        street.round()
    assert street.rollout.entries[signs[0]].state is SignState.WAITING
    street.offline = frozenset()
    assert street.play().rollout.state is State.DONE


def test_a_sign_that_says_nothing_has_failed_after_the_silence_but_not_while_nobody_listened() -> None:
    made = rollout_of(1, specs=(GroupSpec("all", 100),), silence_min=5)
    street = Street(made, deaf=frozenset(made.entries))
    for _ in range(4):
        street.round()
    late_ms = street.now_ms + 60 * MINUTE_MS
    assert not decide(street.rollout, street.see, late_ms, listening_ms=late_ms - 1000)
    (failed, *_) = decide(street.rollout, street.see, late_ms)
    assert (failed.move, failed.reason) == (SignMove.FAIL, "says nothing new for 5 min")


def an_alarm(entry: Entry) -> Sight:
    return Sight(True, NEW, alarm="radar_silent")


def another_version(entry: Entry) -> Sight:
    return Sight(True, OLD, "installed")


@pytest.mark.parametrize(("see", "state"), [(an_alarm, SignState.FAILED), (another_version, SignState.TRIAL)])
def test_success_is_what_the_sign_says_runs_and_an_alarm_afterwards_is_a_failure(
    see: Callable[[Entry], Sight], state: SignState
) -> None:
    made = rollout_of(1, specs=(GroupSpec("all", 100),), soak_min=60).after(Planned(Move.OPEN), 0)
    (sign,) = made.entries
    begun = SignState.CONFIRMED if state is SignState.FAILED else SignState.TRIAL
    made = replace(made, entries={sign: replace(made.entries[sign], state=begun)})
    after = made.after_all(decide(made, see, MINUTE_MS), MINUTE_MS)
    assert after.entries[sign].state is state
