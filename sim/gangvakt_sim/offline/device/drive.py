"""Runs the sign's Detector in virtual time: records on stdin, decisions as lines on stdout.

The records are described in `gangvakt_sim/offline/stream.py`. A tick comes every 10 ms of virtual time; bytes
are read at the first tick that is not before them, as the detection service does on the sign. Lines: `on t_ms
reason t_kerb_ms range_mm track`, `off t_ms cause`, `fault t_ms code active`, `end t_ms ticks_stepped`.
"""

import json
import struct
import sys
from array import array

sys.path.insert(0, sys.argv[1])

from sign.compat import const, ticks_add
from sign.core.config import load
from sign.core.detector import EV_FAULT, EV_OFF, EV_ON, Detector
from sign.core.events import OFF_CAUSES, REASONS
from sign.core.faults import name

HEADER = "<BBHI"
HEADER_BYTES = struct.calcsize(HEADER)
BEGIN, BYTES, SAME, PIR, END, MORE = range(6)
PORTS = const(2)
RX_BUFFER_BYTES = const(1024)  # as the sign's UART has
TICK_MS = const(10)

# Where the same moment repeats and the sign is idle, time leaps, but never over or close to a full 10 s: then
# the health of the sensors is weighed, one by one.
WEIGHED_MS = const(10_000)
STEPPED_MS = const(200)
# What was seen last is in no track and no frame's memory any more, and has been held against the PIR's pulse.
SETTLED_MS = const(3_500)


class Clock:
    """Virtual time since the beginning: ticks as the chip has them, and whole ms for as long as 12 days."""

    def __init__(self):
        self.ms = self.ticks = 0

    def add(self, ms):
        self.ms += ms
        self.ticks = ticks_add(self.ticks, ms)


class Driver:
    """One sign from its beginning to its end."""

    def __init__(self, config, may_skip):
        values, errors = load(config)
        if errors:
            raise ValueError(errors)
        self.clock = Clock()
        self.detector = Detector(values, 0)
        self._may_skip = may_skip
        self._held = [bytearray(RX_BUFFER_BYTES) for _ in range(PORTS)]
        self._held_bytes = [0] * PORTS
        self._moment = []  # (port, bytes) of all that came last
        self._pir = 0
        self._busy_ms = 0
        self.stepped = 0

    def run_until(self, ms):
        """All ticks before `ms`."""
        while self.clock.ms + TICK_MS < ms:
            self._tick()

    def begin_moment(self, ms):
        """Bytes come at `ms`."""
        self.run_until(ms)
        self._moment = []

    def receive(self, port, data):
        """Bytes of this moment; beyond what the UART holds they are lost."""
        self._moment.append((port, data))
        self._hold(port, data)

    def _hold(self, port, data):
        begin = self._held_bytes[port]
        end = min(RX_BUFFER_BYTES, begin + len(data))
        self._held[port][begin:end] = data[: end - begin]
        self._held_bytes[port] = end

    def _again(self):
        for port, data in self._moment:
            self._hold(port, data)

    def repeat(self, gaps_ms, ms):
        """The last moment again after each of the gaps, counted from `ms`; when the last of them is."""
        last_ms = ms + sum(gaps_ms)
        next_ms = ms
        after_ms = 0  # those up to there have been leapt over
        for gap_ms in gaps_ms:
            next_ms += gap_ms
            if next_ms <= after_ms:
                continue
            self.run_until(next_ms)
            after_ms = self._leap(next_ms, last_ms) if self._may_skip else 0
            self._again()  # after a leap the last of them, late: the radar has not been silent
        return last_ms

    def pir(self, level, ms):
        self.run_until(ms)
        self._pir = level

    def end(self, ms):
        self.run_until(ms + TICK_MS)
        print("end", self.clock.ms, self.stepped)

    def _tick(self):
        self.clock.add(TICK_MS)
        self.stepped += 1
        now = self.clock.ticks
        detector = self.detector
        for port in range(PORTS):
            count = self._held_bytes[port]
            if count:
                detector.feed(self._held[port], count, now, port)
                self._held_bytes[port] = 0
        happened = detector.tick(now, self._pir, 0, self.clock.ms // 1000)
        if happened:
            self._tell(happened)
        if self._pir or not detector.quiet:
            self._busy_ms = self.clock.ms

    def _leap(self, next_ms, last_ms):
        """Leap over repetitions that change nothing; up to which time, 0 for none."""
        if not self._idle():
            return 0
        now_ms = self.clock.ms
        to_ms = min(now_ms // WEIGHED_MS * WEIGHED_MS + WEIGHED_MS, last_ms // TICK_MS * TICK_MS) - STEPPED_MS
        if to_ms <= next_ms:
            return 0
        self.clock.add(to_ms - now_ms)
        return to_ms

    def _idle(self):
        settled = self.clock.ms - self._busy_ms >= SETTLED_MS and self.clock.ms % WEIGHED_MS > STEPPED_MS
        return settled and self.detector.quiet and not (self._pir or self.detector.health.pending)

    def _tell(self, happened):
        detector, ms = self.detector, self.clock.ms
        if happened & EV_ON:
            reason = REASONS.split()[detector.reason]
            print("on", ms, reason, detector.t_kerb_ms, detector.range_mm, detector.track)
        if happened & EV_OFF:
            print("off", ms, OFF_CAUSES.split()[detector.off_cause])
        if happened & EV_FAULT:
            print("fault", ms, name(detector.fault_code), int(detector.fault_active))


def main():
    source = sys.stdin.buffer
    driver, ms = None, 0
    while True:
        header = source.read(HEADER_BYTES)
        if not header:
            return
        kind, number, length, gap_ms = struct.unpack(HEADER, header)
        data = source.read(length) if length else b""
        ms += gap_ms
        if kind == BYTES:
            driver.begin_moment(ms)
            driver.receive(number, data)
        elif kind == MORE:
            driver.receive(number, data)
        elif kind == SAME:
            ms = driver.repeat(array("H", data), ms)
        elif kind == PIR:
            driver.pir(number, ms)
        elif kind == BEGIN:
            driver, ms = Driver(json.loads(data), number), 0
        else:
            driver.end(ms)


main()
