from array import array

from sign.core import intent as intents
from sign.core.config import load
from sign.core.geometry import Geometry
from sign.core.intent import Intent
from sign.core.tracker import Tracker

# The radar stands 0.5 m before the kerb and looks along it: x is s + 500, y is q.
SITE = {"sensor_x_mm": -500, "sensor_azimuth_cdeg": 9000, "kerb_b_y_mm": 4000}
UNKNOWN = {}


class Street:
    def __init__(self, site=SITE, **values):
        config, errors = load(dict(site, **values))
        assert errors == []
        self.tracker = Tracker()
        self.intent = Intent(config, Geometry(config))
        self.now_ms = 0
        self.reasons = []

    def frame(self, *targets):
        flat = []
        for s, q in targets:
            flat += [s + 500, q, 0, 100]
        self.now_ms += 100
        self.tracker.update(array("i", flat + [0] * (12 - len(flat))), len(targets), self.now_ms)
        self.intent.evaluate(self.tracker, self.now_ms)
        self.reasons.append(self.intent.reason)

    def walk(self, s, q, vs, vq, frames):
        """A person at (s, q) who walks at (vs, vq); 1 mm of unrest keeps one who stands from being stale."""
        for k in range(frames):
            self.frame((s + vs * k // 10 + k % 2, q + vq * k // 10))
        return self

    def empty(self, frames):
        for _ in range(frames):
            self.frame()
        return self


def test_an_empty_street_asks_for_nothing():
    assert set(Street().empty(5).reasons) == {intents.NONE}


def test_walking_to_the_kerb_is_an_approach_with_seconds_to_spare():
    street = Street().walk(-3400, 2000, 1300, 0, 10)
    assert street.intent.reason == intents.APPROACH
    assert 1200 < street.intent.t_kerb_ms < 1900
    assert abs(street.intent.range_mm - 2700) < 700
    assert street.intent.track == 1


def test_an_approach_is_known_within_a_second():
    street = Street().walk(-3400, 2000, 1300, 0, 10)
    assert street.reasons.index(intents.APPROACH) <= 7


def test_walking_along_the_kerb_does_not_count():
    street = Street().walk(-1800, -500, 0, 1400, 40)
    assert set(street.reasons) == {intents.NONE}


def test_walking_away_does_not_count():
    street = Street().walk(-600, 2000, -1300, 0, 20)
    assert set(street.reasons) == {intents.NONE}


def test_meeting_the_kerb_far_beside_the_crossing_does_not_count():
    street = Street().walk(-2500, 5500, 1000, 0, 20)
    assert set(street.reasons) == {intents.NONE}


def test_an_approach_from_too_far_or_too_slow_waits():
    assert intents.APPROACH not in Street(approach_depth_mm=1500).walk(-5500, 2000, 1300, 0, 20).reasons
    assert intents.APPROACH not in Street(closing_min_mm_s=800).walk(-3000, 2000, 500, 0, 15).reasons
    assert intents.APPROACH not in Street(lead_ms=1000).walk(-3500, 2000, 800, 0, 20).reasons


def test_standing_at_the_kerb_is_waiting():
    street = Street().walk(-500, 2000, 0, 0, 15)
    assert street.intent.reason == intents.AT_KERB
    assert street.intent.t_kerb_ms == 0


def test_standing_far_from_the_kerb_is_not():
    assert set(Street().walk(-2500, 2000, 0, 0, 20).reasons) == {intents.NONE}
    assert set(Street().walk(-500, 5500, 0, 0, 20).reasons) == {intents.NONE}


def test_a_waiting_person_the_radar_lost_is_remembered_for_a_while():
    street = Street(wait_memory_ms=5000).walk(-500, 2000, 0, 0, 15).empty(40)
    assert street.intent.reason == intents.AT_KERB
    assert street.intent.busy()
    street.empty(30)
    assert street.intent.reason == intents.NONE
    assert not street.intent.busy()


def test_a_remembered_person_who_is_seen_again_is_remembered_no_longer():
    street = Street().walk(-500, 2000, 0, 0, 15).empty(30).walk(-600, 2000, -1200, 0, 12)
    assert street.intent.reason == intents.NONE
    assert not street.intent.busy()


def test_a_passer_by_does_not_make_a_waiting_person_forgotten():
    street = Street().walk(-500, 2000, 0, 0, 15).empty(20).walk(-1000, -1500, 0, 1400, 30)
    assert street.intent.reason == intents.AT_KERB


def test_being_on_the_crossing_counts_whatever_the_direction():
    assert Street().walk(3000, 1000, 0, 800, 15).intent.reason == intents.ON_ROAD
    assert Street().walk(3500, 2000, -800, 0, 15).intent.reason == intents.ON_ROAD


def test_being_on_the_road_beside_the_crossing_does_not():
    assert set(Street().walk(1500, 5500, 0, 300, 20).reasons) == {intents.NONE}


def test_crossing_gives_approach_then_road():
    street = Street().walk(-3400, 2000, 1300, 0, 40)
    assert street.intent.reason == intents.ON_ROAD
    first = street.reasons.index(intents.APPROACH)
    assert intents.NONE not in street.reasons[first:]


def test_the_strongest_reason_wins():
    street = Street()
    for k in range(12):
        street.frame((-3000 + 100 * k, 1000), (2000 + k, 3500))
    assert street.intent.reason == intents.ON_ROAD
    assert street.intent.track == 2


def test_cutting_over_from_a_footway_at_an_angle_is_warned_before_the_kerb():
    for side in (1, -1):
        street = Street().walk(-2300, 2000 - side * 2300, 1000, side * 1000, 19)
        assert street.intent.reason == intents.APPROACH


def test_leaving_the_road_is_no_approach():
    street = Street().walk(600, 2000, -1300, 0, 25)
    assert intents.APPROACH not in street.reasons


def test_nothing_on_wheels_along_the_road_counts():
    for speed, start in ((9000, -6000), (5500, -4000), (3000, -3000)):
        assert set(Street().walk(1500, start, 0, speed, 12).reasons) == {intents.NONE}


def test_a_car_that_has_braked_stays_a_car():
    street, q = Street().walk(1500, -4000, 0, 6000, 6), -1000
    for speed in range(6000, 0, -500):
        q += speed // 10
        street.frame((1500, q))
    assert 0 < q < 4000
    assert set(street.reasons) == {intents.NONE}


def test_a_cyclist_over_the_crossing_is_warned_from_further_away():
    street = Street(cyclist_lead_ms=5000).walk(-5500, 2000, 3500, 0, 8)
    assert street.intent.reason == intents.APPROACH
    assert intents.APPROACH not in Street(cyclist_lead_ms=500).walk(-5500, 2000, 3500, 0, 8).reasons
    assert intents.APPROACH not in Street().walk(-5500, 7000, 3500, 0, 8).reasons


def test_warmth_keeps_a_lost_waiting_person_up_to_the_cap():
    street = Street(wait_memory_ms=3000, wait_cap_ms=8000).walk(-500, 2000, 0, 0, 15)
    for _ in range(70):
        street.empty(1)
        street.intent.refresh(street.now_ms)
    assert street.intent.reason == intents.AT_KERB
    for _ in range(30):
        street.empty(1)
        street.intent.refresh(street.now_ms)
    assert street.intent.reason == intents.NONE


def test_a_higher_score_to_reach_means_fewer_and_winter_means_earlier_warnings():
    firsts = []
    for score, winter in ((60, False), (0, False), (0, True)):
        street = Street(approach_score=score)
        street.intent.set_winter(winter)
        street.walk(-3400, 2000, 700, 250, 40)
        firsts.append(next(k for k, reason in enumerate(street.reasons) if reason))
    assert firsts[0] >= firsts[1] >= firsts[2]
    assert firsts[0] > firsts[2]


def test_without_a_kerb_line_nearing_the_radars_axis_counts_from_both_sides():
    for side in (-1, 1):
        street = Street(UNKNOWN)
        for k in range(12):
            street.frame((side * (3000 - 120 * k) - 500, 3000))
        assert street.intent.reason == intents.APPROACH
    street = Street(UNKNOWN)
    for k in range(12):
        street.frame((1000 + 120 * k - 500, 3000))
    assert set(street.reasons) == {intents.NONE}
