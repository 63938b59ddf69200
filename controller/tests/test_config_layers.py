"""What a sign shall run with: layers, who gave each value, and how many signs are reached in stages."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import PlanStepRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.config_layers import (
    Group,
    Layer,
    Origin,
    Resolved,
    adopted,
    differences,
    pinned,
    resolve,
    template_names,
)
from gangvakt.fleet.config_plan import ENDED, TRANSITIONS, Event, Fate, Plan, State, judged, stages_of
from gangvakt.fleet.diagram import mermaid
from gangvakt.fleet.dry_run import Activation, compare

from .support import NORTH, SOUTH

GUIDE = Path(__file__).parents[1] / "docs" / "config.md"
BELOW = resolve((Layer(Origin.TEMPLATE, {"approach_depth_mm": 2500, "dim_pct": 80}, "narrow-street"),))
DEFAULTS = {"approach_depth_mm": 3500, "dim_pct": 100, "lead_ms": 4000}
CONFIGS = st.dictionaries(st.sampled_from(sorted(DEFAULTS)), st.integers(0, 3))


def test_each_value_says_which_layer_gave_it() -> None:
    found = resolve(
        (
            Layer(Origin.TEMPLATE, {"approach_depth_mm": 2500, "dim_pct": 80}, "narrow-street"),
            Layer(Origin.TEMPLATE, {"dim_pct": 60}, "dark-street"),
            Layer(Origin.OWN, {"approach_depth_mm": 2400, "lead_ms": 4500}),
            Layer(Origin.LOCK, {"approval_number": "2026/1"}),
        )
    )
    assert {name: str(setting) for name, setting in found.settings.items()} == {
        "approval_number": "2026/1 from lock",
        "dim_pct": "60 from template dark-street",
        "approach_depth_mm": "2400 from own",
        "lead_ms": "4500 from own",
    }


def test_a_group_holds_signs_by_municipality_site_and_board() -> None:
    everything = Group("drammen", "all")
    assert everything.holds(NORTH, None)
    assert not Group("oslo", "all").holds(NORTH, None)
    assert not Group("drammen", "x", sites=frozenset({"torget"})).holds(NORTH, None)
    with_board = Group("drammen", "x", boards=frozenset({"esp32-s3"}))
    assert with_board.holds(NORTH, "esp32-s3")
    assert not with_board.holds(NORTH, None), "a sign that has not told its board"


def test_a_higher_group_and_a_later_template_stand_above() -> None:
    groups = [
        Group("drammen", "a", 10, templates=("one", "two")),
        Group("drammen", "b", 5, templates=("two",)),
    ]
    assert template_names(groups, NORTH, None) == ("one", "two")


def test_a_difference_counts_defaults_on_both_sides() -> None:
    reported = {"approach_depth_mm": 3500, "lead_ms": 5000}  # the first is the default, told nevertheless
    found = differences(Resolved({"dim_pct": BELOW.settings["dim_pct"]}), reported, DEFAULTS)
    assert [(one.field, one.reported, one.wanted.value) for one in found] == [
        ("dim_pct", 100, 80),
        ("lead_ms", 5000, 4000),
    ]


def test_what_a_sign_had_before_anybody_wrote_it_down_becomes_its_own() -> None:
    assert adopted(BELOW, {"approach_depth_mm": 2500, "dim_pct": 50}) == {"dim_pct": 50}


@given(CONFIGS, CONFIGS)
def test_pinned_values_come_out_whatever_the_templates_say(
    template: dict[str, object], values: dict[str, object]
) -> None:
    below = resolve((Layer(Origin.TEMPLATE, template, "t"),))
    own = pinned(below, values, DEFAULTS)
    found = Resolved({**below.settings, **resolve((Layer(Origin.OWN, own),)).settings})
    assert differences(found, values, DEFAULTS) == ()


def test_the_first_stage_is_small_and_spread_over_crossings() -> None:
    signs = [SignId("drammen", f"s{site:02}", pole) for site in range(6) for pole in ("north", "south")]
    stages = stages_of(signs, first=2, growth=2)
    assert [len(stage) for stage in stages] == [2, 4, 6]
    assert len({sign.site for stage in stages[:2] for sign in stage}) == 6, "no crossing twice so early"


@given(st.integers(0, 60), st.integers(1, 5), st.integers(1, 5))
def test_stages_hold_each_sign_once_and_grow(count: int, first: int, growth: int) -> None:
    signs = [SignId("drammen", f"s{number // 2}", f"p{number % 2}") for number in range(count)]
    stages = stages_of(signs, first, growth)
    assert sorted(sign for stage in stages for sign in stage) == sorted(signs)
    assert all(len(before) * growth == len(after) for before, after in pairwise(stages[:-1]))


@pytest.mark.parametrize(
    ("fates", "is_late", "event"),
    [
        ([Fate.KEPT, Fate.KEPT], False, Event.NEXT),
        ([Fate.KEPT, Fate.WAITING], False, None),
        ([Fate.WAITING, Fate.LOST], False, Event.FAIL),
        ([Fate.KEPT, Fate.WAITING], True, Event.FAIL),
        ([Fate.KEPT, Fate.KEPT], True, Event.NEXT),
    ],
)
def test_a_stage_is_judged_by_each_of_its_signs(
    fates: list[Fate], is_late: bool, event: Event | None
) -> None:
    assert judged(fates, is_last=False, is_late=is_late) is event


def test_the_last_stage_completes_the_plan() -> None:
    assert judged([Fate.KEPT], is_last=True, is_late=False) is Event.COMPLETE


def test_every_state_is_reached_and_only_ends_are_ends() -> None:
    assert {State.DRAFT, *TRANSITIONS.values()} == set(State)
    assert {state for state in State if all(before is not state for before, _ in TRANSITIONS)} == {
        State.ROLLED_BACK
    }
    assert State.ROLLED_BACK in ENDED


def test_a_step_that_the_state_does_not_allow_names_what_it_does() -> None:
    plan = Plan(3, "drammen", "x", {}, ((NORTH,), (SOUTH,)), "anna", 1, 1, 60)
    with pytest.raises(PlanStepRefused, match="plan 3: step is 'next'; allowed while it is draft: try"):
        plan.after(Event.NEXT, 2)
    probation = plan.after(Event.SCHEDULE, 2).after(Event.BEGIN, 3).after(Event.TOLD, 4)
    assert (probation.state, probation.stage) == (State.PROBATION, 0)
    assert probation.after(Event.NEXT, 5).stage == 1


def test_the_guide_draws_the_table() -> None:
    wanted = f"```mermaid\n{mermaid(TRANSITIONS)}\n```"
    assert wanted in GUIDE.read_text(encoding="utf-8"), f"the guide shall show:\n{wanted}"


def test_activations_of_the_same_moment_are_the_same_one() -> None:
    before = [Activation(1000, "approach", 3000), Activation(20_000, "approach", 2500)]
    after = [Activation(1800, "approach", 2200), Activation(40_000, "waiting", 0)]
    found = compare(before, after)
    assert found.kept == ((before[0], after[0]),)
    assert found.missed == (before[1],)
    assert found.new == (after[1],)
