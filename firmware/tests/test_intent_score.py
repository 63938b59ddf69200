from array import array

from sign.core import intent_score, intent_table
from sign.core.config import load
from sign.core.geometry import Geometry
from sign.core.intent_features import COUNT, FAR_AWAY, NAMES, Features
from sign.core.intent_score import score
from sign.core.tracker import Tracker

SITE = {"sensor_x_mm": -500, "sensor_azimuth_cdeg": 9000, "kerb_b_y_mm": 4000}


def seen(s, q, vs, vq, frames=12):
    """Features of somebody who has come to (s, q) at (vs, vq)."""
    tracker = Tracker()
    features = Features(Geometry(load(SITE)[0]))
    for k in range(1, frames + 1):
        back = frames - k
        place = (s - vs * back // 10 + 500 + k % 2, q - vq * back // 10)
        tracker.update(array("i", place + (0, 100) + (0,) * 8), 1, 100 * k)
        tracker.look(0, 100 * k)
        features.place(tracker)
        features.follow(0, tracker.hits(0), tracker.age_ms(0))
    return features


def test_the_table_has_the_size_that_the_score_reads():
    pairs = len(intent_table.FIRST)
    assert len(intent_table.SECOND) == pairs
    assert len(intent_table.CLASSES) == 64 * COUNT
    assert max(intent_table.CLASSES) <= 15
    assert len(intent_table.TABLE) == 256 * pairs
    assert max(intent_table.FIRST + intent_table.SECOND) < COUNT == len(NAMES)


def test_the_score_is_the_sum_of_the_cells():
    bins = bytearray([63] * COUNT)
    want = intent_table.BASE
    for pair, (a, b) in enumerate(zip(intent_table.FIRST, intent_table.SECOND)):
        want += intent_table.TABLE[
            256 * pair + 16 * intent_table.CLASSES[64 * a + 63] + intent_table.CLASSES[64 * b + 63]
        ]
    assert score(bins) == want
    assert intent_score.score(bytearray(COUNT)) != want


def test_left_and_right_are_the_same():
    left, right = seen(-1500, 1000, 900, 400), seen(-1500, 3000, 900, -400)
    assert abs(left.off_mm - right.off_mm) < 30
    assert abs(left.hit_mm - right.hit_mm) < 60
    assert all(abs(a - b) <= 1 for a, b in zip(left.bins, right.bins))


def test_time_and_place_of_the_kerb_are_foreseen():
    features = seen(-1500, 2000, 1000, 0)
    assert abs(features.t_kerb_ms - 1350) < 150
    assert abs(features.hit_mm + 2000) < 100
    assert seen(-1500, 2000, -1000, 0).t_kerb_ms == FAR_AWAY


def test_walking_to_the_kerb_scores_more_than_along_or_away():
    towards = score(seen(-1500, 2000, 1200, 0).bins)
    assert towards > 0
    assert score(seen(-1500, 2000, 0, 1200).bins) < 0
    assert score(seen(-1500, 2000, -1200, 0).bins) < 0
