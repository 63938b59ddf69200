"""Runs the sign's Detector through a flight recording: one JSON array a line on stdin, and on stdout.

In: `begin config`, `checkpoint hex`, `asked now_ms levels [[port, hex], ...]`, `note kind [number, ...]`. The
first checkpoint is what the detector begins with; each later one is compared with what it knows by then. Out:
`note now_ms kind [number, ...]` for each decision, `checkpoint now_ms equal` for each later one. With
`looks` as second argument also `look now_ms lit mode tracks` whenever one of them changed, each track as
[ident, along the kerb mm, across it mm], positive on the roadway.
"""

import json
import sys
from binascii import unhexlify

sys.path.insert(0, sys.argv[1])

from sign.compat import TICKS_MASK
from sign.core import notes as entries
from sign.core.config import load
from sign.core.detector import EV_FAULT, EV_OFF, EV_ON, Detector
from sign.core.keep_state import keep
from sign.core.recorder import Recorder
from sign.core.tracker import CELLS, IDENT, MAX_TRACKS, S

LOOKS = len(sys.argv) > 2 and sys.argv[2] == "looks"
PER_MM = 16  # of a track's places
FREE = 0  # a track's first cell
ALONG = S + 1
RING_BYTES = 4_096
ENTRY_HEAD = 4  # of a checkpoint


class Keeper:
    """Gives the detector's objects what a checkpoint holds; the counterpart of `recorder.Recorder`."""

    def __init__(self, data):
        self._data, self._at = data, 0
        self.now_ms = self.word(0)
        self.levels = self.word(0)

    def word(self, _):
        value = shift = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value >> 1 ^ -(value & 1)

    def moment(self, _):
        return (self.now_ms - self.word(0)) & TICKS_MASK

    def cells(self, numbers, start, count):
        end = start + count
        while start < end:
            numbers[start] = value = self.word(0)
            start += 1
            if value == 0:
                for _ in range(self._data[self._at] - 1):
                    numbers[start] = 0
                    start += 1
                self._at += 1

    def bytes(self, buffer, count):
        self.cells(buffer, 0, count)

    def check_end(self):
        if self._at != len(self._data):
            raise ValueError("checkpoint: %d bytes, used %d" % (len(self._data), self._at))


class Replay:
    def __init__(self, config):
        values, errors = load(config)
        if errors:
            raise ValueError(errors)
        self._config = values
        self.detector = None
        self._now_ms = self._levels = 0
        self._seen = None

    def checkpoint(self, data):
        if self.detector:
            print(json.dumps(["checkpoint", self._now_ms, self._written() == data]))
            return
        keeper = Keeper(data)
        self.detector = Detector(self._config, keeper.now_ms)
        keep(self.detector, keeper)
        keeper.check_end()
        self._now_ms, self._levels = keeper.now_ms, keeper.levels
        self.detector._take_season()
        self.detector._conclude()

    def asked(self, now_ms, levels, reads):
        detector = self.detector
        self._now_ms, self._levels = now_ms, levels
        for port, data in reads:
            data = unhexlify(data)
            detector.feed(data, len(data), now_ms, port)
        happened = detector.tick(now_ms, levels & 1, levels >> 1, 0)
        if happened & EV_ON:
            self._tell(entries.ON, detector.reason, detector.t_kerb_ms, detector.range_mm, detector.track)
        if happened & EV_OFF:
            self._tell(entries.OFF, detector.off_cause, detector.on_ms)
        if happened & EV_FAULT:
            self._tell(entries.FAULT, detector.fault_code, int(detector.fault_active))
        if LOOKS:
            self._look()

    def _look(self):
        seen = [int(self.detector.lit), self.detector.mode, self._tracks()]
        if seen != self._seen:
            self._seen = seen
            lit, mode, tracks = seen
            print(json.dumps(["look", self._now_ms, lit, mode, tracks]))

    def _tracks(self):
        cells, found = self.detector.view.tracker._tracks, []
        for at in range(0, MAX_TRACKS * CELLS, CELLS):
            if cells[at] != FREE:
                found.append([cells[at + IDENT], cells[at + ALONG] // PER_MM, cells[at + S] // PER_MM])
        return found

    def note(self, kind, numbers):
        """What came from outside the detector."""
        detector = self.detector
        if kind == entries.EXTENDED:
            detector.extend(numbers[0])
        elif kind == entries.SEASON:
            detector.season.winter = numbers[0]
            detector._take_season()
        elif kind == entries.TOLD and numbers[1]:
            detector.faults.set(numbers[0], 0)
        elif kind == entries.TOLD:
            detector.faults.clear(numbers[0])

    def _tell(self, kind, *numbers):
        print(json.dumps(["note", self._now_ms, kind, numbers]))

    def _written(self):
        """What a sign's recorder would write now."""
        recorder = Recorder(self.detector, bytearray(1), RING_BYTES)
        due = recorder.judged(self._now_ms, self._levels & 1, self._levels >> 1, 0)
        recorder.check(self._now_ms, due)
        position, length = recorder.window()
        entry = bytearray(length)
        recorder.copy(position, entry)
        return bytes(entry[ENTRY_HEAD:])


def main():
    replay = None
    for line in sys.stdin:
        kind, *values = json.loads(line)
        if kind == "begin":
            replay = Replay(values[0])
        elif kind == "checkpoint":
            replay.checkpoint(unhexlify(values[0]))
        elif kind == "asked":
            replay.asked(*values)
        else:
            replay.note(*values)
    print(json.dumps(["end"]))


main()
