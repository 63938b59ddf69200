"""The whole tick allocates nothing. On CPython the same path runs, without a heap to lock or count."""

import gc
from array import array

from sign.compat import TICKS_MASK, ticks_add
from sign.core import events
from sign.core.config import load
from sign.core.detector import EV_FAULT, EV_OFF, EV_ON, Detector
from sign.core.faults import names
from sign.core.outbox import Outbox
from sign.core.tracker import REACH_MM
from sign.core.uptime import Uptime
from sign.core.view import View

try:
    from micropython import heap_lock, heap_unlock

    mem_alloc = gc.mem_alloc
except ImportError:

    def nothing():
        """CPython's heap cannot be locked, nor counted that finely."""
        return 0

    heap_lock = heap_unlock = mem_alloc = nothing

HEADER, FOOTER = b"\xaa\xff\x03\x00", b"\x55\xcc"
NOBODY = HEADER + bytes(24) + FOOTER
FRAMES = 100
NO_SENSOR = names().index("no_sensor")
FRAME = 30
TICKS = 10 * FRAMES
SITE = {"sensor_x_mm": -500, "sensor_azimuth_cdeg": 9000, "kerb_b_y_mm": 4000}


def body(places):
    """The coordinates of up to three people as the radar sends them."""
    data = b""
    for x, y in places:
        for value in (x, y, -12, 0):
            raw = abs(value) | (0x8000 if value >= 0 else 0)
            data += bytes((raw & 0xFF, raw >> 8))
    return data


def scene():
    """Frames of three people who cross, pass by and wait, with noise on the line every tenth frame."""
    data = bytearray()
    for k in range(FRAMES):
        places = ((-2900 + 130 * k % 5000, 2000), (-1300, -2000 + 140 * k % 5000), (k % 7, 3000))
        cut = 21 if k % 10 == 9 else FRAME - 6
        data += (HEADER + body(places)[:cut] + FOOTER + HEADER + b"\x00\x00")[:FRAME]
    return data


def wild_scene():
    """Frames of targets that leap about at the corners of the radar's reach, as far as a track follows."""
    data, seed = bytearray(), 1
    for k in range(FRAMES):
        places = []
        for sx, sy in ((-1, 1), (1, 1), (1, -1) if k & 32 else (-1, -1)):
            seed = (seed * 109 + 89) & 0x3FFFF
            places.append((sx * (REACH_MM - seed % 900), sy * (REACH_MM - seed // 7 % 900)))
        data += HEADER + body(places) + FOOTER
    return data


class Device:
    """What the device does in its timer callback, with the hardware left out."""

    def __init__(self, start_ms, data, second=b"", **values):
        self.detector = Detector(load(dict(SITE, **values))[0], start_ms)
        self.outbox = Outbox(8, 1)
        self.uptime = Uptime(start_ms)
        self.now_ms = start_ms
        self.data, self.second = data, memoryview(second)
        self.view = memoryview(bytearray(FRAME))
        self.events = 0

    def tick(self, k):
        detector, outbox, uptime = self.detector, self.outbox, self.uptime
        self.now_ms = ticks_add(self.now_ms, 10)
        uptime.update(self.now_ms)
        if k % 10 == 0:
            for i in range(FRAME):
                self.view[i] = self.data[(k * 3 + i) % len(self.data)]
            detector.feed(self.view, FRAME, self.now_ms)
        mask = detector.tick(self.now_ms, k % 5 == 0, k == 700, uptime.s)
        if mask & EV_ON:
            when, where, who = detector.t_kerb_ms, detector.range_mm, detector.track
            outbox.add(events.ACTIVATION_ON, uptime, detector.reason, when, where, who)
        if mask & EV_OFF:
            outbox.add(events.ACTIVATION_OFF, uptime, detector.off_cause, detector.on_ms)
        if mask & EV_FAULT:
            kind = events.FAULT_ON if detector.fault_active else events.FAULT_OFF
            outbox.add(kind, uptime, detector.fault_code)
        if detector.lamps and not detector.stall_allowed(self.now_ms):
            detector.extend(10)
        self.events |= mask

    def run(self, first, last):
        for k in range(first, last):
            self.tick(k)

    def run_stalling(self, first, last):
        """Like `run`, with stalls of up to 0.9 s before each frame."""
        for k in range(first, last):
            if k % 10 == 0:
                self.now_ms = ticks_add(self.now_ms, k * 37 % 900)
            self.tick(k)

    def run_second(self, first, last):
        """Like `run`, with the second radar's reports among noise."""
        lines, size = self.second, len(self.second)
        for k in range(first, last):
            if k % 10 == 5:
                for i in range(FRAME):
                    self.view[i] = lines[(k * 3 + i) % size]
                self.detector.feed(self.view, FRAME, self.now_ms, 1)
            self.tick(k)

    def run_silent(self, first, last):
        """No radar at all: faults, expiry, PIR alone, the end of the hold."""
        for _ in range(first, last):
            self.now_ms = ticks_add(self.now_ms, 10)
            self.uptime.update(self.now_ms)
            mask = self.detector.tick(self.now_ms, 0, 0, self.uptime.s)
            if mask & EV_FAULT:
                self.outbox.add(events.FAULT_ON, self.uptime, self.detector.fault_code)
            self.events |= mask

    def run_jammed(self, first, last):
        """An empty street whose PIR and button never let go, with frames but nobody in them."""
        for k in range(first, last):
            self.now_ms = ticks_add(self.now_ms, 10)
            self.uptime.update(self.now_ms)
            if k % 10 == 0:
                self.detector.feed(NOBODY, FRAME, self.now_ms)
            mask = self.detector.tick(self.now_ms, 1, 1, self.uptime.s)
            if mask & EV_FAULT:
                self.outbox.add(events.FAULT_ON, self.uptime, self.detector.fault_code)
            self.events |= mask


def locked(step, first, last):
    """Run with the heap locked: any allocation at all is a MemoryError."""
    gc.collect()
    heap_lock()
    try:
        step(first, last)
    finally:
        heap_unlock()


def test_the_tick_runs_with_the_heap_locked():
    device = Device(1000, scene())
    locked(device.run, 0, TICKS)
    assert device.detector.radars[0].frames > FRAMES // 2
    assert device.detector.radars[0].bad_frames > 5
    assert device.events & EV_ON


def test_a_silent_radar_and_the_end_of_the_hold_run_with_the_heap_locked():
    device = Device(1000, scene())
    locked(device.run, 0, TICKS)
    locked(device.run_silent, 0, 4000)
    assert device.events == EV_ON | EV_OFF | EV_FAULT


def test_the_wrap_of_the_ticks_runs_with_the_heap_locked():
    device = Device(TICKS_MASK - 4000, scene())
    locked(device.run, 0, TICKS)
    assert device.events & EV_ON


def test_wild_coordinates_and_stalls_run_with_the_heap_locked():
    extremes = {"sensor_x_mm": 50_000, "sensor_y_mm": -50_000, "kerb_a_x_mm": -50_000, "kerb_b_x_mm": 50_000}
    widest = {
        "approach_depth_mm": 12_000,
        "heading_max_pct": 1_000,
        "lead_ms": 10_000,
        "closing_min_mm_s": 100,
    }
    for values in (extremes, dict(widest, sensor_azimuth_cdeg=4500), {"kerb_b_y_mm": 0}):
        device = Device(1000, wild_scene(), **values)
        locked(device.run_stalling, 0, TICKS)
        assert device.detector.radars[0].frames == FRAMES
        assert device.detector.view.tracked


HLK = b"\xf4\xf3\xf2\xf1%s\xf8\xf7\xf6\xf5"
VEHICLES = (HLK % b"\x07\x00\x01\x00\x80\x3c\x01\x32\x14" + HLK % b"\x00\x00") * 6
PRESENCE = (
    HLK % b"\x0d\x00\x02\xaa\x01\x78\x00\x32\x00\x00\x00\x78\x00\x55\x00" + b"\xf4\xf3\xf2\xf1\x0d"
) * 6
LINES = b"$DFDMD,1,1,2.817,-9.129,15304, , *$DFDMD,0, , , , , , *$DFHPD,1, , , *" * 6


def test_every_kind_of_second_radar_runs_with_the_heap_locked():
    gated = {"second_kind": "ld2451", "vehicle_gate": True, "vehicle_hold_ms": 1000}
    for second, values in (
        (scene(), {"second_kind": "ld2450"}),
        (VEHICLES, gated),
        (PRESENCE, {"second_kind": "ld2410"}),
        (LINES, {"second_kind": "c4001"}),
    ):
        device = Device(TICKS_MASK - 8000, scene(), second, **values)
        locked(device.run_second, 0, TICKS)
        assert device.detector.radars[1].frames > 5, values
        assert device.events & EV_ON, values


def test_radars_without_angle_run_alone_with_the_heap_locked():
    for data, kind in ((PRESENCE, "ld2410"), (LINES, "c4001")):
        device = Device(1000, data * 3, radar_kind=kind, range_near_mm=3000)
        locked(device.run, 0, TICKS)
        assert device.detector.radars[0].frames > 5, kind
        assert device.detector.reason > 0, kind


def test_failing_sensors_and_the_fail_mode_run_with_the_heap_locked():
    device = Device(1000, scene(), LINES, second_kind="c4001", fail_mode="flash", pir_enabled=False)
    locked(device.run_second, 0, TICKS)
    locked(device.run_silent, 0, 4000)
    assert device.detector.lamps
    assert not device.detector.lit
    assert device.detector.faults.is_active(NO_SENSOR)
    locked(device.run_second, 0, TICKS)
    assert not device.detector.faults.is_active(NO_SENSOR)


def test_ghosts_stuck_inputs_and_their_faults_run_with_the_heap_locked():
    values = {"stuck_on_min": 2, "button_stuck_min": 1, "stuck_cap_ms": 60_000, "second_kind": "ld2410"}
    device = Device(1000, scene(), PRESENCE, **values)
    locked(device.run_jammed, 0, 40_000)
    active = [name for name, _ in device.detector.faults.active()]
    assert "button_stuck_on" in active, active
    assert "pir_stuck_on" in active, active


class Viewed:
    """The view alone, under 0 to 3 targets of both radars that come, stay, leap and go."""

    def __init__(self, **values):
        self.view = View(load(dict(SITE, second_x_mm=7500, second_azimuth_cdeg=-13_500, **values))[0], 1000)
        self.targets = array("i", [0] * 12)
        self.now_ms = TICKS_MASK - 60_000
        self.most = 0

    def place(self, k, leap):
        for i in range(3):
            at = 4 * i
            self.targets[at] = (-2900 + 100 * (k % 40)) * (i - 1) + k % 2
            self.targets[at + 1] = 1500 + 900 * i + k * 7 % 60
            self.targets[at + 2] = (k * 37 % 65 - 32) * 10_238  # up to what the frame can say
            if leap and k % 5 == i:
                self.targets[at] = REACH_MM if k & 1 else -REACH_MM

    def run(self, first, last):
        view = self.view
        for k in range(first, last):
            self.now_ms = ticks_add(self.now_ms, 2000 if k % 97 == 0 else 50)
            self.place(k, k % 300 > 200)
            view.frame(k & 1, self.targets, k // 60 % 4, self.now_ms)
            view.tick(ticks_add(self.now_ms, k % 300))
            if k % 50 < 20:
                view.refresh(self.now_ms)
            if k % 500 == 0:
                view.set_winter(k & 1 == 0)
            self.most = max(self.most, view.tracked)


def test_the_view_of_both_radars_runs_with_the_heap_locked():
    far = {"sensor_x_mm": 50_000, "kerb_a_x_mm": -50_000, "kerb_a_y_mm": -50_000, "kerb_b_x_mm": 50_000}
    for values in ({}, far, {"kerb_b_y_mm": 0}):
        viewed = Viewed(**values)
        locked(viewed.run, 0, 3000)
        assert viewed.most >= 5, viewed.most


def test_a_thousand_ticks_leave_the_heap_as_it_was():
    device = Device(1000, scene())
    device.run(0, 10)
    gc.collect()
    gc.disable()
    before = mem_alloc()
    device.run(0, TICKS)
    grown = mem_alloc() - before
    gc.enable()
    assert grown == 0, grown
