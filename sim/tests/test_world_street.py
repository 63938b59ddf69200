"""The generated street: repeatable, alive from the start, and nobody drives through anybody."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import pytest

from gangvakt_sim.errors import SceneError
from gangvakt_sim.world.geometry import contains
from gangvakt_sim.world.people import HABITS, People
from gangvakt_sim.world.scene import Scene, load_scene
from gangvakt_sim.world.street import Street, record
from gangvakt_sim.world.track import Actor, Track

SCENE = load_scene("storgata")
MINUTES = 5


@cache
def tracks(seed: int) -> list[Track]:
    return record(Street(SCENE, seed), MINUTES * 60)


def moments(seed: int) -> Iterator[list[Actor]]:
    for step in range(MINUTES * 600):
        yield [actor for track in tracks(seed) if (actor := track.at(step / 10)) is not None]


def person(habit: str, seed: int = 3) -> Track:
    assert SCENE.traffic is not None
    return People(SCENE, SCENE.traffic, random.Random(seed)).arrival(0.0, habit)


def on_road(track: Track) -> list[float]:
    """Times at which somebody is on the crossing."""
    return [t for t, x, y in zip(track.t, track.x, track.y, strict=True) if contains(SCENE.crossing, (x, y))]


def test_the_same_seed_makes_the_same_street() -> None:
    assert record(Street(SCENE, 1), 60) == record(Street(SCENE, 1), 60)


def test_another_seed_makes_another_street() -> None:
    assert record(Street(SCENE, 1), 10) != record(Street(SCENE, 2), 10)


def test_it_matters_not_how_often_one_looks() -> None:
    often, seldom = Street(SCENE, 1), Street(SCENE, 1)
    for step in range(200):
        often.actors(step / 10)
    assert often.actors(20.0) == seldom.actors(20.0)


@pytest.mark.parametrize("seed", range(3))
def test_somebody_crosses_within_the_first_fifteen_seconds(seed: int) -> None:
    assert any(
        on_road(track)[:1] and on_road(track)[0] < 15 for track in tracks(seed) if track.kind == "pedestrian"
    )


@pytest.mark.parametrize("seed", range(3))
def test_no_vehicle_drives_over_a_person_or_into_another(seed: int) -> None:
    for actors in moments(seed):
        people = [actor for actor in actors if actor.kind == "pedestrian"]
        cars = [actor for actor in actors if actor.kind == "car"]
        assert not any(abs(c.x - p.x) < 2.2 and abs(c.y - p.y) < 0.9 for c in cars for p in people)
        assert not any(a.y == b.y and abs(a.x - b.x) < 4.4 for a in cars for b in cars if a.id < b.id)


def test_all_kinds_are_about() -> None:
    assert {track.kind for track in tracks(0)} == {"pedestrian", "car", "cyclist"}


@pytest.mark.parametrize("habit", HABITS)
def test_only_those_who_cross_set_foot_on_the_crossing(habit: str) -> None:
    assert bool(on_road(person(habit))) == (habit in ("cross", "wait"))


@pytest.mark.parametrize("seed", range(5))
def test_those_who_wait_stand_behind_the_kerb_before_they_cross(seed: int) -> None:
    track = person("wait", seed)
    step_on = on_road(track)[0]
    still = [
        t / 10 for t in range(int(step_on * 10)) if (a := track.at(t / 10)) is not None and a.speed_m_s < 0.05
    ]
    assert len(still) >= 10
    assert step_on - still[-1] < 1.5


def test_those_who_turn_round_come_near_the_kerb_and_go_back() -> None:
    track = person("turn")
    assert min(abs(y - kerb) for y in track.y for kerb in (0.0, 7.0)) < 1.4
    assert track.place(track.end_s) == pytest.approx(track.place(0.0))


@pytest.mark.parametrize("habit", HABITS)
def test_people_walk_at_a_human_speed(habit: str) -> None:
    track = person(habit)
    speeds = [
        actor.speed_m_s for t in range(int(track.end_s * 10)) if (actor := track.at(t / 10)) is not None
    ]
    assert max(speeds) < 3.0


def test_a_scene_without_traffic_is_refused() -> None:
    scene: Scene = load_scene("corner-a")
    with pytest.raises(SceneError, match="traffic"):
        Street(scene, 1)
