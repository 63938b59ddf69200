"""What the driver reads: the life of one sign after the other, as records.

A record is kind u8, number u8, length u16, gap_ms u32 (little-endian) and `length` bytes. Times are ms since
the sign's beginning; the gap is counted from the record before. A moment is all that sensors sent at a time.

BEGIN  number = 1 when idle stretches may be skipped; bytes = config.json. A new sign at rest, at 0 ms.
BYTES  a moment begins with what a sensor sent; number = its port (0 is the configuration's first radar).
MORE   bytes of the same moment; number = their port.
SAME   the moment before, again after each of some gaps; bytes = the gaps in ms, u16 each; gap_ms is 0.
PIR    the output of the PIR changes to `number`.
END    the sign is watched up to here.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Mapping
from typing import BinaryIO

HEADER = struct.Struct("<BBHI")
BEGIN, BYTES, SAME, PIR, END, MORE = range(6)
MAX_GAPS, MAX_GAP_MS = 1000, 0xFFFF  # of one SAME

Moment = list[tuple[int, bytes]]  # port, bytes


class SignStream:
    """Writes records; a moment that repeats is written once."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._ms = 0
        self._open: Moment = []  # the moment at `_open_ms`, which may go on
        self._open_ms = 0
        self._written: Moment = []
        self._gaps = array("H")  # until its repetitions

    def begin(self, config: Mapping[str, object], *, may_skip: bool = True) -> None:
        """A new sign, with the contents of its config.json."""
        self._ms, self._written = 0, []
        self._write(BEGIN, int(may_skip), 0, json.dumps(config).encode())

    def receive(self, at_ms: int, data: bytes, port: int = 0) -> None:
        """A sensor's bytes, up to 2048; times must not decrease."""
        if self._open and at_ms != self._open_ms:
            self._settle()
        self._open_ms = at_ms
        self._open.append((port, data))

    def repeat(self, count: int, period_ms: int) -> None:
        """The last moment `count` more times, every `period_ms`."""
        self._settle()
        for _ in range(count):
            self._repeated(period_ms)

    def pir(self, at_ms: int, level: bool) -> None:
        """A change of the PIR's output."""
        self._settle()
        self._flush()
        self._write(PIR, int(level), at_ms - self._ms)
        self._ms = at_ms

    def end(self, at_ms: int) -> None:
        """The last moment to be watched."""
        self._settle()
        self._flush()
        self._write(END, 0, at_ms - self._ms)
        self._ms = at_ms

    def _settle(self) -> None:
        """The open moment is complete: one more of its kind, or another one."""
        if not self._open:
            return
        moment, self._open = self._open, []
        gap_ms = self._open_ms - self._ms
        if moment == self._written and 0 < gap_ms <= MAX_GAP_MS:
            self._repeated(gap_ms)
            return
        self._flush()
        self._write(BYTES, moment[0][0], self._open_ms - self._ms, moment[0][1])
        for port, data in moment[1:]:
            self._write(MORE, port, 0, data)
        self._ms, self._written = self._open_ms, moment

    def _repeated(self, gap_ms: int) -> None:
        self._gaps.append(gap_ms)
        self._ms += gap_ms
        if len(self._gaps) == MAX_GAPS:
            self._flush()

    def _flush(self) -> None:
        if self._gaps:
            self._write(SAME, 0, 0, _little_endian(self._gaps))
            del self._gaps[:]

    def _write(self, kind: int, number: int, gap_ms: int, data: bytes = b"") -> None:
        self._out.write(HEADER.pack(kind, number, len(data), gap_ms) + data)


def _little_endian(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()
