"""Where a sign stands in its life."""

from pathlib import Path

import pytest

from gangvakt.fleet.life_cycle import TRANSITIONS, LifeCycle, allowed_after, diagram, may_follow

GUIDE = Path(__file__).parents[1] / "docs" / "registry.md"


def test_every_state_says_what_may_follow() -> None:
    assert set(TRANSITIONS) == set(LifeCycle)


@pytest.mark.parametrize("state", LifeCycle)
def test_staying_is_no_step(state: LifeCycle) -> None:
    assert not may_follow(state, state)


def test_a_repaired_sign_is_commissioned_again_before_it_warns() -> None:
    assert not may_follow(LifeCycle.IN_REPAIR, LifeCycle.IN_SERVICE)
    assert may_follow(LifeCycle.IN_REPAIR, LifeCycle.COMMISSIONED)


def test_nothing_follows_retirement() -> None:
    assert allowed_after(LifeCycle.RETIRED) == "nothing: its life is over"


@pytest.mark.parametrize("state", [state for state in LifeCycle if state is not LifeCycle.RETIRED])
def test_every_other_sign_can_be_retired(state: LifeCycle) -> None:
    assert may_follow(state, LifeCycle.RETIRED)


def test_the_guide_draws_the_table() -> None:
    assert f"```mermaid\n{diagram()}\n```" in GUIDE.read_text(encoding="utf-8"), (
        f"the guide shall show:\n{diagram()}"
    )
