"""What the pages that steer are made of: forms take anything, and views say what is so."""

from __future__ import annotations

import string
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gangvakt.errors import GangvaktError, SettingRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.config_plan import Fate, Plan
from gangvakt.fleet.rollout_states import Move, SignState, State
from gangvakt.fleet.rollouts import Artifact, Entry, Rollout, Rules
from gangvakt.web.steering.audit.asked import Asked
from gangvakt.web.steering.audit.changes import changes
from gangvakt.web.steering.commands.verbs import VERBS
from gangvakt.web.steering.config.views import changes_between, signs_view, stages_view
from gangvakt.web.steering.rollouts.views import (
    allowed,
    consequences,
    crossings_view,
    groups_view,
    why_view,
)
from gangvakt.web.steering.settings.relay_form import shifts_of
from gangvakt.web.texts import TABLE, Texts

TEXTS = Texts("en")
NORTH, SOUTH = SignId("drammen", "torget", "north"), SignId("drammen", "torget", "south")
OTHER = SignId("drammen", "storgata", "north")
NEW = Artifact(1, "virtual", "1.5.0", 1_005_000, "00", 1000)
TYPED = st.text(string.printable + "æøå", max_size=40)
JSON = st.dictionaries(
    st.text(max_size=8),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), st.lists, max_leaves=4),
    max_size=6,
)


def a_rollout(state: State, *states: SignState) -> Rollout:
    signs = (NORTH, SOUTH, OTHER)
    places = zip(signs, (0, 0, 1), (0, 1, 0), states, strict=True)
    entries = {sign: Entry(sign, group, step, 1, None, is_in) for sign, group, step, is_in in places}
    return Rollout(7, "Winter", "drammen", Rules(), ("canary", "all"), {1: NEW}, entries, state)


def test_a_rollout_that_paused_by_itself_says_why_and_shows_the_failed_crossing_first() -> None:
    rollout = a_rollout(State.PAUSED, SignState.FAILED, SignState.SKIPPED, SignState.WAITING)
    assert why_view(TEXTS, rollout, by_itself=True).startswith(
        "It paused by itself: in the group “canary”, 1 of 2 signs failed; the limit is 10 %."
    )
    rows, more = crossings_view(TEXTS, rollout, None, lambda _entry: 0)
    assert ([row["name"] for row in rows], more) == (["drammen/torget", "drammen/storgata"], 0)
    assert [view["told"] for view in groups_view(TEXTS, rollout)] == ["1 failed, 1 skipped", "1 waiting"]
    assert allowed(rollout) == (Move.RESUME, Move.ABORT, Move.ROLL_BACK)


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("move", [Move.START, Move.PAUSE, Move.RESUME, Move.ABORT, Move.ROLL_BACK])
def test_each_step_of_a_rollout_says_what_it_does_to_how_many(move: Move, language: str) -> None:
    rollout = a_rollout(State.RUNNING, SignState.CONFIRMED, SignState.FETCHING, SignState.WAITING)
    lines = consequences(Texts(language), rollout, move, 2)  # type: ignore[arg-type]
    assert any(any(sign.isdigit() for sign in line) for line in lines)


def test_a_plan_shows_its_lost_sign_first() -> None:
    plan = Plan(1, "drammen", "Lead", {}, ((OTHER,), (NORTH, SOUTH)), "kari", 0, 0, 60)
    fates = {OTHER: Fate.KEPT, NORTH: Fate.LOST}
    assert [view["told"] for view in stages_view(TEXTS, plan, fates)] == [
        "1 kept it",
        "1 lost it, 1 not told",
    ]
    rows, _ = signs_view(TEXTS, plan, None, fates)
    assert [row["name"] for row in rows] == ["drammen/torget", "drammen/storgata"]


def test_what_is_given_up_is_a_change_and_what_stays_is_none() -> None:
    assert changes_between({"lead_ms": 1, "mode": "shadow"}, {"lead_ms": 1, "dim_pct": 50}) == {
        "mode": None,
        "dim_pct": 50,
    }


def test_what_differs_stands_first_in_the_audit() -> None:
    lines = changes(
        {"state": "a", "deep": {"x": 1, "y": 2}}, {"state": "a", "deep": {"x": 1, "y": 3}, "n": 1}
    )
    assert [(line.field, line.kind) for line in lines[:2]] == [("deep.y", "changed"), ("n", "added")]
    assert {line.kind for line in lines[2:]} == {"same"}


@given(st.none() | JSON, st.none() | JSON)
@settings(max_examples=30)
def test_any_state_in_the_audit_can_be_shown(before: dict[str, object], after: dict[str, object]) -> None:
    for line in changes(before, after):
        assert line.before is not None or line.after is not None


@given(st.builds(Asked, TYPED, TYPED, TYPED, TYPED, TYPED, TYPED))
@settings(max_examples=40)
def test_anything_in_the_address_of_the_audit_is_looked_for_or_refused(asked: Asked) -> None:
    with suppress(SettingRefused):
        asked.filter()
        assert asked.place is None or asked.place >= 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("who", "x" * 129),
        ("since", "yesterday"),
        ("until", "2026-02-30"),
        ("before", "-1"),
        ("before", "1e3"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_by_its_field(field: str, typed: str) -> None:
    asked = Asked(**{field: typed})
    with pytest.raises(SettingRefused, match=rf"audit: {field} is "):
        _ = (asked.filter(), asked.place)


def test_days_of_the_audit_are_the_offices_and_both_are_included() -> None:
    wanted = Asked(since="2026-03-29", until="2026-03-29").filter()
    assert wanted.from_ms is not None
    assert wanted.to_ms is not None
    assert wanted.to_ms + 1 - wanted.from_ms == 23 * 3_600_000  # clocks go forward that night


@given(st.text("montuewdhfrisa-,0123456789: \n", max_size=40))
@settings(max_examples=40)
def test_any_hours_of_duty_are_taken_or_refused(text: str) -> None:
    with suppress(GangvaktError):
        for shift in shifts_of(text):
            assert shift["begin"] < shift["until"]


@pytest.mark.parametrize("name", sorted(VERBS))
def test_every_command_has_words_and_keeps_to_its_bounds(name: str) -> None:
    verb = VERBS[name]
    assert {verb.key, f"{verb.key}_does"} <= set(TABLE)
    if verb.bounds is None:
        assert verb.args(None) == verb.fixed
        return
    assert verb.args(float(verb.bounds[1])) == verb.bounds[1]
    for wrong in (verb.bounds[1] + 1, -1, 1.5, None, "x", True):
        with pytest.raises(SettingRefused, match=rf"{verb.bounds[0]}\.\.{verb.bounds[1]}"):
            verb.args(wrong)
