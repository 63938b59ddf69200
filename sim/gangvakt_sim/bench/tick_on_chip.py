# mypy: ignore-errors
"""Run by MicroPython: times the detection loop's tick beside an empty loop. Prints one JSON object.

Only pins, PWM, timer and UART are stand-ins; the rest is the firmware. Arguments: rounds, people in view.
"""

import gc
import io
import json
import sys
import time

FRAME_EVERY = 10  # ticks
TICKS = 400
TICK_MS = 10
LOOP = 1000
BACK_AND_FORTH = 20  # frames each way
FRAME_BYTES = 30
HEAD, TAIL = b"\xaa\xff\x03\x00", b"\x55\xcc"
PLACES_MM = (50, -1400, 1400)
SITE = {"kerb_a_y_mm": 2000, "kerb_b_y_mm": -2000, "crossing_width_mm": 3000, "hold_start_ms": 0}


class Uart:
    """The radar's line, which like the real one copies in native code and has nothing between two frames."""

    stream = None

    def __init__(self, number, **options):
        Uart.stream = io.BytesIO(bytes(FRAME_BYTES))
        Uart.stream.read()
        self.readinto = Uart.stream.readinto


class Machine:
    UART = Uart
    Timer = None


class Inputs:
    def pir(self):
        return 0

    def button(self):
        return 0


class Lamps:
    def light(self, on):
        pass


def place(value):
    raw = abs(value) | (0x8000 if value > 0 else 0)
    return bytes((raw & 0xFF, raw >> 8))


def people(step, count):
    """A frame with up to three people who walk up and down side by side, 1.4 m apart."""
    step %= 2 * BACK_AND_FORTH
    away = 3000 - 120 * (step if step < BACK_AND_FORTH else 2 * BACK_AND_FORTH - step)
    slots = b"".join([place(x) + place(away + x // 10) + place(-12) + b"\x40\x01" for x in PLACES_MM[:count]])
    return HEAD + slots + bytes(24 - len(slots)) + TAIL


def make():
    """(detection, detector) of a sign that has just started."""
    sys.modules["machine"] = Machine
    from sign.core.config import load
    from sign.core.detector import Detector
    from sign.core.outbox import Outbox
    from sign.core.uptime import Uptime
    from sign.hal.radar_port import RadarPort
    from sign.services.detection import Detection

    detector = Detector(load(SITE)[0], 0)
    port = RadarPort({"uart": 2, "rx": 16, "tx": 17}, 256000)
    return Detection((port,), Inputs(), detector, Lamps(), Outbox(32, 1), Uptime(0)), detector


def empty_loop():
    begun = time.ticks_us()
    for _ in range(LOOP):
        pass
    return time.ticks_diff(time.ticks_us(), begun)


class Round:
    """Ticks with people in view; times in us go into arrays that exist already."""

    def __init__(self, spent, count):
        self.detection, self.detector = make()
        self.frames = [people(step, count) for step in range(2 * BACK_AND_FORTH)]
        self.spent = spent
        self.now_ms = 0
        self.allocated = 0

    def run(self, ticks):
        for k in range(ticks):
            self.now_ms += TICK_MS
            if k % FRAME_EVERY == 0:
                Uart.stream.seek(0)
                Uart.stream.write(self.frames[k // FRAME_EVERY % len(self.frames)])
                Uart.stream.seek(0)
            before = gc.mem_alloc()
            begun = time.ticks_us()
            self.detection._tick(self.now_ms)
            self.spent[k] = time.ticks_diff(time.ticks_us(), begun)
            self.allocated += gc.mem_alloc() - before


def middle(values):
    return sorted(values)[len(values) // 2]


def measure(rounds, count):
    """Medians of every round, loop and ticks in turn, so that a busy computer slows both."""
    found = {"loop_us": [], "idle_us": [], "frame_us": [], "allocated": 0, "ticks": 0, "tracks": 0}
    spent = [0] * TICKS
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        loops = [empty_loop() for _ in range(20)]
        round = Round(spent, count)
        round.run(TICKS)
        loops += [empty_loop() for _ in range(20)]
        gc.enable()
        frames = spent[::FRAME_EVERY]
        idle = [spent[k] for k in range(TICKS) if k % FRAME_EVERY]
        found["loop_us"].append(middle(loops))
        found["idle_us"].append(middle(idle))
        found["frame_us"].append(middle(frames))
        found["allocated"] += round.allocated
        found["ticks"] += TICKS
        tracker = round.detector.tracker
        found["tracks"] = sum(tracker.confirmed(i) for i in range(6))
    return found


print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
