import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.provision.kerb import KerbLine
from gangvakt.provision.walk_view import StreetView, as_text, words
from gangvakt.provision.walking import Pose, Site, read_glimpse

VALUES = {
    "sensor_x_mm": 1_000,
    "sensor_y_mm": 500,
    "sensor_azimuth_cdeg": 9_000,
    "second_x_mm": 0,
    "second_y_mm": 0,
    "second_azimuth_cdeg": 0,
    "second_kind": "none",
    "kerb_a_x_mm": 0,
    "kerb_a_y_mm": 2_000,
    "kerb_b_x_mm": 0,
    "kerb_b_y_mm": -2_000,
    "crossing_width_mm": 7_000,
}
TOLD = {
    "ms": 12_500,
    "targets": [[[300, 3_400, -1_400]]],
    "tracks": [[4, -3_000, 2_300, 1_399, -1]],
    "reason": "approach",
    "t_kerb_ms": 2_280,
    "warns": True,
    "lamps": True,
    "pir": 0,
    "late": 3,
}


def test_a_target_is_told_in_the_plane_of_the_site():
    glimpse = read_glimpse(TOLD, Site.of(VALUES))
    assert glimpse.targets == (pytest.approx((1.3, 3.9)),)  # looks along y: right is towards x
    (track,) = glimpse.tracks
    assert track.place == pytest.approx(
        (3.0, -0.3)
    )  # the kerb runs down along y, the pavement is where x > 0
    assert (track.kerb_m, track.speed_m_s) == (3.0, pytest.approx(1.4, abs=0.01))
    assert (glimpse.t_s, glimpse.t_kerb_s, glimpse.warns, glimpse.pir) == (12.5, 2.28, True, False)


def test_a_second_radar_has_its_own_place_and_one_without_angle_none():
    both = Site.of({**VALUES, "second_kind": "ld2450", "second_x_mm": -1_000})
    glimpse = read_glimpse({**TOLD, "targets": [[], [[0, 2_000, 0]]]}, both)
    assert glimpse.targets == (pytest.approx((1.0, 0.0)),)
    ranged = read_glimpse({**TOLD, "targets": [[[4_200]]], "tracks": []}, Site.of(VALUES))
    assert (ranged.targets, ranged.ranges_m) == ((), (4.2,))
    assert "4.2 m away" in words(ranged)


def test_without_a_kerb_line_tracks_have_no_place():
    unknown = Site.of({**VALUES, "kerb_a_y_mm": 0, "kerb_b_y_mm": 0})
    assert unknown.kerb is None
    assert read_glimpse(TOLD, unknown).tracks[0].place is None


def test_the_words_say_the_decision():
    said = words(read_glimpse(TOLD, Site.of(VALUES)))
    assert "#4 3.0 m before the kerb at 1.4 m/s" in said
    assert "approach, 2.3 s to the kerb" in said
    assert said.endswith("WARNS")


def test_a_glimpse_is_json():
    told = read_glimpse(TOLD, Site.of(VALUES)).as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["tracks"][0]["kerb_m"] == 3.0


def test_the_picture_shows_radar_kerb_people_and_ends():
    site = Site((Pose(0, 0, 0),), KerbLine((0, 2), (0, -2)), 7.0)
    glimpse = read_glimpse(TOLD, site)
    rows = as_text(StreetView(site, 70, 20).draw(glimpse, ((0.0, 2.0),))).splitlines()
    picture = "\n".join(rows)
    assert len(rows) == 20
    assert max(len(row) for row in rows) <= 70
    assert {"R", "━", "░", "·", "o", "4", "+"} <= set(picture)
    radar = next(row.index("R") for row in rows if "R" in row)
    person = next(row.index("o") for row in rows if "o" in row)
    assert person > radar  # ahead along x is to the right


numbers = st.integers(-60_000, 60_000)


@given(st.lists(st.tuples(numbers, numbers, numbers), max_size=3), st.integers(20, 200), st.integers(5, 60))
def test_whatever_is_seen_fits_the_screen(targets, columns, rows):
    site = Site((Pose(1, -2, math.radians(37)),), KerbLine((0, 2), (3, -2)), 7.0)
    told = {**TOLD, "targets": [targets], "tracks": [[9, *numbers, 0] for numbers in targets]}
    grid = StreetView(site, columns, rows).draw(read_glimpse(told, site))
    assert len(grid) == rows
    assert all(len(row) == columns for row in grid)
