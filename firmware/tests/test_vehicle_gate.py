from sign.compat import TICKS_MASK, ticks_add
from sign.core.config import load
from sign.core.vehicle_gate import VehicleGate

HOLD_MS, TRUST_MIN = 5000, 60
MINUTE_MS = 60_000


class Radar:
    def __init__(self):
        self.targets = [0] * 60
        self.count = 0


class Road:
    """A gate with its radar, which reports ten times a second."""

    def __init__(self, start_ms=0):
        values = {"second_kind": "ld2451", "vehicle_hold_ms": HOLD_MS, "vehicle_trust_min": TRUST_MIN}
        config, errors = load(values)
        assert errors == []
        self.radar, self.gate = Radar(), VehicleGate(config, start_ms)
        self.now_ms = start_ms

    def report(self, *vehicles):
        """Vehicles as (range m, direction); None: an empty report."""
        self.now_ms = ticks_add(self.now_ms, 100)
        self.radar.count = len(vehicles)
        for i in range(len(vehicles)):
            self.radar.targets[5 * i + 1 : 5 * i + 3] = (vehicles[i][0] * 1000, vehicles[i][1])
        self.gate.frame(self.radar, self.now_ms)
        return self.is_open()

    def drive(self, start_m, end_m, direction):
        step = 1 if end_m > start_m else -1
        return [self.report((range_m, direction)) for range_m in range(start_m, end_m, step)]

    def wait(self, ms):
        while ms > 0:
            step_ms = min(ms, MINUTE_MS)
            self.now_ms = ticks_add(self.now_ms, step_ms)
            self.gate.tick(self.now_ms)
            ms -= step_ms
        return self.is_open()

    def is_open(self, garbled=0):
        self.gate.tick(self.now_ms)
        return bool(self.gate.is_open(garbled))


def test_before_the_radar_has_spoken_the_gate_is_open():
    road = Road()
    assert road.is_open()
    assert road.wait(10 * MINUTE_MS)
    assert not road.report()


def test_a_vehicle_opens_it_at_once_and_for_a_while_after():
    road = Road()
    road.report()
    assert road.report((60, 1))
    assert road.wait(HOLD_MS)
    assert not road.wait(1)


def test_while_the_direction_is_unknown_every_vehicle_counts():
    for direction in (0, 1, 77):
        road = Road()
        road.report()
        assert road.report((60, direction))


def test_once_the_direction_is_learned_a_leaving_vehicle_does_not_count():
    road = Road()
    road.drive(90, 30, 1)
    road.wait(HOLD_MS + 1)
    assert not any(road.drive(20, 60, 0))
    assert road.report((60, 0), (80, 1))


def test_a_garbled_line_opens_it():
    road = Road()
    road.report()
    assert not road.is_open()
    assert road.is_open(garbled=1)


def test_a_radar_that_has_not_spoken_for_too_long_may_be_dead():
    road = Road()
    road.report()
    assert not road.wait(TRUST_MIN * MINUTE_MS)
    assert road.wait(1)
    assert road.wait(14 * 24 * 60 * MINUTE_MS)
    assert not road.report()


def test_the_wrap_of_the_ticks_changes_nothing():
    road = Road(TICKS_MASK - 2000)
    road.report()
    assert road.report((60, 1))
    assert road.wait(HOLD_MS)
    assert not road.wait(1)
