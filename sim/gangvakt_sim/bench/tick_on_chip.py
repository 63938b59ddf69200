# mypy: ignore-errors
"""Run by MicroPython: times the detection loop's tick beside an empty loop. Prints one JSON object.

Only pins, PWM, timer and UART are stand-ins; the rest is the firmware. Arguments: rounds, people in view,
1 with the flight recorder, vehicles that a second radar sees, which a sign without people's ones has not.
"""

import gc
import io
import json
import sys
import time

FRAME_EVERY = 10  # ticks
FRAMES = 40
TICK_MS = 10
LOOP = 1000
BACK_AND_FORTH = 20  # frames each way
FRAME_BYTES = 30
HEAD, TAIL = b"\xaa\xff\x03\x00", b"\x55\xcc"
PLACES_MM = (50, -1400, 1400)
SITE = {"kerb_a_y_mm": 2000, "kerb_b_y_mm": -2000, "crossing_width_mm": 3000, "hold_start_ms": 0}


class Uart:
    """A radar's line, which like the real one copies in native code and has nothing between two frames."""

    streams = ()

    def __init__(self, number, **options):
        stream = io.BytesIO(bytes(FRAME_BYTES))
        stream.read()
        Uart.streams += (stream,)
        self.readinto = stream.readinto


class Machine:
    UART = Uart
    Timer = None


class Inputs:
    """Pins, which tell their level when called; as with the real ones no Python lies between."""

    pir = button = staticmethod(gc.isenabled)  # takes nothing, gives 0 here


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


def vehicles(step, count):
    """A frame with up to three vehicles that come one behind the other at 50 km/h, 14 m apart, for ever."""
    away = 54 - step % 10 * 14 // 10
    return vehicles_at([away - 14 * n for n in range(count)])


def vehicles_at(ranges_m):
    targets = b"".join([bytes((0x80, range_m, 1, 50, 20)) for range_m in ranges_m])
    size = bytes((2 + len(targets), 0, len(ranges_m), 0))
    return b"\xf4\xf3\xf2\xf1" + size + targets + b"\xf8\xf7\xf6\xf5"


def make(is_recorded, sees_vehicles):
    """(detection, detector) of a sign that has just started."""
    sys.modules["machine"] = Machine
    from sign.core.config import load
    from sign.core.detector import Detector
    from sign.core.outbox import Outbox
    from sign.core.recorder import Recorder
    from sign.core.uptime import Uptime
    from sign.hal.radar_port import RadarPort
    from sign.services.detection import Detection

    Uart.streams = ()
    ports = [RadarPort({"uart": 2, "rx": 16, "tx": 17}, 256000)]
    site = SITE
    if sees_vehicles:
        ports.append(RadarPort({"uart": 1, "rx": 4, "tx": 5}, 115200))
        site = dict(SITE, second_kind="ld2451")
    detector = Detector(load(site)[0], 0)
    detection = Detection(tuple(ports), Inputs(), detector, Lamps(), Outbox(32, 1), Uptime(0))
    if sees_vehicles:
        learn_directions(detector)
    if is_recorded:
        detection.record(Recorder(detector, ports[0].buffer))
    return detection, detector


def learn_directions(detector):
    """One vehicle that comes from afar tells what its direction byte means."""
    for step in range(60):
        frame = vehicles_at([90 - step])
        detector.feed(frame, len(frame), 100 * step, 1)


def empty_loop():
    begun = time.ticks_us()
    for _ in range(LOOP):
        pass
    return time.ticks_diff(time.ticks_us(), begun)


class Round:
    """Ticks with people in view, each frame followed by an empty loop to compare with.

    The tick that takes a frame is timed alone. The nine others until the next frame are timed in one stretch,
    since one of them takes about as long as the clock's step; what is done in every fourth, eighth or
    sixteenth tick only is in their mean.
    """

    def __init__(self, count, is_recorded, driving):
        self.detection, self.detector = make(is_recorded, driving)
        self.second = [vehicles(step, driving) for step in range(2 * BACK_AND_FORTH)]
        self.frames = [people(step, count) for step in range(2 * BACK_AND_FORTH)]
        self.frame_us, self.idle_us, self.loop_us = [0] * FRAMES, [0] * FRAMES, [0] * FRAMES
        self.now_ms = 0

    def run(self):
        for k in range(FRAMES):
            self.receive(k)
            self.frame_us[k] = self.timed(1)
            self.idle_us[k] = self.timed(FRAME_EVERY - 1)
            self.loop_us[k] = empty_loop()

    def allocated(self):
        """Bytes that the ticks of a round took; by itself, since counting the heap is slow work."""
        taken = 0
        for k in range(FRAMES):
            self.receive(k)
            before = gc.mem_alloc()
            self.timed(FRAME_EVERY)
            taken += gc.mem_alloc() - before
        return taken

    def receive(self, k):
        for port in range(len(Uart.streams)):
            stream, frames = Uart.streams[port], (self.frames, self.second)[port]
            stream.seek(0)
            stream.write(frames[k % len(frames)])
            stream.seek(0)

    def timed(self, count):
        begun = time.ticks_us()
        for _ in range(count):
            self.now_ms += TICK_MS
            self.detection._tick(self.now_ms)
        return time.ticks_diff(time.ticks_us(), begun)


def middle(values):
    return sorted(values)[len(values) // 2]


def measure(rounds, count, is_recorded, driving):
    """Medians of every round, loop and ticks in turn, so that a busy computer slows both."""
    found = {
        "loop_us": [],
        "idle_us": [],
        "frame_us": [],
        "allocated": 0,
        "ticks": 0,
        "tracks": 0,
        "passed": 0,
    }
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        round = Round(count, is_recorded, driving)
        round.run()
        found["allocated"] += round.allocated()
        gc.enable()
        found["loop_us"].append(middle(round.loop_us))
        found["idle_us"].append(middle(round.idle_us) / (FRAME_EVERY - 1))
        found["frame_us"].append(middle(round.frame_us))
        found["ticks"] += 2 * FRAMES * FRAME_EVERY
        found["tracks"] = round.detector.view.tracked
        if driving:
            found["passed"] += sum(round.detector.gate.counts.bins)
    return found


print(json.dumps(measure(*[int(word) for word in sys.argv[1:]])))
