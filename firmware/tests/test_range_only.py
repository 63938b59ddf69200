from sign.compat import TICKS_MASK, ticks_add
from sign.core.config import load
from sign.core.range_only import APPROACH, AT_KERB, COAST_MS, NONE, RangeOnly

FRAME_MS = 100


class Radar:
    present = False
    nearest_mm = 0


class Pole:
    """A radar without angle, of which every report is given."""

    def __init__(self, winter=False, start_ms=0, **values):
        config, errors = load(dict({"range_near_mm": 1500, "lead_ms": 3000}, **values))
        assert errors == []
        self.radar = Radar()
        self.ranged = RangeOnly(config, start_ms)
        self.ranged.configure(config, winter)
        self.now_ms = start_ms
        self.reasons = []

    def report(self, range_mm, present=True):
        self.now_ms = ticks_add(self.now_ms, FRAME_MS)
        self.radar.present, self.radar.nearest_mm = present, range_mm
        self.ranged.frame(self.radar, self.now_ms)
        self.reasons.append(self.ranged.reason)

    def walk(self, start_mm, speed_mm_s, frames, noise_mm=0):
        for k in range(frames):
            self.report(start_mm + speed_mm_s * k * FRAME_MS // 1000 + (noise_mm if k % 2 else -noise_mm))
        return self


def test_somebody_who_comes_fast_enough_approaches_within_the_lead():
    pole = Pole().walk(8000, -1400, 20)
    assert APPROACH not in pole.reasons[:10]
    assert pole.ranged.reason == APPROACH
    assert 2000 < pole.ranged.t_kerb_ms <= 3000
    assert abs(pole.ranged.range_mm - 5340) < 100


def test_in_winter_the_lead_is_longer():
    assert Pole(winter_lead_ms=6000).walk(8000, -1400, 8).reasons[-1] == NONE
    assert Pole(winter=True, winter_lead_ms=6000).walk(8000, -1400, 8).reasons[-1] == APPROACH


def test_somebody_far_away_who_stands_or_leaves_is_no_reason():
    assert Pole().walk(6000, 0, 50, noise_mm=150).reasons == [NONE] * 50
    assert Pole().walk(2500, 1400, 50).reasons == [NONE] * 50


def test_a_slow_approach_is_none():
    assert APPROACH not in Pole().walk(4000, -300, 50).reasons


def test_noise_alone_never_approaches():
    pole = Pole()
    for k in range(300):
        pole.report(3000 + k * 7919 % 400 - 200)
    assert pole.reasons == [NONE] * 300


def test_somebody_near_the_pole_is_at_its_kerb():
    pole = Pole().walk(1200, 0, 3)
    assert pole.reasons == [NONE, AT_KERB, AT_KERB]
    assert pole.ranged.t_kerb_ms == 0


def test_somebody_who_walks_away_from_the_pole_is_not_at_its_kerb():
    assert Pole().walk(700, 1400, 20).reasons[-8:] == [NONE] * 8


def test_presence_without_a_distance_is_presence_and_no_reason():
    pole = Pole()
    for _ in range(30):
        pole.report(0)
    assert pole.reasons == [NONE] * 30
    assert pole.ranged.present


def test_a_gap_in_the_view_does_not_end_an_approach():
    pole = Pole().walk(6000, -1400, 12)
    track = pole.ranged.track
    pole.report(0, present=False)
    assert pole.reasons[-1] == NONE
    pole.walk(6000 - 140 * 13, -1400, 3)
    assert pole.reasons[-1] == APPROACH
    assert pole.ranged.track == track


def test_somebody_else_is_another_track():
    pole = Pole().walk(6000, -1400, 12)
    track = pole.ranged.track
    pole.walk(2800, 0, 5)
    assert pole.ranged.track == track + 1
    assert pole.ranged.reason == NONE


def test_without_reports_nobody_is_there_any_more():
    pole = Pole().walk(1200, 0, 5)
    pole.ranged.tick(ticks_add(pole.now_ms, COAST_MS))
    assert pole.ranged.reason == AT_KERB
    pole.ranged.tick(ticks_add(pole.now_ms, COAST_MS + 1))
    assert pole.ranged.reason == NONE
    assert not pole.ranged.present


def test_the_wrap_of_the_ticks_changes_nothing():
    usual = Pole().walk(8000, -1400, 40).reasons
    assert Pole(start_ms=TICKS_MASK - 1500).walk(8000, -1400, 40).reasons == usual
