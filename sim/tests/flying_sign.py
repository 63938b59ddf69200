"""Run by MicroPython: the whole detection loop with its recorder, in virtual time, at the mercy of dice.

Arguments: folder of the firmware, seed, chance of a tick with trouble (in 1000). Reads the records of
`offline/stream.py`; prints a JSON array a line: `decided now_ms kind [number, ...]` as the outbox was told,
and `recording kind end_ms hex` some time after each event.
"""

import json
import struct
import sys
from array import array
from binascii import hexlify

sys.path.insert(0, sys.argv[1])


class Machine:
    Timer = None


sys.modules["machine"] = Machine

from sign.compat import ticks_add, ticks_diff
from sign.core import events
from sign.core import notes as entries
from sign.core.config import load
from sign.core.detector import Detector
from sign.core.recorder import Recorder
from sign.core.uptime import Uptime
from sign.services.detection import Detection

HEADER = "<BBHI"
BEGIN, BYTES, SAME, PIR, END, MORE = range(6)
KINDS = {events.ACTIVATION_ON: entries.ON, events.ACTIVATION_OFF: entries.OFF}
AFTER_MS = 10_000
HELD_MAX, READ_MAX = 1024, 512


class Dice:
    def __init__(self, seed):
        self._state = seed & 0x3FFFFFFF

    def below(self, n):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % n


class Port:
    def __init__(self, dice):
        self.buffer = bytearray(READ_MAX)
        self.held = b""
        self._dice = dice
        self.splits = False

    def read(self):
        count = min(len(self.held), READ_MAX)
        if self.splits and count:
            count = self._dice.below(count) + 1
        self.buffer[:count] = self.held[:count]
        self.held = self.held[count:]
        return count


class Inputs:
    def __init__(self):
        self.levels = [0, 0]

    def pir(self):
        return self.levels[0]

    def button(self):
        return self.levels[1]


class Lamps:
    def light(self, on):
        pass


class Outbox:
    """Tells what it is told."""

    def __init__(self, sign):
        self._sign = sign
        self._seq = 0

    def add(self, kind, uptime, code=0, a=0, b=0, c=0):
        self._seq += 1
        now_ms = self._sign.now_ms
        if kind == events.ACTIVATION_ON:
            print(json.dumps(["decided", now_ms, entries.ON, [code, a, b, c]]))
        elif kind == events.ACTIVATION_OFF:
            print(json.dumps(["decided", now_ms, entries.OFF, [code, a]]))
        elif code < 5 or 10 < code < 27:  # those of the sensors, which the detector finds
            print(json.dumps(["decided", now_ms, entries.FAULT, [code, int(kind == events.FAULT_ON)]]))
        return self._seq


class Sign:
    def __init__(self, config, seed, trouble):
        self.dice, self.trouble = Dice(seed), trouble
        self.now_ms = self.dice.below(0x3FFFFFFF)  # ticks wrap somewhere
        self.ms = 0
        values, errors = load(config)
        assert not errors, errors
        self.detector = Detector(values, self.now_ms)
        self.ports = (Port(self.dice), Port(self.dice))[: 2 if values.second_kind != "none" else 1]
        self.inputs = Inputs()
        self.recorder = Recorder(self.detector, self.ports[0].buffer)
        self.uptime = Uptime(self.now_ms)
        self.loop = Detection(self.ports, self.inputs, self.detector, Lamps(), Outbox(self), self.uptime)
        self.loop.record(self.recorder)
        self.loop._last_ms = self.now_ms
        self.copy_ms = None

    def run_until(self, ms):
        while self.ms < ms:
            self.tick()

    def tick(self):
        dice, passed_ms = self.dice, 10
        if self.trouble:
            passed_ms += dice.below(3) - 1 if dice.below(8) == 0 else 0
            if dice.below(1000) < self.trouble:
                passed_ms += self.make_trouble(dice.below(6))
        self.ms += passed_ms
        self.now_ms = ticks_add(self.now_ms, passed_ms)
        self.loop._tick(self.now_ms)
        self.take_recording()

    def make_trouble(self, kind):
        """Ms of a stall."""
        if kind == 0:
            return self.dice.below(1200)
        if kind == 1:
            self.inputs.levels[1] ^= 1
        elif kind == 2:
            self.loop.want_season(self.dice.below(300) - 150, 1 + self.dice.below(12))
        elif kind == 3:
            self.loop.want_fault(27 + self.dice.below(3), self.dice.below(2))
        elif kind == 4:
            for port in self.ports:
                port.splits = not port.splits
        else:
            self.inputs.levels[1] = 0
            self.ports[-1].held += bytes([self.dice.below(256) for _ in range(self.dice.below(40))])
        return 0

    def take_recording(self):
        """Guard it soon after the event, and copy it some time later, as a sign does that waits for a quiet
        moment."""
        recorder = self.recorder
        if self.copy_ms is None:
            if recorder.event and ticks_diff(self.now_ms, recorder.event_ms) >= AFTER_MS:
                self.window = recorder.window()
                recorder.guard(self.window[0])
                self.end_ms = self.now_ms
                self.copy_ms = ticks_add(self.now_ms, self.dice.below(60_000 if self.trouble else 3_000))
        elif ticks_diff(self.now_ms, self.copy_ms) >= 0:
            self.copy_ms = None
            self.tell(self.window, recorder.event)
            recorder.taken()

    def tell(self, window, kind):
        copy = bytearray(window[1])
        self.recorder.copy(window[0], copy)
        print(json.dumps(["recording", kind, self.end_ms, hexlify(copy).decode()]))

    def receive(self, port, data):
        port = self.ports[port]
        port.held = (port.held + data)[:HELD_MAX]

    def end(self, ms):
        self.run_until(ms)
        self.end_ms = self.now_ms
        self.recorder.taken()
        window = self.recorder.window()
        if window[1]:
            self.tell(window, 15)


def main():
    source = sys.stdin.buffer
    sign, ms, moment = None, 0, []
    seed, trouble = int(sys.argv[2]), int(sys.argv[3])
    while True:
        header = source.read(struct.calcsize(HEADER))
        if not header:
            return
        kind, number, length, gap_ms = struct.unpack(HEADER, header)
        data = source.read(length) if length else b""
        ms += gap_ms
        if kind == BEGIN:
            sign, ms = Sign(json.loads(data), seed, trouble), 0
            continue
        sign.run_until(ms)
        if kind == BYTES:
            moment = [(number, data)]
            sign.receive(number, data)
        elif kind == MORE:
            moment.append((number, data))
            sign.receive(number, data)
        elif kind == SAME:
            for gap in array("H", data):
                ms += gap
                sign.run_until(ms)
                for port, again in moment:
                    sign.receive(port, again)
        elif kind == PIR:
            sign.inputs.levels[0] = number
        else:
            sign.end(ms)


main()
