import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.provision.kerb import KerbLearner, KerbLine, parse_kerb
from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.losses import REAL
from gangvakt_sim.world.track import Actor

FRAME_S = 0.1
GLIMPSE_FRAMES = 2  # the sign tells every other frame
WALK_M_S = 1.2
STAY_S = 6.0
NEAR_M = 0.3  # as promised
POSE = Pose(0, 0, 0)  # at the origin, looking along x
RIGHT, LEFT = (2.2, -1.5), (2.4, 1.6)


def way(*stops, sway_m=0.12):
    """Places, ten times a second, of somebody who walks from stop to stop and sways there."""
    place, places = (4.5, -0.5), []
    for stop in stops:
        steps = max(1, round(math.dist(place, stop) / WALK_M_S / FRAME_S))
        places += [
            (place[0] + (stop[0] - place[0]) * i / steps, place[1] + (stop[1] - place[1]) * i / steps)
            for i in range(steps)
        ]
        frames = round(STAY_S / FRAME_S)
        places += [
            (stop[0], stop[1] + sway_m * math.sin(2 * math.pi * 0.4 * i * FRAME_S)) for i in range(frames)
        ]
        place = stop
    return places


def seen(places, seed):
    """(time, places in the site's plane) as a radar with all its losses shows somebody there."""
    radar = Ld2450Model(POSE, REAL, seed)
    before = places[0]
    for frame, place in enumerate(places):
        step = (place[0] - before[0], place[1] - before[1])
        speed = math.hypot(*step) / FRAME_S
        heading = math.degrees(math.atan2(step[1], step[0]))
        actor = Actor(id="1", kind="pedestrian", x=place[0], y=place[1], heading_deg=heading, speed_m_s=speed)
        data = radar.frame(frame * FRAME_S, [actor])
        before = place
        if frame % GLIMPSE_FRAMES == 0:
            yield frame * FRAME_S, [POSE.to_site(x / 1000, y / 1000) for x, y in targets(data)]


def targets(frame):
    """x and y of the occupied slots."""
    for at in range(4, 28, 8):
        if any(frame[at : at + 8]):
            x, y = (int.from_bytes(frame[at + i : at + i + 2], "little") for i in (0, 2))
            yield tuple(v & 0x7FFF if v & 0x8000 else -v for v in (x, y))


def learned(places, seed=1):
    learner = KerbLearner()
    for t_s, shown in seen(places, seed):
        learner.feed(t_s, shown)
    return learner


@pytest.mark.parametrize("seed", range(12))
def test_both_ends_are_learned_from_a_generated_walk(seed):
    learner = learned(way(RIGHT, LEFT), seed)
    assert learner.done
    assert math.dist(learner.line.a, RIGHT) < NEAR_M
    assert math.dist(learner.line.b, LEFT) < NEAR_M


def test_whom_the_radar_loses_standing_still_is_learned_too():
    learner = learned(way(RIGHT, LEFT, sway_m=0.0))
    assert learner.done
    assert math.dist(learner.line.a, RIGHT) < NEAR_M
    assert math.dist(learner.line.b, LEFT) < NEAR_M


def test_who_only_walks_by_shows_no_end():
    steps = [(4.0 - 0.12 * i, 2.0) for i in range(30)]
    there_and_back = (steps + steps[::-1]) * 4
    assert learned(there_and_back).ends == []


def test_who_strolls_shows_no_end():
    assert learned([(1.5 + 0.03 * i, 0.0) for i in range(120)]).ends == []


def test_one_end_is_not_taken_for_both():
    assert len(learned(way(RIGHT, (RIGHT[0], RIGHT[1] + 0.5))).ends) == 1


def test_an_empty_street_shows_nothing():
    learner = KerbLearner()
    for step in range(100):
        assert learner.feed(step / 5, []) is None


places = st.lists(st.tuples(st.floats(-8, 8), st.floats(-8, 8)), max_size=3)


@given(st.lists(places, max_size=120))
def test_whatever_is_seen_ends_are_apart_and_of_what_was_seen(shown):
    learner = KerbLearner()
    for step, now in enumerate(shown):
        learner.feed(step / 5, now)
    assert len(learner.ends) <= 2
    if learner.done:
        assert learner.line.length_m >= 1.0
        assert all(abs(v) <= 8 for end in learner.ends for v in end.place)


def test_the_roadway_lies_to_the_right_of_the_line():
    line = KerbLine((0, 2), (0, -2))  # down along y: to the right is where x is negative
    assert line.roadway_point(1.0) == pytest.approx((-1, 0))
    assert line.ends_mm() == {"a": [0, 2000], "b": [0, -2000]}


def test_a_typed_line_is_read():
    assert parse_kerb("0,2, 0.5,-2") == KerbLine((0, 2), (0.5, -2))


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("1,2,3", "four numbers"),
        ("a,b,c,d", "four numbers"),
        ("0,0,0,0.4", "0.5 m or more apart"),
        ("0,0,0,51", "-50 to 50"),
        ("nan,0,0,1", "-50 to 50"),
        ("", "four numbers"),
    ],
)
def test_a_line_that_is_none_is_refused(text, allowed):
    with pytest.raises(ValueError, match=allowed):
        parse_kerb(text)
