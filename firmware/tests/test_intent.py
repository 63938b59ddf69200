"""The rules, with a score that says always or never. Of the learned one only what any sane one says."""

import math
from array import array

from sign.core import intent as intents
from sign.core.config import load
from sign.core.geometry import Geometry
from sign.core.intent import EVERYBODY, SETTLED_HITS, Intent
from sign.core.tracker import COAST_MS, RADAR_CELLS, Tracker

# The radar stands 0.5 m before the kerb and looks along it: x is s + 500, y is q.
SITE = {"sensor_x_mm": -500, "sensor_azimuth_cdeg": 9000, "kerb_b_y_mm": 4000}
UNKNOWN = {}
MIDDLE = 2000

learned = intents.score


def never(_bins):
    return -100_000


def always(_bins):
    return 100_000


class Street:
    """Frames 100 ms apart; places and velocities are (s, q), which a reported speed may follow."""

    def __init__(self, score=never, site=SITE, **values):
        config, errors = load(dict(site, **values))
        assert errors == []
        geometry = Geometry(config)
        place = geometry.places[0]
        self.radar = array("i", list(place) + [0] * (RADAR_CELLS - len(place)))
        self.tracker = Tracker()
        self.intent = Intent(config, geometry)
        self.score = score
        self.proven_ms = EVERYBODY
        self.now_ms = 0
        self.reasons = []

    def frame(self, *targets):
        flat = []
        for target in targets:
            flat += [target[0] - self.radar[2], target[1], target[2] if len(target) > 2 else 0, 100]
        self.now_ms += 100
        self.tracker.update(self.radar, array("i", flat + [0] * (12 - len(flat))), len(targets), self.now_ms)
        intents.score = self.score
        try:
            self.intent.evaluate(self.tracker, self.now_ms, self.proven_ms)
        finally:
            intents.score = learned
        self.reasons.append(self.intent.reason)

    def walk(self, s, q, vs, vq, frames):
        """A person at (s, q) who walks at (vs, vq); 1 mm of unrest keeps one who stands from being stale."""
        for k in range(frames):
            self.frame((s + vs * k // 10 + k % 2, q + vq * k // 10))
        return self

    def drive(self, q, speed):
        """A frame of a vehicle on the near lane, with its speed along the beam."""
        s = 1500
        self.frame((s, q, int(speed * q / math.sqrt(q * q + (s - self.radar[2]) ** 2)) // 10 * 10))

    def empty(self, frames, warm=False):
        for _ in range(frames):
            self.frame()
            if warm:
                self.intent.refresh(self.now_ms)
        return self

    def asked(self):
        """The reasons that came up, in their order."""
        found = []
        for reason in self.reasons:
            if reason and reason not in found:
                found.append(reason)
        return found


def test_an_empty_street_asks_for_nothing():
    street = Street(always).empty(5)
    assert street.asked() == []
    assert not street.intent.remembers


def test_walking_straight_to_the_crossing_is_warned_of_in_time():
    street = Street(learned)
    for k in range(30):
        street.frame((-3400 + 130 * k, MIDDLE))
    assert intents.NONE not in street.reasons[26 - 10 :], street.reasons
    assert street.asked() == [intents.APPROACH, intents.ON_ROAD]


def test_walking_along_the_kerb_well_away_from_it_does_not_count():
    assert Street(learned).walk(-2500, -2500, 0, 1400, 60).asked() == []


def test_the_score_decides_about_whoever_is_in_doubt():
    assert Street(always).walk(-2500, MIDDLE, 900, 500, 6).asked() == [intents.APPROACH]
    assert Street(never).walk(-2500, MIDDLE, 900, 500, 6).asked() == []
    assert Street(lambda _: 49, approach_score=50).walk(-2500, MIDDLE, 900, 500, 6).asked() == []
    assert Street(lambda _: 50, approach_score=50).walk(-2500, MIDDLE, 900, 500, 6).asked() == [
        intents.APPROACH
    ]


def test_an_approach_tells_time_range_and_track():
    street = Street(always).walk(-3400, MIDDLE, 1300, 0, 10)
    measured_s = -3400 + 130 * 9
    assert abs(street.intent.t_kerb_ms - (-measured_s * 1000 // 1300 - 150)) < 150, street.intent.t_kerb_ms
    assert abs(street.intent.range_mm - 2600) < 200, street.intent.range_mm
    assert street.intent.track == 1


def test_plainly_walking_over_the_kerb_counts_without_the_score():
    street = Street(never).walk(-2500, MIDDLE, 1000, 0, 30)
    assert street.asked() == [intents.APPROACH, intents.ON_ROAD]
    assert street.reasons.index(intents.APPROACH) * 100 - 2500 < -500


def test_walking_away_does_not_count():
    assert Street(always).walk(-700, MIDDLE, -1300, 0, 20).reasons[4:] == [intents.NONE] * 16


def test_who_comes_from_the_road_is_on_the_road_and_then_no_approach():
    street = Street(always).walk(3000, MIDDLE, -1300, 0, 45)
    assert intents.APPROACH not in street.reasons[4:]
    assert street.asked()[-1] == intents.ON_ROAD
    assert street.reasons[-1] == intents.NONE


def test_meeting_the_kerb_far_beside_the_crossing_does_not_count():
    assert Street(always).walk(-2500, 6000, 1000, 0, 20).reasons[4:] == [intents.NONE] * 16


def test_an_approach_from_too_far_or_too_late_waits():
    assert Street(always, approach_depth_mm=1500).walk(-5500, MIDDLE, 1300, 0, 25).asked() == []
    assert Street(always, lead_ms=1000).walk(-3300, MIDDLE, 1000, 0, 18).reasons[4:] == [intents.NONE] * 14
    assert intents.APPROACH in Street(always, lead_ms=1000).walk(-3300, MIDDLE, 1000, 0, 28).asked()


def test_winter_counts_approaches_from_further_away():
    firsts = []
    for winter in (False, True):
        street = Street(always, lead_ms=3000, winter_lead_ms=5000)
        street.intent.set_winter(winter)
        street.walk(-3400, MIDDLE, 600, 0, 40)
        firsts.append(next(k for k, reason in enumerate(street.reasons) if k > 5 and reason))
    assert firsts[1] + 8 < firsts[0], firsts


def test_winter_never_counts_them_later():
    street = Street(always, lead_ms=4000, winter_lead_ms=500)
    street.intent.set_winter(True)
    assert intents.APPROACH in street.walk(-3400, MIDDLE, 1300, 0, 10).asked()


def test_standing_at_the_kerb_is_waiting():
    street = Street().walk(-500, MIDDLE, 0, 0, 15)
    assert street.asked() == [intents.AT_KERB]
    assert street.intent.t_kerb_ms == 0
    assert Street(road_margin_mm=500).walk(200, MIDDLE, 0, 0, 15).asked() == [intents.AT_KERB]


def test_waiting_takes_its_time():
    street = Street(wait_ms=1000).walk(-500, MIDDLE, 0, 0, 20)
    assert 9 < street.reasons.index(intents.AT_KERB) < 15


def test_standing_far_from_the_kerb_or_beside_the_crossing_is_not():
    assert Street().walk(-2500, MIDDLE, 0, 0, 20).asked() == []
    assert Street().walk(-500, 5500, 0, 0, 20).asked() == []


def test_moving_about_in_the_waiting_zone_is_not():
    assert Street().walk(-900, 300, 0, 900, 40).asked() == []


def test_a_waiting_person_the_radar_lost_is_remembered_for_a_while():
    street = Street(wait_memory_ms=5000).walk(-500, MIDDLE, 0, 0, 15).empty(40)
    assert street.intent.reason == intents.AT_KERB
    assert street.intent.remembers
    street.empty(30)
    assert street.intent.reason == intents.NONE
    assert not street.intent.remembers


def test_who_was_lost_without_having_waited_is_not_remembered():
    assert not Street().walk(-900, 300, 0, 900, 20).empty(20).intent.remembers
    assert not Street().walk(-2500, MIDDLE, 0, 0, 20).empty(20).intent.remembers


def test_warmth_keeps_a_lost_waiting_person_up_to_the_cap():
    street = Street(wait_memory_ms=3000, wait_cap_ms=8000).walk(-500, MIDDLE, 0, 0, 15)
    lost = COAST_MS // 100
    street.empty(lost + 75, warm=True)
    assert street.intent.reason == intents.AT_KERB
    street.empty(10, warm=True)
    assert street.intent.reason == intents.NONE


def test_warmth_alone_is_nobody():
    assert Street().empty(30, warm=True).asked() == []


def test_a_remembered_person_who_is_seen_again_and_leaves_is_remembered_no_longer():
    street = Street().walk(-500, MIDDLE, 0, 0, 15).empty(30).walk(-600, MIDDLE, -1200, 0, 25)
    assert street.intent.reason == intents.NONE
    assert not street.intent.remembers


def test_a_remembered_person_who_is_seen_again_only_briefly_stays_remembered():
    street = Street(wait_memory_ms=5000).walk(-500, MIDDLE, 0, 0, 15).empty(30)
    street.walk(-600, MIDDLE, 0, 0, 2).empty(40)
    assert street.intent.reason == intents.AT_KERB


def test_brief_hits_where_somebody_waited_do_not_lift_the_cap():
    street = Street(wait_memory_ms=5000, wait_cap_ms=8000).walk(-500, MIDDLE, 0, 0, 15)
    for _ in range(6):
        street.empty(18).walk(-600, MIDDLE, 0, 0, 2)
    street.empty(15)
    assert street.intent.reason == intents.NONE


def test_a_passer_by_does_not_make_a_waiting_person_forgotten():
    street = Street().walk(-500, MIDDLE, 0, 0, 15).empty(20).walk(-2500, -1500, 0, 1400, 30)
    assert street.intent.reason == intents.AT_KERB


def test_being_on_the_crossing_counts_whatever_the_direction():
    for vs, vq in ((-800, 0), (800, 0), (500, 500), (500, -500), (0, 0)):
        assert Street().walk(3000, MIDDLE, vs, vq, 15).reasons[3:] == [intents.ON_ROAD] * 12, (vs, vq)


def test_being_on_the_road_beside_the_crossing_or_behind_the_far_kerb_does_not():
    assert Street().walk(1500, 5500, 0, 300, 20).asked() == []
    assert Street(crossing_width_mm=6000).walk(6300, MIDDLE, 0, 0, 20).asked() == []


def test_the_road_takes_as_many_frames_as_configured():
    for frames in (2, 6):
        street = Street(confirm_frames=frames).walk(3000, MIDDLE, 300, 0, 12)
        assert street.reasons.index(intents.ON_ROAD) == frames


def test_the_strongest_reason_wins():
    street = Street(always)
    for k in range(12):
        street.frame((-3000 + 100 * k, 1000), (2000 + k, 3500))
    assert street.intent.reason == intents.ON_ROAD
    assert street.intent.track == 2


def test_among_equals_the_nearest_kerb_wins():
    street = Street(always)
    for k in range(12):
        street.frame((-3400 + 100 * k, 1000), (-2400 + 100 * k, 3500))
    assert street.intent.track == 2
    assert street.intent.t_kerb_ms < 1300


def test_nothing_on_wheels_along_the_road_counts():
    for speed, start in ((14_000, -8000), (9000, -6000), (5500, -4000), (3000, -3000)):
        street = Street(always)
        for k in range(12):
            street.drive(start + speed * k // 10, speed)
        assert street.reasons[2:] == [intents.NONE] * 10, (speed, street.reasons)
        assert not street.intent.settled


def test_a_vehicle_is_told():
    street = Street().walk(1500, -4000, 0, 6000, 8)
    assert street.intent.vehicle
    assert not street.empty(12).intent.vehicle


def test_a_car_that_has_braked_stays_a_car():
    street, q = Street(always), -5000
    for speed in [6000] * 6 + list(range(6000, 0, -400)):
        q += speed // 10
        street.drive(q, speed)
    assert 0 < q < 4000
    for k in range(10):
        street.drive(q + k % 2, 0)
    assert set(street.reasons[2:]) == {intents.NONE}, street.reasons


def test_who_was_seen_first_on_the_road_and_creeps_along_it_is_a_car_in_a_queue():
    for speed in (1200, -600):
        street = Street(always).walk(1500, MIDDLE - speed, 0, speed, 40)
        assert set(street.reasons[20:]) == {intents.NONE}, (speed, street.reasons)
        assert street.intent.vehicle


def test_who_stepped_from_the_pavement_and_walks_along_the_road_is_no_car():
    street = Street().walk(-1000, 500, 1200, 0, 15)
    for k in range(15):
        street.frame((700, 500 + 120 * k))
    assert street.reasons[-5:] == [intents.ON_ROAD] * 5


def test_who_came_along_the_road_is_a_car_in_a_queue_until_it_crosses():
    street = Street(always)
    for k in range(12):
        street.frame((1700 + k % 2, -700 + 110 * k))
    assert street.asked() == []
    for k in range(20):
        street.frame((1700 + 100 * k, 600))
    assert street.reasons[-1] == intents.ON_ROAD


def test_what_no_pir_has_seen_on_the_road_must_come_across_it():
    street = Street(always)
    street.proven_ms = 0
    street.walk(2000, MIDDLE, 0, 60, 25)
    assert street.asked() == []
    street = Street(always)
    street.proven_ms = 0
    assert street.walk(4000, MIDDLE, -1000, 0, 14).reasons[-1] == intents.ON_ROAD


def test_on_a_sign_with_a_pir_who_is_far_away_must_come_nearer():
    for proven_ms, reason in ((EVERYBODY, intents.APPROACH), (5000, intents.NONE)):
        street = Street(always)
        street.proven_ms = proven_ms
        assert street.walk(-2600, MIDDLE, 0, 30, 10).reasons[-1] == reason, proven_ms


def test_nobody_runs_as_fast_as_a_vehicle_whatever_the_direction():
    assert Street(always).walk(-7000, MIDDLE, 7900, 0, 9).reasons[-1] == intents.NONE


def test_a_cyclist_over_the_crossing_is_warned_of_from_further_away():
    street = Street(never, approach_depth_mm=2000).walk(-5500, MIDDLE, 3500, 0, 8)
    assert intents.APPROACH in street.asked()
    late = Street(always, cyclist_lead_ms=500).walk(-5500, MIDDLE, 3500, 0, 8)
    beside = Street(always).walk(-5500, 7000, 3500, 0, 8)
    assert intents.APPROACH not in late.reasons[4:] + beside.reasons[4:]


def test_nobody_begins_to_approach_while_nobody_sees_it():
    street = Street(always).walk(-3400, MIDDLE, 1300, 0, 10).empty(8)
    assert street.reasons[9:13] == [intents.APPROACH] * 4
    assert street.reasons[-3:] == [intents.NONE] * 3


def test_a_swaying_branch_that_no_pir_has_seen_is_nobody():
    street = Street(always)
    street.proven_ms = 0
    for k in range(60):
        swing = (0, 90, 170, 230, 260, 230, 170, 90)[k % 8]
        street.frame((-2600 + swing * 2 + k % 3, MIDDLE + swing))
    assert street.asked() == []
    assert not street.intent.settled


def test_tracks_with_too_few_hits_are_not_believed():
    street = Street(always)
    street.proven_ms = 0
    street.walk(1000, MIDDLE, 1000, 0, 20)
    assert street.reasons.index(intents.ON_ROAD) == SETTLED_HITS - 1
    street = Street(always)
    street.proven_ms = 0
    assert not street.walk(-500, MIDDLE, 0, 0, 8).empty(20).intent.remembers


def test_somebody_settled_has_a_place():
    for s, q, place in ((-3500, MIDDLE, 1), (3000, MIDDLE, 1), (3000, 7000, 2), (-3500, 7000, 1)):
        street = Street().walk(s, q, 1000, 0, SETTLED_HITS - 1)
        assert (street.intent.settled, street.intent.place) == (False, 0)
        street.walk(s + 1000, q, 1000, 0, 2)
        assert (street.intent.settled, street.intent.place) == (True, place), (s, q)


def test_somebody_too_far_to_tell_is_at_16_m():
    site = dict(SITE, sensor_x_mm=-30_000, sensor_azimuth_cdeg=0)
    street = Street(site=site)
    street.radar[0], street.radar[2] = 16_384, -500
    street.radar[1] = street.radar[3] = 0
    street.radar[4] = 16_384
    assert street.walk(2000, MIDDLE, 300, 0, 10).intent.range_mm == 16_000


def test_without_a_kerb_line_nearing_the_radars_axis_counts_from_both_sides():
    for side in (-1, 1):
        street = Street(never, UNKNOWN)
        for k in range(12):
            street.frame((side * (3000 - 120 * k), 3000))
        assert street.intent.reason == intents.APPROACH


def test_without_a_kerb_line_the_rest_does_not_count():
    away, along, slanted = (600, 3000, 1200, 0), (-2500, 500, 0, 1300), (-3000, 500, 600, 900)
    for s, q, vs, vq in (away, along, slanted):
        assert Street(always, UNKNOWN).walk(s, q, vs, vq, 14).asked() == [], (s, q, vs, vq)
    assert Street(always, UNKNOWN, closing_min_mm_s=800).walk(-3000, MIDDLE, 500, 0, 14).asked() == []


def test_without_a_kerb_line_nobody_is_on_the_road_nor_in_a_wrong_place():
    for side in (-1, 1):
        street = Street(always, UNKNOWN).walk(side * 3000, 7500, 0, 1000, 15)
        assert intents.ON_ROAD not in street.reasons
        assert street.intent.place == 1
