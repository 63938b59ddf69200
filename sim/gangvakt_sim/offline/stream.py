"""What the driver reads: the life of one sign after the other, as records.

A record is kind u8, number u8, length u16, gap_ms u32 (little-endian) and `length` bytes. Times are ms since
the sign's beginning; the gap is counted from the record before. A moment is all that sensors sent at a time.

BEGIN  number = 1 when idle stretches may be skipped; bytes = config.json. A new sign at rest, at 0 ms.
BYTES  a moment begins with what a sensor sent; number = its port (0 is the configuration's first radar).
MORE   bytes of the same moment; number = their port.
SAME   the moment before, again every gap_ms; bytes = how often, u32.
PIR    the output of the PIR changes to `number`.
END    the sign is watched up to here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import BinaryIO

HEADER = struct.Struct("<BBHI")
BEGIN, BYTES, SAME, PIR, END, MORE = range(6)
COUNT = struct.Struct("<I")

Moment = list[tuple[int, bytes]]  # port, bytes


class SignStream:
    """Writes records; equal moments at a steady pace become one."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._ms = 0
        self._open: Moment = []  # the moment at `_open_ms`, which may go on
        self._open_ms = 0
        self._written: Moment = []
        self._period_ms = 0
        self._count = 0

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
        if self._count and self._period_ms != period_ms:
            self._flush()
        self._count, self._period_ms = self._count + count, period_ms

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
        gap_ms = self._open_ms - self._ms - self._count * self._period_ms
        if moment == self._written and gap_ms > 0 and (self._count == 0 or gap_ms == self._period_ms):
            self._period_ms = gap_ms
            self._count += 1
            return
        self._flush()
        self._write(BYTES, moment[0][0], self._open_ms - self._ms, moment[0][1])
        for port, data in moment[1:]:
            self._write(MORE, port, 0, data)
        self._ms, self._written = self._open_ms, moment

    def _flush(self) -> None:
        if self._count:
            self._write(SAME, 0, self._period_ms, COUNT.pack(self._count))
            self._ms += self._count * self._period_ms
            self._count = 0

    def _write(self, kind: int, number: int, gap_ms: int, data: bytes = b"") -> None:
        self._out.write(HEADER.pack(kind, number, len(data), gap_ms) + data)
