import fakes
import micropython

from sign.core import events, faults
from sign.core.config import load
from sign.core.detector import Detector
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.services.detection import Detection

EMPTY = b"\xaa\xff\x03\x00" + bytes(24) + b"\x55\xcc"
TICK_MS = 10
FRAME_TICKS = 10
# The radar stands at the kerb and looks back over the pavement: y of a frame is the way to the roadway.
SITE = {"kerb_a_y_mm": 2000, "kerb_b_y_mm": -2000, "crossing_width_mm": 3000, "hold_start_ms": 0}


class Bench:
    """A detection loop whose time the test moves on."""

    def __init__(self, **config):
        self.port, self.inputs, self.lamps = fakes.Port(), fakes.Inputs(), fakes.Lamps()
        self.config, errors = load(dict(SITE, **config))
        assert not errors, errors
        self.detector = Detector(self.config, 0)
        self.uptime = Uptime(0)
        self.outbox = Outbox(32, 1)
        self.detection = Detection(
            (self.port,), self.inputs, self.detector, self.lamps, self.outbox, self.uptime
        )
        self.now_ms = 0

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
    bench.port.read = None
    fakes.Timer.running.callback(fakes.Timer.running)
    assert isinstance(bench.detection.failure, TypeError)
    assert fakes.Timer.running is None
    assert not bench.lamps.lit


def test_faults_found_by_tasks_are_recorded_once():
    bench = Bench()
    for _ in range(3):
        bench.detection.want_fault(faults.TICK_LATE, True)
        bench.run(1)
    bench.detection.want_fault(faults.TICK_LATE, False)
    bench.run(1)
    assert bench.kinds() == [events.FAULT_ON, events.FAULT_OFF]
