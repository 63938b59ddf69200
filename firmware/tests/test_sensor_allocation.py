"""Reading the sensors allocates nothing. On CPython the same code runs, without a heap to lock."""

import gc
from array import array

from sign.compat import ticks_add
from sign.core.faults import Faults
from sign.core.health_checks import HealthChecks
from sign.core.lamp_current import DARK, LampCurrent
from sign.core.light import AmbientLight
from sign.core.patterns import PATTERNS
from sign.core.polarity import Polarity
from sign.core.slots import Slots
from sign.core.supply import Supply
from sign.core.vehicle_count import VehicleCount
from sign.proto import c4001_command, radar_command
from sign.proto.c4001 import C4001
from sign.proto.c4001_command import C4001Command
from sign.proto.ds18b20 import temperature_cdeg
from sign.proto.exchange import DONE
from sign.proto.hlk_frame import COUNTER_MASK
from sign.proto.ld2410 import FOOTER, HEADER, Ld2410
from sign.proto.ld2451 import Ld2451
from sign.proto.radar_command import RadarCommand

try:
    from micropython import heap_lock, heap_unlock
except ImportError:

    def nothing():
        """CPython's heap cannot be locked."""

    heap_lock = heap_unlock = nothing

ROUNDS = 20


def framed(payload, header=HEADER, footer=FOOTER):
    return header + bytes((len(payload), 0)) + payload + footer


PRESENCE = framed(b"\x02\xaa" + bytes(9) + b"\x55\x00") + framed(b"\x01\xaa" + bytes(31) + b"\x55\x00")
VEHICLES = framed(b"\x02\x01" + b"\x8a\xff\x01\xff\x15" * 2) + framed(b"")
LINES = b"$DFDMD,1,1,24.817,-9.129,15304, , *\r\n$DFDMD,0, , , , , , *$DFHPD,1, , , *"
FALSE = HEADER + b"\x23\x00\x01" + HEADER[:3]


def locked(step):
    """Run with the heap locked: any allocation at all is a MemoryError."""
    gc.collect()
    heap_lock()
    try:
        return step()
    finally:
        heap_unlock()


def read_all(parser, data):
    """Feed it in the 10 ms pieces of a tick; how many reports came."""
    found = at = 0
    while at < len(data):
        end = min(at + 25, len(data))
        while True:
            at = parser.feed(data, at, end)
            if not parser.ready:
                break
            found += 1
    return found


def test_reading_reports_and_garbage_runs_with_the_heap_locked():
    for parser, good in ((Ld2410(), PRESENCE), (Ld2451(), VEHICLES), (C4001(), LINES)):
        data = memoryview((good + FALSE + good + b"$DFDMD,9x" + bytes(range(256))) * ROUNDS)
        found = locked(lambda parser=parser, data=data: read_all(parser, data))
        assert found >= 2 * ROUNDS
        assert parser.bad_frames > 0
        assert parser.skipped_bytes > 256


def test_counters_at_their_end_run_with_the_heap_locked():
    parser = Ld2410()
    parser.frames = parser.skipped_bytes = parser.bad_frames = COUNTER_MASK
    data = (PRESENCE + FALSE) * 3
    locked(lambda: read_all(parser, data))
    assert parser.frames < 10


def converse(commander, answer, now_ms):
    """Poll and feed until it is idle, every 50 ms."""
    while commander.busy:
        if commander.poll(now_ms):
            commander.feed(answer, 0, len(answer), now_ms)
        now_ms = ticks_add(now_ms, 50)


def answers_to(script):
    """One piece of bytes that answers all of them, among reports."""
    data = PRESENCE + FALSE
    for request in script:
        data += framed(bytes((request[6], 1, 0, 0)) + bytes(26), radar_command.HEADER, radar_command.FOOTER)
    return data


def test_commands_and_their_retries_run_with_the_heap_locked():
    script = radar_command.check("ld2450")
    commander = RadarCommand()
    answers = answers_to(script)
    commander.start(script, 0x3FFFFF00)
    locked(lambda: converse(commander, answers, 0x3FFFFF00))
    assert commander.state == DONE
    commander.start(script, 0)
    locked(lambda: converse(commander, b"", 0))
    assert commander.retries > 0


def test_text_commands_run_with_the_heap_locked():
    commander = C4001Command()
    commander.start(c4001_command.SET_UP_C4001, 0)
    answer = LINES + b"\r\nDFRobot:/> x\r\nResponse 1 2\r\nDone\r\n"
    locked(lambda: converse(commander, answer, 0))
    assert commander.state == DONE


def test_a_thermometer_is_read_with_the_heap_locked():
    assert locked(lambda: temperature_cdeg(b"\x91\x01\x4b\x46\x7f\xff\x0c\x10\x70")) == 2506


def drive_by(counted, targets):
    """Three abreast come nearer, over and over, while the ticks wrap."""
    now_ms = 0x3FFFE000
    for step in range(600):
        for at in (0, 5, 10):
            targets[at + 1] = 60_000 - 1400 * (step % 40)
        counted.frame(targets, 3, 1, now_ms)
        now_ms = ticks_add(now_ms, 100)


def test_vehicles_are_counted_with_the_heap_locked():
    counted, targets = VehicleCount(), array("i", [0, 0, 1, 13_888, 20] * 3)
    locked(lambda: drive_by(counted, targets))
    assert sum(counted.bins) == 3 * 600 // 40


class Site:
    light_enabled = True
    light_dark_mv = 200
    light_day_mv = 1200
    dim_pct = 100
    night_dim_pct = 30
    supply_low_mv = 11_000
    supply_high_mv = 15_000
    supply_hysteresis_mv = 300
    lamp_current_mv = 200
    lamp_low_pct = 70
    lamp_high_pct = 140
    radar_kind = "ld2450"
    second_kind = "ld2410"
    radar_silent_ms = 2000
    pir_enabled = button_enabled = True
    stuck_on_min = 2
    stuck_off_min = 3
    flutter_per_min = 60
    button_stuck_min = 2


class Mast:
    """Everything that is measured beside the detection, in the ticks of a day that wraps."""

    def __init__(self):
        self.now_ms = 0x3FFF0000
        self.radar = Ld2410()
        self.light, self.supply = AmbientLight(Site), Supply(Site)
        self.current, self.slots = LampCurrent(Site), Slots(PATTERNS["alternating"], self.now_ms)
        self.checks = HealthChecks(Site, Faults(), (self.radar, self.radar), self.now_ms)
        self.vehicles, self.polarity = Ld2451(), Polarity()
        self.changes = 0

    def tick(self, k):
        self.now_ms = ticks_add(self.now_ms, 100)
        there = k // 3000 % 2 == 0
        self.changes += self.light.sample(k * 7919 % 3300, self.now_ms)
        self.changes += self.supply.sample(k * 6151 % 60_000, self.now_ms)
        slot = self.slots.at(self.now_ms)
        if slot > DARK:
            self.current.sample(slot, k % 300, 80)
        if k % 200 == 0:
            self.changes += self.current.end(k)
            self.current.self_test_due(k, True)
        self.radar.frames += 1
        self.vehicles.targets[1] = 100_000 - k % 90 * 1000
        self.polarity.update(self.vehicles.targets, 1, self.now_ms)
        self.checks.saw_place(there)
        self.checks.lines[k % 2].frame_ms = self.now_ms
        stuck = k % 100 == 0
        self.changes += self.checks.tick(self.now_ms, there, k % 40 < 20, k % 2, k % 5 == 0, stuck, k)

    def run(self, ticks):
        for k in range(ticks):
            self.tick(k)


def test_all_that_is_measured_runs_with_the_heap_locked():
    mast = Mast()
    locked(lambda: mast.run(20_000))
    assert mast.changes > 10
    assert mast.checks.learned != (50, 60)
