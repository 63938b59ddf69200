"""What the driver reads: the life of one sign after the other, as records.

A record is kind u8, number u8, length u16, gap_ms u32 (little-endian) and `length` bytes. Times are ms since
the sign's beginning; the gap is counted from the record before.

BEGIN  number = 1 when idle stretches may be skipped; bytes = config.json. A new sign at rest, at 0 ms.
BYTES  what a sensor sent; number = its port (0 is the radar of the sign's configuration).
SAME   the bytes before, again every gap_ms; bytes = how often, u32.
PIR    the output of the PIR changes to `number`.
END    the sign is watched up to here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import BinaryIO

HEADER = struct.Struct("<BBHI")
BEGIN, BYTES, SAME, PIR, END = range(5)
COUNT = struct.Struct("<I")


class SignStream:
    """Writes records; the same bytes at a steady pace become one."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._ms = 0
        self._last: tuple[int, bytes] | None = None
        self._period_ms = 0
        self._count = 0

    def begin(self, config: Mapping[str, object], *, may_skip: bool = True) -> None:
        """A new sign, with the contents of its config.json."""
        self._ms, self._last = 0, None
        self._write(BEGIN, int(may_skip), 0, json.dumps(config).encode())

    def receive(self, at_ms: int, data: bytes, port: int = 0) -> None:
        """A sensor's bytes, up to 2048; times must not decrease."""
        gap_ms = at_ms - self._ms - self._count * self._period_ms
        repeats = self._last == (port, data) and gap_ms > 0
        if repeats and (self._count == 0 or gap_ms == self._period_ms):
            self._period_ms = gap_ms
            self._count += 1
            return
        self._flush()
        self._write(BYTES, port, at_ms - self._ms, data)
        self._ms, self._last = at_ms, (port, data)

    def repeat(self, count: int, period_ms: int) -> None:
        """The last bytes `count` more times, every `period_ms`."""
        if self._count and self._period_ms != period_ms:
            self._flush()
        self._count, self._period_ms = self._count + count, period_ms

    def pir(self, at_ms: int, level: bool) -> None:
        """A change of the PIR's output."""
        self._flush()
        self._write(PIR, int(level), at_ms - self._ms)
        self._ms = at_ms

    def end(self, at_ms: int) -> None:
        """The last moment to be watched."""
        self._flush()
        self._write(END, 0, at_ms - self._ms)
        self._ms = at_ms

    def _flush(self) -> None:
        if self._count:
            self._write(SAME, 0, self._period_ms, COUNT.pack(self._count))
            self._ms += self._count * self._period_ms
            self._count = 0

    def _write(self, kind: int, number: int, gap_ms: int, data: bytes = b"") -> None:
        self._out.write(HEADER.pack(kind, number, len(data), gap_ms) + data)
