from sign.compat import TICKS_MASK, ticks_add
from sign.core import events, faults
from sign.core.config import load
from sign.core.detector import EV_FAULT, EV_OFF, EV_ON, Detector

# The radar stands 0.5 m before the kerb and looks along it: x is s + 500, y is q.
SITE = {
    "sensor_x_mm": -500,
    "sensor_azimuth_cdeg": 9000,
    "kerb_b_y_mm": 4000,
    "crossing_width_mm": 7000,
    "winter": "off",
}


def signed(value):
    raw = abs(value) | (0x8000 if value >= 0 else 0)
    return bytes((raw & 0xFF, raw >> 8))


def frame(*targets):
    body = b"".join(signed(s + 500) + signed(q) + b"\x05\x80\x64\x00" for s, q in targets)
    return b"\xaa\xff\x03\x00" + body + bytes(24 - len(body)) + b"\x55\xcc"


class Sign:
    """A detector with a clock: ticks every 10 ms, a radar frame every 100."""

    def __init__(self, start_ms=0, **values):
        config, errors = load(dict(SITE, **values))
        assert errors == []
        self.now_ms = start_ms
        self.detector = Detector(config, start_ms)
        self.log, self.told = [], []

    def ticks(self, n, pir=0, button=0):
        for _ in range(n):
            self.now_ms = ticks_add(self.now_ms, 10)
            mask = self.detector.tick(self.now_ms, pir, button)
            if mask:
                self.log.append(mask)
            if mask & EV_FAULT:
                name = faults.names()[self.detector.fault_code]
                self.told.append(("+" if self.detector.fault_active else "-") + name)
        return self

    def walk(self, s, q, vs, vq, frames):
        for k in range(frames):
            data = frame((s + vs * k // 10 + k % 2, q + vq * k // 10))
            self.detector.feed(data, len(data), self.now_ms)
            self.ticks(10)
        return self

    def empty(self, frames):
        for _ in range(frames):
            self.detector.feed(frame(), 30, self.now_ms)
            self.ticks(10)
        return self


def test_a_walker_is_warned_for_before_the_kerb():
    sign = Sign().walk(-3400, 2000, 1300, 0, 12)
    assert sign.log == [EV_ON]
    assert sign.detector.lamps
    assert events.REASONS.split()[sign.detector.reason] == "approach"
    assert 1000 < sign.detector.t_kerb_ms < 4000
    assert 2000 < sign.detector.range_mm < 4500


def test_the_warning_ends_when_the_crossing_is_empty_for_the_hold():
    sign = Sign().walk(-3400, 2000, 1300, 0, 60)
    sign.empty(70)
    assert sign.detector.lit
    sign.empty(40)
    assert not sign.detector.lit
    assert sign.log == [EV_ON, EV_OFF]
    assert events.OFF_CAUSES.split()[sign.detector.off_cause] == "hold"
    assert sign.detector.on_ms > 8500


def test_shadow_mode_decides_with_dark_lamps():
    sign = Sign(mode="shadow").walk(-3400, 2000, 1300, 0, 12)
    assert sign.log == [EV_ON]
    assert sign.detector.lit
    assert not sign.detector.lamps


def test_beside_a_working_radar_the_pir_decides_nothing():
    sign = Sign()
    for _ in range(50):
        sign.detector.feed(frame(), 30, sign.now_ms)
        sign.ticks(10, pir=1)
    assert sign.log == []


def test_with_a_silent_radar_the_pir_decides_alone():
    sign = Sign().ticks(250)
    assert sign.told == ["+radar_silent", "+one_sensor"]
    sign.ticks(10, pir=1)
    assert sign.log[2:] == [EV_ON]
    assert events.REASONS.split()[sign.detector.reason] == "pir"
    assert sign.detector.t_kerb_ms == -1


def test_a_pir_that_is_switched_off_or_stuck_decides_nothing():
    off = Sign(pir_enabled=False).ticks(250).ticks(100, pir=1)
    assert off.told == ["+radar_silent", "+no_sensor"]
    assert not off.detector.lit
    stuck = Sign(stuck_on_min=2, stuck_cap_ms=60_000).ticks(250).ticks(18_100, pir=1)
    assert "+pir_stuck_on" in stuck.told
    assert not stuck.ticks(1000).ticks(100, pir=1).detector.lit


def test_the_button_asks_whatever_the_radar_says():
    sign = Sign().empty(3).ticks(1, button=1)
    assert sign.log == [EV_ON]
    assert events.REASONS.split()[sign.detector.reason] == "button"
    assert Sign(button_enabled=False).empty(3).ticks(1, button=1).log == []


def test_a_demand_without_end_is_cut_with_a_fault():
    sign = Sign(stuck_cap_ms=60_000)
    sign.empty(1)
    for _ in range(610):
        sign.detector.feed(frame(), 30, sign.now_ms)
        sign.ticks(10, button=1)
    assert sign.log == [EV_ON, EV_OFF, EV_FAULT]
    assert events.OFF_CAUSES.split()[sign.detector.off_cause] == "stuck_cap"
    assert sign.told == ["+stuck_on"]
    assert not sign.detector.lamps


def test_frames_that_piled_up_in_a_stall_are_all_used():
    sign = Sign(pir_enabled=False)
    data = b"".join(frame((-3400 + 130 * k, 2000)) for k in range(10))
    sign.now_ms = 1000
    sign.detector.feed(data, len(data), sign.now_ms)
    sign.ticks(1)
    assert sign.detector.radars[0].frames == 10
    assert sign.detector.lit
    assert 1000 < sign.detector.t_kerb_ms < 2200


def test_a_stall_is_allowed_with_nobody_in_view_or_with_hold_left():
    sign = Sign().empty(3)
    assert sign.detector.quiet
    assert sign.detector.stall_allowed(sign.now_ms)
    sign.walk(-3400, 2000, 1300, 0, 3)
    assert not sign.detector.quiet
    assert not sign.detector.stall_allowed(sign.now_ms)
    sign.walk(-3010, 2000, 1300, 0, 9)
    assert sign.detector.stall_allowed(sign.now_ms)
    left_ms = sign.detector.activation.left_ms(sign.now_ms)
    sign.detector.extend(900)
    assert sign.detector.activation.left_ms(sign.now_ms) == left_ms + 900


def test_a_remembered_waiting_person_is_not_an_empty_view():
    sign = Sign().walk(-500, 2000, 0, 0, 20).empty(60)
    assert not sign.detector.view.tracked
    assert not sign.detector.quiet
    assert sign.detector.lit


def test_tracks_end_when_the_radar_falls_silent():
    sign = Sign().walk(-3400, 2000, 1300, 0, 12).ticks(200)
    assert not sign.detector.view.tracked


def test_a_new_configuration_keeps_the_standing_warning():
    sign = Sign().walk(-3400, 2000, 1300, 0, 12)
    sign.detector.configure(load(dict(SITE, mode="shadow"))[0])
    assert sign.detector.lit
    assert not sign.detector.lamps


def test_the_wrap_of_the_ticks_changes_nothing():
    logs = []
    for before_ms in (5, 500, 1100, 4000, 9000, 14_000):
        sign = Sign(TICKS_MASK - before_ms).walk(-3400, 2000, 1300, 0, 40).empty(120)
        logs.append((sign.log, sign.detector.on_ms, sign.detector.t_kerb_ms))
    usual = Sign().walk(-3400, 2000, 1300, 0, 40).empty(120)
    assert logs == [(usual.log, usual.detector.on_ms, usual.detector.t_kerb_ms)] * 6


def test_lamps_follow_another_pole_for_as_long_as_it_said():
    sign = Sign()
    sign.ticks(10)
    sign.detector.follow(sign.now_ms, 1000)
    assert (sign.detector.lamps, sign.detector.lit, sign.detector.quiet) == (True, False, False)
    sign.ticks(95)
    assert sign.detector.lamps
    sign.ticks(15)
    assert (sign.detector.lamps, sign.detector.quiet, sign.log) == (False, True, [])


def test_a_warning_of_its_own_outlasts_the_one_it_follows():
    sign = Sign(start_ms=TICKS_MASK - 400)
    sign.ticks(1, button=1)
    sign.detector.follow(sign.now_ms, 5000)
    sign.ticks(30)
    sign.detector.follow(sign.now_ms, 0)
    assert (sign.detector.lamps, sign.log) == (True, [EV_ON])


def test_a_sign_that_only_looks_on_follows_nobody():
    sign = Sign(mode="shadow")
    sign.detector.follow(sign.now_ms, 1000)
    assert not sign.detector.lamps
