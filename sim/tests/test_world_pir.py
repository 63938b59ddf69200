"""The PIR: prolonged while somebody moves, then blind for its dead time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.pir import PirModel, PirTraits, pir_of
from gangvakt_sim.world.scene import PirCone, load_scene
from gangvakt_sim.world.track import Actor

POSE = Pose(0.0, 0.0, 0.0)
HONEST = PirTraits(false_per_hour=0.0)


def walker(x: float = 2.0, y: float = 0.0, speed: float = 1.0) -> Actor:
    return Actor("p", "pedestrian", x, y, 0.0, speed)


def levels(pir: PirModel, until: float, times: range, actor: Actor) -> list[bool]:
    return [pir.level(t / 10, [actor] if t / 10 < until else []) for t in times]


def test_the_pulse_lasts_while_somebody_moves_and_a_little_longer() -> None:
    pir = PirModel(POSE, 1, traits=HONEST)
    assert levels(pir, 5.0, range(100), walker()) == [True] * 74 + [False] * 26


def test_it_is_blind_for_its_dead_time_after_the_pulse() -> None:
    pir = PirModel(POSE, 1, traits=HONEST)
    levels(pir, 0.1, range(40), walker())  # falls at 2.5 s
    later = levels(pir, 99.0, range(40, 70), walker())
    back = 4.0 + later.index(True) / 10
    assert 5.0 <= back <= 5.6


def test_standing_people_and_those_outside_the_cone_do_not_trigger() -> None:
    cone = PirCone(range_m=4.0, half_cone_deg=45.0)
    for actor in (walker(speed=0.1), walker(x=4.5), walker(x=1.0, y=2.0), walker(x=-1.0)):
        assert not PirModel(POSE, 1, cone=cone, traits=HONEST).level(0.0, [actor])


def test_a_sign_has_the_pir_of_its_site_or_none() -> None:
    pole = load_scene("storgata").signs[0]
    assert pir_of(pole, 1) is not None
    assert pir_of(pole.model_copy(update={"pir": False}), 1) is None


def test_false_triggers_come_at_the_stated_rate() -> None:
    pir = PirModel(POSE, 1, traits=PirTraits(false_per_hour=20.0))
    high = [pir.level(t / 10, []) for t in range(10 * 36_000)]
    rises = sum(now and not before for before, now in zip([False, *high], high, strict=False))
    assert 150 < rises < 240  # 10 h at 20 an hour, less those that fall into another's pulse


@given(st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_levels(seed: int) -> None:
    first, second = (levels(PirModel(POSE, seed), 3.0, range(120), walker()) for _ in range(2))
    assert first == second
