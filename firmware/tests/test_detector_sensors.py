"""Which sensor may ask for a warning, with one radar or two, and what is left when they fail."""

import struct

from sign.compat import ticks_add
from sign.core import events, faults
from sign.core.config import load
from sign.core.detector import EV_FAULT, EV_OFF, EV_ON, Detector

TICK_MS, FRAME_TICKS = 10, 10
SITE = {"winter": "off", "hold_min_ms": 3000, "hold_max_ms": 5000}
EMPTY = b"\xaa\xff\x03\x00" + bytes(24) + b"\x55\xcc"
NOBODY = b"$DFDMD,0, , , , , , *\r\n"
NO_VEHICLE = b"\xf4\xf3\xf2\xf1\x00\x00\xf8\xf7\xf6\xf5"


def c4001(range_mm):
    return b"$DFDMD,1,1,%d.%03d,0.000,9000, , *\r\n" % (range_mm // 1000, range_mm % 1000)


def ld2410(range_mm):
    moves = struct.pack("<BHBHBH", 1, range_mm // 10, 50, 0, 0, range_mm // 10)
    return b"\xf4\xf3\xf2\xf1\x0d\x00\x02\xaa" + moves + b"\x55\x00\xf8\xf7\xf6\xf5"


def vehicle(range_m, direction=1):
    target = bytes((0x80, range_m, direction, 50, 20))
    return b"\xf4\xf3\xf2\xf1\x07\x00\x01\x00" + target + b"\xf8\xf7\xf6\xf5"


class View:
    """Somebody stands before the LD2450 whenever the test says so."""

    def __init__(self):
        self.reason = self.range_mm = self.track = self.tracked = self.place = 0
        self.t_kerb_ms = -1
        self.quiet, self.winter, self.walked = True, None, False
        self.ports = []
        self.refreshed = 0

    def configure(self, config):
        pass

    def set_winter(self, flag):
        self.winter = flag

    def frame(self, port, targets, count, now_ms):
        self.ports.append(port)

    def tick(self, now_ms):
        pass

    def refresh(self, now_ms):
        self.refreshed += 1

    def show(self, reason, track=1):
        self.reason = events.REASONS.split().index(reason)
        self.track, self.tracked = track, int(reason != "none")
        self.quiet = reason == "none"
        self.walked = not self.quiet


class Sign:
    """A detector whose radars report ten times a second what `says` holds by port, and then `after` it."""

    def __init__(self, **values):
        config, errors = load(dict(SITE, **values))
        assert errors == [], errors
        self.detector = Detector(config, 0)
        self.view = self.detector.view = View()
        self.detector.configure(config)
        self.now_ms = 0
        self.pir = self.button = 0
        self.says = [EMPTY, b""]
        self.log = []

    def run(self, ms):
        detector = self.detector
        for k in range(ms // TICK_MS):
            self.now_ms = ticks_add(self.now_ms, TICK_MS)
            for port in range(len(detector.radars)):
                if k % FRAME_TICKS == 0 and self.says[port]:
                    detector.feed(self.says[port], len(self.says[port]), self.now_ms, port)
            mask = detector.tick(self.now_ms, self.pir, self.button, self.now_ms // 1000)
            self.note(mask)
        return self.log

    def note(self, mask):
        detector = self.detector
        if mask & EV_ON:
            self.log.append(events.REASONS.split()[detector.reason])
        if mask & EV_OFF:
            self.log.append("off")
        if mask & EV_FAULT:
            self.log.append(("+" if detector.fault_active else "-") + faults.names()[detector.fault_code])

    def walk(self, port, line, start_mm, end_mm):
        """Somebody comes at 1.4 m/s, as a radar without angle sees it."""
        for range_mm in range(start_mm, end_mm, -140):
            self.says[port] = line(range_mm)
            self.run(100)
        return self.log

    def silence(self, port=0):
        self.says[port] = b""
        self.run(2600)
        self.log = []
        return self


def test_a_second_ld2450_adds_to_the_same_picture():
    sign = Sign(second_kind="ld2450", second_x_mm=3000)
    sign.says[1] = EMPTY
    sign.run(300)
    assert sign.view.ports == [0, 1] * 3


def test_a_lone_c4001_warns_for_who_comes_and_not_for_who_is_far_away():
    sign = Sign(radar_kind="c4001", lead_ms=3000)
    sign.says[0] = c4001(9000)
    assert sign.run(5000) == []
    assert sign.walk(0, c4001, 9000, 3000) == ["approach"]
    assert 1000 < sign.detector.t_kerb_ms <= 3000
    assert 4000 < sign.detector.range_mm < 7000
    assert sign.detector.track > 0
    assert not sign.detector.quiet


def test_a_lone_ld2410_warns_for_who_is_near_the_pole():
    sign = Sign(radar_kind="ld2410", range_near_mm=1500)
    sign.says[0] = ld2410(4000)
    assert sign.run(3000) == []
    sign.says[0] = ld2410(1200)
    assert sign.run(500) == ["at_kerb"]


def test_a_second_c4001_decides_only_while_the_first_radar_is_not_believed():
    sign = Sign(second_kind="c4001")
    assert sign.walk(1, c4001, 9000, 1000) == []
    sign.says[1] = NOBODY
    sign.run(2000)
    sign.silence(0)
    assert sign.walk(1, c4001, 9000, 1000) == ["approach"]


def test_a_pir_helps_while_the_first_radar_is_not_believed_and_keeps_waiting_people_in_mind():
    sign = Sign()
    sign.pir = 1
    assert sign.run(1000) == []
    assert sign.view.refreshed > 5
    sign.pir = 0
    sign.silence(0)
    sign.pir = 1
    assert sign.run(200) == ["pir"]
    assert (sign.detector.t_kerb_ms, sign.detector.range_mm, sign.detector.track) == (-1, 0, 0)


def gated(**values):
    sign = Sign(second_kind="ld2451", vehicle_gate=True, **values)
    sign.says[1] = NO_VEHICLE
    sign.run(200)
    return sign


def test_with_the_gate_people_are_warned_for_only_while_a_vehicle_comes():
    sign = gated()
    sign.view.show("approach")
    assert sign.run(3000) == []
    sign.says[1] = vehicle(80)
    assert sign.run(200) == ["approach"]
    sign.says[1] = NO_VEHICLE
    assert sign.run(15_000) == ["approach", "off"]


def test_whoever_is_on_the_road_when_a_vehicle_comes_is_warned_for_at_once():
    sign = gated(flutter_ms=3000, vehicle_hold_ms=1000)
    sign.view.show("on_road")
    sign.says[1] = vehicle(80)
    sign.run(1000)
    sign.says[1] = NO_VEHICLE
    sign.run(7000)
    assert sign.log == ["on_road", "off"]
    sign.says[1] = vehicle(80)
    sign.run(20)
    assert sign.log[2:] == ["on_road"]


def test_the_gate_is_open_while_its_radar_has_never_spoken_or_sends_garbage():
    sign = Sign(second_kind="ld2451", vehicle_gate=True)
    sign.view.show("approach")
    assert sign.run(200) == ["approach"]
    sign = gated()
    sign.says[1] = b"\xf4\xf3\xf2\xf1\x07\x00\x01\x00garbage-of-it" * 2
    sign.run(11_000)
    assert sign.log == ["+second_garbled"]
    sign.view.show("approach")
    assert sign.run(200)[1:] == ["approach"]


def test_the_button_passes_the_gate():
    sign = gated()
    sign.button = 1
    assert sign.run(100) == ["button"]


def test_without_the_field_a_vehicle_radar_gates_nothing():
    sign = Sign(second_kind="ld2451")
    sign.says[1] = NO_VEHICLE
    sign.view.show("approach")
    assert sign.run(300) == ["approach"]


def test_a_gate_without_its_radar_is_refused():
    config, errors = load({"vehicle_gate": True})
    assert errors == [("vehicle_gate", "True", "second_kind ld2451")]
    assert not config.vehicle_gate


def test_with_no_sensor_left_the_lamps_do_what_the_site_wants():
    for mode, lamps, steady in (("dark", False, False), ("flash", True, False), ("steady", True, True)):
        sign = Sign(fail_mode=mode, pir_enabled=False)
        sign.says[0] = b""
        assert sign.run(3000) == ["+radar_silent", "+no_sensor"]
        detector = sign.detector
        assert (detector.lamps, detector.steady, detector.lit) == (lamps, steady, False)
        sign.says[0] = EMPTY
        assert sign.run(500)[2:] == ["-radar_silent", "-no_sensor"]
        assert (detector.lamps, detector.steady) == (False, False)


def test_in_shadow_mode_the_lamps_stay_dark_whatever_fails():
    sign = Sign(fail_mode="flash", pir_enabled=False, mode="shadow")
    sign.says[0] = b""
    sign.run(3000)
    assert not sign.detector.lamps


def test_while_one_sensor_is_left_there_is_no_fail_mode():
    sign = Sign(fail_mode="flash")
    sign.says[0] = b""
    assert sign.run(3000) == ["+radar_silent", "+one_sensor"]
    assert not sign.detector.lamps


def test_the_button_works_to_the_last():
    sign = Sign(pir_enabled=False).silence(0)
    sign.button = 1
    assert sign.run(100) == ["button"]
    assert sign.detector.lamps


def test_a_ghost_that_nobody_else_sees_loses_its_say():
    sign = Sign(stuck_on_min=2, stuck_cap_ms=60_000)
    sign.view.show("at_kerb")
    sign.run(185_000)
    assert sign.log == ["at_kerb", "off", "+stuck_on", "+radar_stuck_on", "+one_sensor", "-stuck_on"]
    assert not sign.detector.lit


def test_one_track_that_comes_and_goes_does_not_make_the_lamps_flutter():
    sign = Sign(flutter_ms=1000)
    sign.view.show("approach", track=7)
    sign.run(100)
    sign.view.show("none")
    sign.run(9000)
    assert sign.log == ["approach", "off"]
    sign.view.show("approach", track=7)
    assert sign.run(900) == ["approach", "off"]
    sign.view.show("approach", track=8)
    assert sign.run(20) == ["approach", "off", "approach"]


def test_winter_lengthens_the_hold_and_is_told_to_the_view():
    holds = []
    for temperature_c10 in (150, -50):
        sign = Sign(winter="auto", winter_hold_ms=2000, hold_max_ms=20_000)
        sign.detector.set_season(temperature_c10, None)
        holds.append(sign.detector.activation._hold_ms)
        assert sign.view.winter == (temperature_c10 < 0)
    assert holds[1] - holds[0] == 2000


def test_a_new_configuration_reaches_every_sensor():
    sign = Sign(second_kind="ld2451", vehicle_gate=True)
    sign.says[1] = NO_VEHICLE
    sign.run(200)
    sign.view.show("approach")
    assert sign.run(500) == []
    sign.detector.configure(load(dict(SITE, second_kind="ld2451", mode="shadow"))[0])
    assert sign.run(200) == ["approach"]
    assert not sign.detector.lamps
