from array import array

from sign.compat import TICKS_MASK, ticks_add
from sign.core.tracker import COAST_MS, MAX_TRACKS, Tracker


class Street:
    """Feeds a tracker with frames, 100 ms apart."""

    def __init__(self, now_ms=0):
        self.now_ms = now_ms
        self.tracker = Tracker(now_ms)

    def frame(self, *targets):
        flat = []
        for x, y in targets:
            flat += [x, y, 0, 100]
        self.now_ms = ticks_add(self.now_ms, 100)
        self.tracker.update(array("i", flat + [0] * (12 - len(flat))), len(targets), self.now_ms)

    def walk(self, x, y, vx, vy, frames):
        """Someone who walks: true positions as of each frame."""
        for k in range(frames):
            self.frame((x + vx * k // 10, y + vy * k // 10))

    def people(self):
        return [i for i in range(MAX_TRACKS) if self.tracker.confirmed(i)]

    def look(self, i, later_ms=0):
        self.tracker.look(i, self.now_ms + later_ms)
        return self.tracker


def test_one_hit_is_no_person_two_are():
    street = Street()
    street.frame((0, 3000))
    assert street.people() == []
    street.frame((10, 3000))
    assert len(street.people()) == 1


def test_a_single_flash_of_a_ghost_dies():
    street = Street()
    street.frame((0, 3000))
    street.frame()
    street.frame()
    assert not street.tracker.any()


def test_two_hits_of_three_suffice():
    street = Street()
    street.frame((0, 3000))
    street.frame()
    street.frame((0, 3010))
    assert len(street.people()) == 1


def test_speed_is_learned_from_positions():
    street = Street()
    street.walk(-2000, 3000, 1000, -500, 20)
    (i,) = street.people()
    assert abs(street.look(i).vx - 1000) < 60
    assert abs(street.look(i).vy + 500) < 60


def test_the_latency_is_made_good():
    street = Street()
    street.walk(-2000, 3000, 1000, 0, 20)
    (i,) = street.people()
    measured = -2000 + 1900
    assert abs(street.look(i).x - (measured + 150)) < 30
    assert abs(street.look(i, 100).x - (measured + 250)) < 30
    assert abs(street.look(i).seen_x - measured) < 30


def test_a_track_lives_through_lost_frames_and_is_the_same_afterwards():
    street = Street()
    street.walk(-3000, 3000, 1200, 0, 15)
    (i,) = street.people()
    ident = street.tracker.ident[i]
    for _ in range(5):
        street.frame()
    street.walk(-3000 + 1200 * 20 // 10, 3000, 1200, 0, 3)
    assert street.people() == [i]
    assert street.tracker.ident[i] == ident


def test_a_track_dies_when_nobody_confirms_it():
    street = Street()
    street.walk(0, 3000, 0, 100, 10)
    for _ in range(COAST_MS // 100 + 1):
        street.frame()
    assert not street.tracker.any()


def test_a_silent_radar_ends_its_tracks():
    street = Street()
    street.walk(0, 3000, 0, 100, 10)
    street.tracker.expire(street.now_ms + COAST_MS)
    assert street.tracker.any()
    street.tracker.expire(street.now_ms + COAST_MS + 1)
    assert not street.tracker.any()


def test_two_people_stay_two():
    street = Street()
    for k in range(15):
        street.frame((-1500, 2000 + 100 * k), (1500, 4000 - 100 * k))
    a, b = street.people()
    assert street.look(a).vy * street.look(b).vy < 0


def test_swapped_slots_do_not_swap_people():
    street = Street()
    for k in range(20):
        pair = [(-1500, 2000 + 100 * k), (1500, 4000 - 100 * k)]
        street.frame(*(pair if k % 3 else pair[::-1]))
    a, b = street.people()
    assert abs(abs(street.look(a).vy) - 1000) < 80
    assert abs(abs(street.look(b).vy) - 1000) < 80


def test_a_stale_slot_that_repeats_itself_is_dropped():
    street = Street()
    for _ in range(8):
        street.frame((700, 2500))
    assert street.people() == []
    assert street.tracker.ghosts == 7


def test_a_stale_slot_beside_a_walker_makes_no_second_person():
    street = Street()
    for k in range(10):
        street.frame((700, 2500), (-700, 2000 + 120 * k))
    assert len(street.people()) == 1


def test_coordinates_beyond_the_reach_are_no_person():
    street = Street()
    for k in range(4):
        street.frame((32_767 - k, 32_767), (-32_767 + k, 3))
    assert not street.tracker.any()


def test_never_more_than_six_tracks():
    street = Street()
    for k in range(4):
        for spot in (-5000, -3000, -1000):
            street.frame((spot, 1000 + k), (spot, 4000 + k), (spot + 10_000, 2000 + k))
    assert len(street.people()) <= MAX_TRACKS


def test_ticks_may_wrap_under_a_track():
    street = Street(TICKS_MASK - 900)
    street.walk(-2000, 3000, 1000, 0, 20)
    (i,) = street.people()
    street.tracker.look(i, street.now_ms)
    assert abs(street.tracker.vx - 1000) < 60
