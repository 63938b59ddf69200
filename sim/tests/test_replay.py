"""What a replay reports: lit intervals from the lamps' light, and the lead before the kerb."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.errors import SimRefusal
from gangvakt_sim.replay import Edge, Outcome, Replay, chosen, kerb_time, lit_intervals
from gangvakt_sim.world.losses import NONE
from gangvakt_sim.world.scene import load_scene
from gangvakt_sim.world.track import Track

ORIGIN_S = 5000.0
SCENE = load_scene("storgata")


def edge(at_s: float, lamp: str, level: int) -> Edge:
    return round((ORIGIN_S + at_s) * 1e6), lamp, level


def alternating(start_s: float, half_periods: int) -> list[Edge]:
    """Left and right in turn, half a second each."""
    edges = []
    for number in range(half_periods):
        lamp = ("left", "right")[number % 2]
        edges += [edge(start_s + number / 2, lamp, 1), edge(start_s + (number + 1) / 2, lamp, 0)]
    return edges


def test_an_alternating_pattern_is_one_interval() -> None:
    assert lit_intervals(alternating(2.0, 10), ORIGIN_S, 60.0) == [pytest.approx((2.0, 7.0))]


def test_dark_gaps_of_a_pattern_do_not_split_it_but_a_pause_does() -> None:
    edges = [edge(1.0, "left", 1), edge(1.5, "left", 0), edge(2.1, "left", 1), edge(2.6, "left", 0)]
    edges += [edge(4.0, "left", 1), edge(4.5, "left", 0)]
    assert lit_intervals(edges, ORIGIN_S, 60.0) == [pytest.approx((1.0, 2.6)), pytest.approx((4.0, 4.5))]


def test_lamps_that_outlast_the_track_end_with_none() -> None:
    assert lit_intervals(alternating(2.0, 40), ORIGIN_S, 6.0) == [(pytest.approx(2.0), None)]
    assert lit_intervals([edge(2.0, "left", 1)], ORIGIN_S, 6.0) == [(pytest.approx(2.0), None)]


def test_light_after_the_track_is_none_of_its_business() -> None:
    assert lit_intervals(alternating(7.0, 4), ORIGIN_S, 6.0) == []


@given(st.lists(st.tuples(st.floats(0, 50), st.sampled_from(["left", "right"]), st.sampled_from([0, 1]))))
def test_intervals_are_in_order_and_apart(raw: list[tuple[float, str, int]]) -> None:
    intervals = lit_intervals([edge(*entry) for entry in sorted(raw)], ORIGIN_S, 30.0)
    for (_, end), (start, _) in pairwise(intervals):
        assert end is not None
        assert start - end > 0.69


def across(start_y: float, end_y: float) -> Track:
    places = tuple(start_y + step * (end_y - start_y) / 10 for step in range(11))
    return Track("p", "pedestrian", tuple(range(11)), (0.0,) * 11, places)


def test_kerb_time_is_the_first_sample_on_the_crossing() -> None:
    assert kerb_time(SCENE, across(-2.5, 7.5)) == 3


def test_those_who_stay_off_or_begin_on_the_crossing_have_no_kerb_time() -> None:
    assert kerb_time(SCENE, across(-4.0, -1.0)) is None
    assert kerb_time(SCENE, across(1.0, 9.0)) is None


def test_an_outcome_is_a_line_for_the_judge() -> None:
    outcome = Outcome(across(-2.5, 7.5), ((0.5004, None),), 3.0)
    assert json.loads(outcome.as_json()) == {"track": "p", "on": [[0.5, None]], "kerb_s": 3.0, "lead_s": 2.5}


def test_tracks_are_chosen_by_name_and_number() -> None:
    tracks = [Track(name, "pedestrian", (0.0,), (0.0,), (0.0,)) for name in "abc"]
    assert [track.id for track in chosen(tracks, (), 2)] == ["a", "b"]
    assert [track.id for track in chosen(tracks, ("c", "a"), None)] == ["c", "a"]
    with pytest.raises(SimRefusal, match="one of the file's 3 tracks"):
        chosen(tracks, ("d",), None)
    with pytest.raises(SimRefusal, match="1 or more"):
        chosen(tracks, (), 0)


class LampOnWhenSomebodyIsNear:
    """A sign that is lit while the radar reports anybody."""

    def __init__(self) -> None:
        self._lit = False
        self._edges: list[Edge] = []

    def radar(self, frame: bytes) -> None:
        lit = any(frame[4:28])
        if lit != self._lit:
            self._lit = lit
            self._edges.append((round(time.monotonic() * 1e6), "left", int(lit)))

    def pir(self, level: bool) -> None:
        pass

    def lamps(self) -> tuple[bool, bool]:
        return self._lit, False

    def lamp_edges(self, start_s: float, end_s: float) -> list[Edge]:
        return [entry for entry in self._edges if start_s <= entry[0] / 1e6 <= end_s]


def test_a_track_is_played_in_real_time_and_its_light_timed() -> None:
    pole = SCENE.signs[0]
    (x0, y0), (x1, y1) = pole.pose.to_site(0.0, 7.0), pole.pose.to_site(0.0, 5.0)
    track = Track(
        "p", "pedestrian", (10.0, 11.0), (x0, x1), (y0, y1)
    )  # in range from 10.5 s of its own time on
    (outcome,) = Replay(SCENE, pole, LampOnWhenSomebodyIsNear(), NONE, seed=1).outcomes([track])
    assert outcome.lit == ((pytest.approx(10.5, abs=0.06), None),)
