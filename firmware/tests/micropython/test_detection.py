import fakes
import micropython

from sign.compat import COUNT_MASK
from sign.core import events, faults
from sign.core.config import load
from sign.core.detector import Detector
from sign.core.notes import ON
from sign.core.order import FORCE, Order
from sign.core.outbox import Outbox
from sign.core.recorder import Recorder
from sign.core.uptime import Uptime
from sign.services.detection import Detection

EMPTY = b"\xaa\xff\x03\x00" + bytes(24) + b"\x55\xcc"
TICK_MS = 10
FRAME_TICKS = 10
RING_BYTES = 2_048  # of the recorder: less than on the sign, for many signs are made here
SLOW_TICKS = 8  # what needs no haste is done once in so many
# The radar stands at the kerb and looks back over the pavement: y of a frame is the way to the roadway.
SITE = {"kerb_a_y_mm": 2000, "kerb_b_y_mm": -2000, "crossing_width_mm": 3000, "hold_start_ms": 0}


class Watch:
    """Told after the lamps were set: how often, and how often lit."""

    def __init__(self):
        self.told = self.lit = 0

    def tick(self, now_ms, lit):
        self.told += 1
        self.lit += lit


class Bench:
    """A detection loop whose time the test moves on."""

    def __init__(self, records=True, **config):
        self.port, self.inputs, self.lamps = fakes.Port(), fakes.Inputs(), fakes.Lamps()
        self.second, self.watch = fakes.Port(), Watch()
        ports = (self.port, self.second) if "second_kind" in config else (self.port,)
        self.config, errors = load(dict(SITE, **config))
        assert not errors, errors
        self.detector = Detector(self.config, 0)
        self.uptime = Uptime(0)
        self.outbox = Outbox(32, 1)
        self.detection = Detection(
            ports, self.inputs, self.detector, self.lamps, self.outbox, self.uptime, self.watch
        )
        if records:
            self.record()
        self.now_ms = 0

    def record(self):
        self.recorder = Recorder(self.detector, self.port.buffer, RING_BYTES)
        self.detection.record(self.recorder)

    def run(self, ticks, frame=None):
        for i in range(ticks):
            self.now_ms += TICK_MS
            if frame and i % FRAME_TICKS == 0:
                self.port.waiting = frame
            self.detection._tick(self.now_ms)

    def kinds(self):
        return [record[0] for record in self.outbox.peek(32)]


def walk_frames():
    """Somebody comes from 5 m away to the kerb, 300 mm beside the radar's axis."""
    frames = []
    for y_mm in range(5000, 300, -140):
        at = 0x8000 | y_mm
        target = bytes((0x2C, 0x01, at & 0xFF, at >> 8, 16, 0, 64, 1))
        frames.append(EMPTY[:4] + target + EMPTY[12:])
    return frames


def walk(bench):
    for frame in walk_frames():
        bench.run(FRAME_TICKS, frame)


def test_a_walk_lights_the_lamps_and_is_recorded():
    bench = Bench()
    walk(bench)
    assert bench.lamps.lit
    assert bench.detection.warnings == 1
    bench.run(3000, EMPTY)
    assert not bench.lamps.lit
    assert bench.kinds() == [events.ACTIVATION_ON, events.ACTIVATION_OFF]


def test_in_shadow_mode_it_is_recorded_and_dark():
    bench = Bench(mode="shadow")
    walk(bench)
    assert not bench.lamps.lit
    assert bench.kinds() == [events.ACTIVATION_ON]


def test_the_tick_allocates_nothing():
    bench = Bench()
    bench.run(10, EMPTY)
    frames = walk_frames()
    garbage = bytes(range(256))
    micropython.heap_lock()
    try:
        for frame in frames:
            bench.run(FRAME_TICKS, frame)
        bench.run(FRAME_TICKS, garbage)
        bench.inputs.pir_level = 1
        bench.detection.want_fault(faults.TICK_LATE, True)
        bench.run(400)
        bench.detection._on_timer(None)
    finally:
        micropython.heap_unlock()
    assert bench.detection.failure is None
    assert bench.detection.warnings == 1
    assert bench.detection.pir_edges == 1


def test_without_a_recorder_it_warns_alike_and_allocates_nothing():
    bench = Bench(records=False)
    bench.run(10, EMPTY)
    frames = walk_frames()
    micropython.heap_lock()
    try:
        for frame in frames:
            bench.run(FRAME_TICKS, frame)
        bench.detection.want_fault(faults.TICK_LATE, True)
        bench.run(3000)
        bench.now_ms += 200
        bench.detection._on_timer(None)
    finally:
        micropython.heap_unlock()
    assert bench.detection.failure is None
    assert bench.detection.warnings == 1
    assert events.ACTIVATION_OFF in bench.kinds()


def test_a_recorder_that_comes_later_has_all_from_there_on():
    bench = Bench(records=False)
    for frame in walk_frames()[:8]:
        bench.run(FRAME_TICKS, frame)
    bench.record()
    bench.run(SLOW_TICKS + 1)
    assert bench.recorder.window()[1]
    assert not bench.recorder.event
    for frame in walk_frames()[8:]:
        bench.run(FRAME_TICKS, frame)
    assert (bench.recorder.event, bench.recorder.event_seq) == (ON, bench.outbox.peek(1)[0][2])


def test_a_second_radar_and_a_watch_run_with_the_heap_locked():
    bench = Bench(second_kind="c4001", fail_mode="flash", pir_enabled=False)
    bench.run(8, EMPTY)
    line = b"$DFDMD,1,1,2.817,-9.129,15304, , *"
    frames = walk_frames()
    micropython.heap_lock()
    try:
        for frame in frames:
            bench.second.waiting = line
            bench.run(FRAME_TICKS, frame)
        bench.run(2000)
        bench.inputs.pressed = True
        bench.run(SLOW_TICKS)
    finally:
        micropython.heap_unlock()
    assert bench.detector.radars[1].frames == len(frames)
    assert bench.watch.told == bench.detection.ticks
    assert bench.watch.lit > 500
    assert bench.detector.faults.is_active(faults.names().index("no_sensor"))
    assert bench.lamps.lit


def test_an_order_is_begun_and_ended_by_the_tick_and_recorded():
    bench = Bench()
    bench.run(10, EMPTY)
    bench.detector.order = Order(FORCE, 1_000)
    micropython.heap_lock()
    try:
        bench.run(50)
        lit = bench.lamps.lit
        bench.run(100)
    finally:
        micropython.heap_unlock()
    assert bench.detection.failure is None
    assert (lit, bench.lamps.lit, bench.detector.order) == (True, False, None)
    told = [(record[0], record[5], record[6]) for record in bench.outbox.peek(32)]
    orders = [record for record in told if record[0] in (events.ORDER_ON, events.ORDER_OFF)]
    assert orders[0] == (events.ORDER_ON, FORCE, 1_000)
    assert orders[1][:2] == (events.ORDER_OFF, FORCE)
    assert 1_000 <= orders[1][2] <= 1_160


def test_a_short_press_of_the_button_is_not_missed():
    for first in range(SLOW_TICKS):
        bench = Bench()
        bench.run(first, EMPTY)
        bench.inputs.pressed = True
        bench.run(4)
        bench.inputs.pressed = False
        bench.run(SLOW_TICKS)
        assert bench.detection.warnings == 1, first


def test_the_lamps_follow_a_new_configuration_soon():
    bench = Bench()
    walk(bench)
    assert bench.lamps.lit
    bench.detector.configure(load(dict(SITE, mode="shadow"))[0])
    bench.run(SLOW_TICKS)
    assert not bench.lamps.lit


def test_the_counter_of_ticks_wraps_as_a_small_int():
    bench = Bench()
    bench.detection.ticks = COUNT_MASK - 2
    micropython.heap_lock()
    try:
        bench.run(5)
    finally:
        micropython.heap_unlock()
    assert bench.detection.ticks == 2


def test_an_error_of_the_watch_ends_it_with_dark_lamps_too():
    bench = Bench()
    bench.detection.start()
    bench.lamps.lit = True
    bench.watch.lit = None
    fakes.Timer.running.callback(fakes.Timer.running)
    assert isinstance(bench.detection.failure, TypeError)
    assert not bench.lamps.lit


def test_late_ticks_are_counted_and_the_worst_is_kept():
    bench = Bench()
    bench.run(5)
    bench.now_ms += 30
    bench.run(5)
    assert (bench.detection.late, bench.detection.worst_gap_ms) == (1, 40)


def test_a_stall_under_lit_lamps_lengthens_the_hold():
    holds = []
    for stall_ms in (0, 900):
        bench = Bench()
        walk(bench)
        bench.run(200, EMPTY)  # nobody in view any more, the hold runs
        bench.now_ms += stall_ms
        bench.run(3000, EMPTY)
        off = [record for record in bench.outbox.peek(32) if record[0] == events.ACTIVATION_OFF]
        holds.append(off[0][6])
    assert holds[1] - holds[0] > 800, holds


def test_an_error_in_the_tick_ends_it_with_dark_lamps_and_is_kept():
    bench = Bench()
    bench.detection.start()
    bench.lamps.lit = True
    bench.port.waiting = None
    fakes.Timer.running.callback(fakes.Timer.running)
    assert isinstance(bench.detection.failure, TypeError)
    assert fakes.Timer.running is None
    assert not bench.lamps.lit


def test_faults_found_by_tasks_are_recorded_once():
    bench = Bench()
    for _ in range(3):
        bench.detection.want_fault(faults.TICK_LATE, True)
        bench.run(SLOW_TICKS)
    bench.detection.want_fault(faults.TICK_LATE, False)
    bench.run(SLOW_TICKS)
    assert bench.kinds() == [events.FAULT_ON, events.FAULT_OFF]


def test_the_lamps_follow_another_pole_at_once_and_it_is_no_warning_of_the_signs_own():
    bench = Bench()
    bench.run(SLOW_TICKS)
    micropython.heap_lock()
    bench.detection.follow(5000)
    lit = bench.lamps.lit
    bench.detection.follow(0)
    micropython.heap_unlock()
    assert lit
    assert not bench.lamps.lit
    assert (bench.kinds(), bench.detection.warnings) == ([], 0)


def test_after_an_error_the_lamps_follow_nobody():
    bench = Bench()
    bench.detection.failure = ValueError()
    bench.detection.follow(5000)
    assert not bench.lamps.lit


def test_it_tells_when_a_warning_has_begun_and_ended():
    bench = Bench()
    told = []
    bench.detection.tell = lambda: told.append(bench.detector.lit)
    walk(bench)
    bench.run(3000, EMPTY)
    assert told == [True, False]
