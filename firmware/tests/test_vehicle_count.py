from sign.compat import TICKS_MASK, ticks_add
from sign.core.events import BIN_MOST
from sign.core.vehicle_count import BINS, RECORDS, VehicleCount

NEARER, FURTHER = 1, 0
FRAME_MS = 100


class Road:
    """Vehicles before a radar that reports ten times a second, in whole metres and km/h."""

    def __init__(self, start_ms=1000):
        self.counted = VehicleCount()
        self.now_ms = start_ms

    def report(self, *vehicles):
        """Each (range m, km/h, direction)."""
        self.now_ms = ticks_add(self.now_ms, FRAME_MS)
        targets = []
        for range_m, kmh, direction in vehicles:
            targets += [0, int(range_m) * 1000, direction, kmh * 2500 // 9, 20]
        self.counted.frame(targets, len(vehicles), NEARER, self.now_ms)

    def drive(self, *vehicles, direction=NEARER, noise=(0,), lost=()):
        """Each (begins at m, km/h) until the last is gone; `lost` are reports in which nobody is seen."""
        step = 0
        while True:
            places = [(start - kmh * step / 36, kmh) for start, kmh in vehicles]
            if direction != NEARER:
                places = [(start + kmh * step / 36, kmh) for start, kmh in vehicles]
            shaken = [(at + noise[step % len(noise)], kmh, direction) for at, kmh in places]
            there = [one for one in shaken if 10 <= one[0] <= 100]
            if not there and step > 20:
                break
            self.report(*([] if step in lost else there))
            step += 1

    def found(self):
        """{lowest km/h of the bin: vehicles}"""
        return {5 * at: count for at, count in enumerate(self.counted.bins) if count}


def test_a_vehicle_counts_once_by_its_speed_at_the_line():
    road = Road()
    road.drive((95, 52))
    assert road.found() == {50: 1}


def test_noise_of_the_range_makes_no_second_vehicle():
    road = Road()
    for kmh in (12, 30, 50, 80):
        road.drive((60, kmh), noise=(0, 2, -2, 1, -1, 2, -1, -2))
    assert road.found() == {10: 1, 30: 1, 50: 1, 80: 1}


def test_reports_that_are_lost_cost_no_vehicle():
    road = Road()
    road.drive((60, 50), lost=range(20, 26))
    assert road.found() == {50: 1}


def test_a_queue_and_two_abreast_count_each():
    road = Road()
    road.drive((60, 50), (75, 47), (90, 44), (93, 61))
    assert road.found() == {40: 1, 45: 1, 50: 1, 60: 1}


def test_who_leaves_who_turns_in_near_and_who_hardly_moves_is_not_counted():
    road = Road()
    road.drive((10, 50), direction=FURTHER)
    road.drive((18, 50))
    road.drive((60, 8))
    assert road.found() == {}


def test_one_that_turns_off_before_the_line_is_not_counted_with_the_next():
    road = Road()
    for range_m in range(40, 25, -1):
        road.report((range_m, 36, NEARER))
    road.drive((60, 40))
    assert road.found() == {40: 1}


def test_the_clock_of_the_ticks_may_wrap_meanwhile():
    road = Road(TICKS_MASK - 1500)
    road.drive((60, 50))
    assert road.found() == {50: 1}


def test_the_fastest_are_in_the_last_bin():
    road = Road()
    for _ in range(2):
        for range_m in (48, 42, 36, 30, 24, 18, 12):
            road.report((range_m, 216, NEARER))
        road.now_ms += 5000
    assert road.found() == {5 * (BINS - 1): 2}


def test_a_record_has_nine_bins_and_empties_them():
    counted = VehicleCount()
    for at in range(BINS):
        counted.bins[at] = at
    code, a, b, c = counted.pack(1, 3600)
    assert code == 1 << 12 | 3600
    assert a == 9 | 10 << 10 | 11 << 20
    assert b == 12 | 13 << 10 | 14 << 20
    assert c == 15 | 16 << 10 | 17 << 20
    assert counted.is_empty(1)
    assert not counted.is_empty(2)
    assert sum(counted.bins) == sum(range(BINS)) - sum(range(9, 18))


def test_a_full_bin_says_so_and_its_number_fits_a_record():
    road = Road()
    for at in range(BINS):
        road.counted.bins[at] = BIN_MOST
    road.drive((60, 50))
    assert road.counted.is_full
    assert max(road.counted.pack(RECORDS - 1, 100_000)) < 1 << 30
    assert not road.counted.is_full
    assert set(road.found().values()) == {BIN_MOST}
