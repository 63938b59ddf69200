from array import array

from sign.compat import TICKS_MASK, ticks_add
from sign.core.config import load
from sign.core.geometry import Geometry
from sign.core.tracker import COAST_MS, MAX_TRACKS, POLARITY, PRESUMED, RADAR_CELLS, REACH_MM, Tracker

# The first radar stands on the kerb's first end and looks along it, so its x is s and its y is q. The second
# stands 8 m away on the far side and looks back: its x is q, and its y is 8000 - s.
SITE = {
    "sensor_azimuth_cdeg": 9000,
    "second_x_mm": 8000,
    "second_azimuth_cdeg": 18_000,
    "kerb_b_y_mm": 4000,
}


class Street:
    """Feeds a tracker with frames, 100 ms apart as a rule; places and velocities are (s, q)."""

    def __init__(self, now_ms=0, tracker=None):
        self.now_ms = now_ms
        self.tracker = tracker or Tracker(now_ms)
        self.radars = []
        for place in Geometry(load(SITE)[0]).places:
            radar = array("i", list(place) + [0] * (RADAR_CELLS - len(place)))
            radar[POLARITY] = PRESUMED
            self.radars.append(radar)

    def frame(self, *targets, port=0, after_ms=100):
        """Targets are (s, q) or (s, q, reported speed)."""
        flat = []
        for target in targets:
            s, q = target[:2]
            flat += [s, q] if port == 0 else [q, 8000 - s]
            flat += [target[2] if len(target) > 2 else 0, 100]
        self.now_ms = ticks_add(self.now_ms, after_ms)
        padded = array("i", flat + [0] * (12 - len(flat)))
        self.tracker.update(self.radars[port], padded, len(targets), self.now_ms)

    def walk(self, s, q, vs, vq, frames):
        """Somebody who walks: true positions as of each frame, no reported speed."""
        for k in range(frames):
            self.frame((s + vs * k // 10, q + vq * k // 10))
        return self

    def walk_away(self, reported_mm_s, frames, q=1500):
        """Somebody who walks straight away from the first radar at 1.2 m/s."""
        for k in range(frames):
            self.frame((30, q + 120 * k, reported_mm_s))
        return self

    def people(self):
        return [i for i in range(MAX_TRACKS) if self.tracker.idents[i]]

    def seen(self, i, later_ms=0):
        self.tracker.look(i, ticks_add(self.now_ms, later_ms))
        return list(self.tracker.seen)

    def one(self, later_ms=0):
        (i,) = self.people()
        return self.seen(i, later_ms)


def near(a, b, within):
    return abs(a - b) <= within


def test_one_hit_is_a_first_guess_two_are_somebody():
    street = Street()
    street.frame((0, 3000))
    assert street.people() == []
    assert (street.tracker.followed, street.tracker.confirmed) == (1, 0)
    street.frame((10, 3000))
    assert len(street.people()) == 1
    assert (street.tracker.followed, street.tracker.confirmed) == (1, 1)


def test_a_single_flash_of_a_ghost_dies():
    street = Street()
    street.frame((0, 3000))
    for _ in range(3):
        street.frame()
    assert not street.tracker.followed


def test_two_hits_of_three_suffice():
    street = Street()
    street.frame((0, 3000))
    street.frame()
    street.frame((0, 3010))
    assert len(street.people()) == 1


def test_velocity_is_learned_from_positions():
    _, _, vs, vq = Street().walk(-2000, 3000, 1000, -500, 20).one()[:4]
    assert near(vs, 1000, 60), vs
    assert near(vq, -500, 60), vq


def test_the_latency_is_made_good():
    street = Street().walk(-2000, 3000, 1000, 0, 20)
    measured = -2000 + 1900
    assert near(street.one()[0], measured + 150, 30), street.one()
    assert near(street.one(100)[0], measured + 250, 30), street.one(100)
    assert near(street.one()[4], measured, 30), street.one()


def test_a_track_knows_its_age_its_hits_where_it_began_and_how_long_it_is_lost():
    street = Street().walk(-2000, 3000, 1000, 0, 12)
    assert street.one(40)[6:] == [1100, 12, -2000, 3000, 40]
    street.frame()
    assert street.one()[6:] == [1100, 12, -2000, 3000, 100]


def test_the_speed_that_the_radar_reports_makes_a_young_track_sure():
    told = Street().walk_away(1200, 3).one()
    silent = Street().walk_away(0, 3).one()
    assert abs(told[3] - 1200) < abs(silent[3] - 1200)
    assert near(told[3], 1200, 150), told


def test_the_learned_polarity_is_right_reversed_or_none():
    for reported_mm_s in (1200, -1200):
        assert Street().walk_away(reported_mm_s, 25).radars[0][POLARITY] * reported_mm_s > 0, reported_mm_s
    silent, nonsense = (0,), (3600, 12_000, 327_670, -327_670)
    for reported_mm_s in silent + nonsense:
        assert Street().walk_away(reported_mm_s, 25).radars[0][POLARITY] == 0, reported_mm_s


def test_a_wrong_presumption_is_corrected_within_the_first_steps():
    street = Street().walk_away(-1200, 5)
    assert street.radars[0][POLARITY] < 0
    assert street.one()[3] > 800, street.one()
    _, _, vs, vq = street.walk_away(-1200, 10, 2100).one()[:4]
    assert near(vs, 0, 100), vs
    assert near(vq, 1200, 150), vq


def test_a_proven_polarity_outlives_somebody_who_contradicts_it():
    street = Street().walk_away(1200, 25)
    for _ in range(15):
        street.frame()
    street.walk_away(-1200, 6)
    assert street.radars[0][POLARITY] > 0


def test_each_radar_has_a_polarity_of_its_own_though_both_see_the_same_person():
    for first, second in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        street = Street()
        for k in range(40):
            s = 1500 + 120 * k
            street.frame((s, 60, first * 1200), after_ms=50)
            street.frame((s + 60, 60, second * -1200), port=1, after_ms=50)
        learned = [radar[POLARITY] for radar in street.radars]
        assert learned[0] * first > 0, (first, second, learned)
        assert learned[1] * second > 0, (first, second, learned)
        assert near(street.one()[2], 1200, 100), street.one()


def test_two_radars_that_see_one_person_make_one_track():
    street = Street()
    for k in range(20):
        s, q = 2000 + 60 * k, 1500 + 20 * k
        street.frame((s, q), after_ms=50)
        street.frame((s + 30, q + 10), port=1, after_ms=50)
    s, q, vs, vq = street.one()[:4]
    assert near(s, 3240, 150), s
    assert near(vs, 600, 150), vs
    assert near(vq, 200, 150), vq


def test_somebody_lost_by_one_radar_is_the_same_for_the_other():
    street = Street()
    for k in range(10):
        street.frame((2000 + 100 * k, 1500))
    ident = street.tracker.idents[street.people()[0]]
    for k in range(10, 20):
        street.frame((2000 + 100 * k, 1500), port=1)
    assert [street.tracker.idents[i] for i in street.people()] == [ident]


def test_a_track_lives_through_lost_frames_and_is_the_same_afterwards():
    street = Street().walk(-3000, 3000, 1200, 0, 15)
    (i,) = street.people()
    ident = street.tracker.idents[i]
    for _ in range(5):
        street.frame()
    street.walk(-3000 + 1200 * 20 // 10, 3000, 1200, 0, 3)
    assert street.people() == [i]
    assert street.tracker.idents[i] == ident


def test_a_track_dies_when_no_frame_confirms_it():
    street = Street().walk(0, 3000, 0, 100, 10)
    for _ in range(COAST_MS // 100 + 1):
        street.frame()
    assert not street.tracker.followed
    assert street.people() == []


def test_a_silent_radar_ends_its_tracks():
    street = Street().walk(0, 3000, 0, 100, 10)
    street.tracker.expire(street.now_ms + COAST_MS)
    assert street.people()
    street.tracker.expire(street.now_ms + COAST_MS + 1)
    assert street.people() == []


def test_a_radar_that_was_silent_for_a_week_is_followed_again():
    street = Street().walk(0, 3000, 0, 100, 10)
    street.frame(after_ms=(TICKS_MASK >> 1) - 1)
    street.frame((0, 3000), after_ms=(TICKS_MASK >> 2) - 1)
    street.walk(0, 3000, 1000, 0, 15)
    assert near(street.one()[2], 1000, 80), street.one()


def test_a_hit_far_from_the_prediction_is_followed_but_is_no_confirmation():
    street = Street().walk(0, 3000, 0, 10, 5)
    assert street.one()[7] == 5
    street.frame((0, 3750))
    assert street.one()[7] == 5
    assert street.one()[4:6] != [0, 3040]
    assert street.one()[6] == 500


def test_a_hit_beyond_the_gate_is_somebody_else():
    street = Street().walk(0, 3000, 0, 10, 5)
    street.frame((0, 4000))
    assert street.tracker.followed == 2
    assert street.one()[6] == 400


def test_the_gate_widens_while_somebody_is_not_seen():
    street = Street().walk(0, 3000, 0, 10, 5)
    for _ in range(5):
        street.frame()
    street.frame((0, 4200))
    assert street.tracker.followed == 1
    assert street.one()[6] == 1000


def test_two_people_stay_two():
    street = Street()
    for k in range(15):
        street.frame((-1500, 2000 + 100 * k), (1500, 4000 - 100 * k))
    a, b = street.people()
    assert street.seen(a)[3] * street.seen(b)[3] < 0


def test_swapped_slots_do_not_swap_people():
    street = Street()
    for k in range(20):
        pair = [(-1500, 2000 + 100 * k), (1500, 4000 - 100 * k)]
        street.frame(*(pair if k % 3 else pair[::-1]))
    for i in street.people():
        assert near(abs(street.seen(i)[3]), 1000, 80), street.seen(i)
    assert len(street.people()) == 2


def test_the_nearest_target_keeps_the_track_whatever_its_slot():
    for first in (True, False):
        street = Street().walk(0, 3000, 0, 10, 8)
        ident = street.tracker.idents[street.people()[0]]
        for k in range(3):
            own, other = (0, 3080 + 10 * k), (500, 3300 + k)
            street.frame(*((own, other) if first else (other, own)))
        kept = [i for i in street.people() if street.tracker.idents[i] == ident]
        assert near(street.seen(kept[0])[4], 0, 60), street.seen(kept[0])
        assert len(street.people()) == 2


def test_a_stale_slot_that_repeats_itself_is_nobody():
    street = Street()
    for _ in range(8):
        street.frame((700, 2500))
    assert street.people() == []


def test_a_stale_slot_beside_a_walker_makes_no_second_person():
    street = Street()
    for k in range(10):
        street.frame((700, 2500), (-700, 2000 + 120 * k))
    assert len(street.people()) == 1


def test_the_same_coordinates_at_the_other_radar_are_not_stale():
    street = Street()
    for k in range(4):
        street.frame((4000, 4000 - k), after_ms=50)
        street.frame((4000, 4000 - k), port=1, after_ms=50)
    assert street.one()[7] == 8


def test_coordinates_beyond_the_reach_are_nobody():
    for s, q in ((REACH_MM + 1, 0), (-REACH_MM - 1, 0), (0, REACH_MM + 1), (32_767, -32_767)):
        street = Street()
        for k in range(4):
            street.frame((s + (k if s > 0 else -k), q + (k if q > 0 else -k)))
        assert not street.tracker.followed, (s, q)


def test_nobody_is_faster_than_16_m_s():
    street = Street()
    for k in range(8):
        street.frame((0, 1000 + 700 * k, 327_670))
    assert max(street.one()[2:4]) <= 16_000
    assert near(street.one()[2], 0, 1000), street.one()


def test_never_more_than_six_tracks():
    street = Street()
    for k in range(4):
        for spot in (-5000, -3000, -1000):
            street.frame((spot, 1000 + k), (spot, 4000 + k), (spot + 10_000, 2000 + k))
    assert len(street.people()) <= MAX_TRACKS
    assert street.tracker.followed == MAX_TRACKS


def test_names_are_new_for_each_track_and_never_0():
    tracker, idents = Tracker(), []
    tracker._frame[1] = 32_765
    for k in range(4):
        street = Street(20_000 * k, tracker).walk(0, 3000, 0, 100, 3)
        idents.append(tracker.idents[street.people()[0]])
        tracker.expire(street.now_ms + COAST_MS + 1)
    assert idents == [32_766, 32_767, 1, 2]


def test_ticks_may_wrap_under_a_track():
    seen = Street(TICKS_MASK - 900).walk(-2000, 3000, 1000, 0, 20).one()
    assert seen == Street(0).walk(-2000, 3000, 1000, 0, 20).one()
