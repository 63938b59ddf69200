from sign.core import faults as codes
from sign.core.config import load
from sign.core.faults import Faults
from sign.core.health import Health
from sign.proto.ld2450 import Ld2450


class Pole:
    def __init__(self, **values):
        self.faults = Faults()
        self.radar = Ld2450()
        self.health = Health(load(values)[0], self.faults, 0)
        self.changes = []

    def run(self, start_ms, for_ms, step_ms=100, frames=True, pir=0, stuck_on=False):
        for now_ms in range(start_ms, start_ms + for_ms, step_ms):
            if frames:
                self.radar.frames += 1
                self.health.saw_frame(now_ms)
            if self.health.tick(now_ms, self.radar, pir, stuck_on, now_ms // 1000):
                self.changes.append((codes.NAMES[self.health.code], self.health.active))
        return self.changes


def test_a_working_pole_has_no_faults():
    assert Pole().run(0, 30_000) == []


def test_a_radar_that_falls_silent_and_comes_back():
    pole = Pole(radar_silent_ms=2000)
    pole.run(0, 5000)
    assert pole.run(5000, 2000, frames=False) == []
    assert pole.run(7000, 1000, frames=False) == [("radar_silent", True)]
    assert pole.run(8000, 1000) == [("radar_silent", True), ("radar_silent", False)]


def test_a_radar_that_is_mostly_garbage():
    pole = Pole()
    for second in range(22):
        pole.radar.bad_frames += 30
        pole.run(second * 1000, 1000)
    assert pole.changes == [("radar_garbled", True)]
    pole.run(22_000, 21_000)
    assert pole.changes[1:] == [("radar_garbled", False)]


def test_a_stuck_pir():
    pole = Pole(pir_stuck_ms=30_000)
    assert pole.run(0, 30_000, pir=1) == []
    assert pole.run(30_000, 1000, pir=1) == [("pir_stuck", True)]
    assert pole.run(31_000, 1000, pir=0) == [("pir_stuck", True), ("pir_stuck", False)]


def test_faults_that_come_together_are_reported_one_by_one():
    pole = Pole(radar_silent_ms=2000)
    pole.run(0, 2200, frames=False, stuck_on=True)
    assert sorted(pole.changes) == [("radar_silent", True), ("stuck_on", True)]
