"""Simpler detectors, fed with what the sign is fed: the PIR alone, presence, and a threshold of distance.

Each warns while it detects, and then for the sign's own hold.
"""

from __future__ import annotations

import math
import struct

from gangvakt_sim.offline.decision import Interval
from gangvakt_sim.world.ld2450 import FRAME_BYTES, HEAD, TAIL

BASELINES = ("pir", "presence", "distance")
SLOTS = struct.Struct("<4H4H4H")
MAGNITUDE = 0x7FFF


class Held:
    """Detections, each prolonged by a hold, as lit intervals."""

    def __init__(self, hold_ms: int) -> None:
        self._hold_ms = hold_ms
        self._lit: list[tuple[int, int]] = []

    def detect(self, from_ms: int, to_ms: int) -> None:
        """Something was detected all the time between; times must not decrease."""
        until_ms = to_ms + self._hold_ms
        if self._lit and from_ms <= self._lit[-1][1]:
            self._lit[-1] = (self._lit[-1][0], max(self._lit[-1][1], until_ms))
        else:
            self._lit.append((from_ms, until_ms))

    def lit(self, end_ms: int) -> list[Interval]:
        """Lit intervals in s; None where one outlasts the end."""
        return [(a / 1000, None if b > end_ms else b / 1000) for a, b in self._lit]


class Baselines:
    """Listens to a sign's sensors; `near_mm` is the threshold of distance."""

    def __init__(self, hold_ms: int, near_mm: float) -> None:
        self._held = {name: Held(hold_ms) for name in BASELINES}
        self._near_mm = near_mm
        self._ms = self.end_ms = 0
        self._nearest_mm = math.inf
        self._pir_since_ms: int | None = None

    def receive(self, at_ms: int, data: bytes, port: int = 0) -> None:
        """A frame; what is none detects nothing."""
        self._ms = at_ms
        self._nearest_mm = nearest_mm(data)
        self._note(at_ms)

    def repeat(self, count: int, period_ms: int) -> None:
        """The same frames."""
        since_ms = self._ms
        self._ms += count * period_ms
        self._note(since_ms)

    def _note(self, since_ms: int) -> None:
        if self._nearest_mm < math.inf:
            self._held["presence"].detect(since_ms, self._ms)
        if self._nearest_mm <= self._near_mm:
            self._held["distance"].detect(since_ms, self._ms)

    def pir(self, at_ms: int, level: bool) -> None:
        """A change of the PIR."""
        if self._pir_since_ms is not None:
            self._held["pir"].detect(self._pir_since_ms, at_ms)
        self._pir_since_ms = at_ms if level else None

    def end(self, at_ms: int) -> None:
        """The last moment."""
        self.pir(at_ms, False)
        self.end_ms = at_ms

    def lit(self, name: str) -> list[Interval]:
        """Lit intervals of one of them, in s."""
        return self._held[name].lit(self.end_ms)


def nearest_mm(frame: bytes) -> float:
    """Range of the nearest target of a LD2450's frame; infinite without one."""
    if len(frame) != FRAME_BYTES or frame[:4] != HEAD or frame[-2:] != TAIL:
        return math.inf
    fields = SLOTS.unpack_from(frame, len(HEAD))
    slots = (fields[0:4], fields[4:8], fields[8:12])
    ranges = [math.hypot(x & MAGNITUDE, y & MAGNITUDE) for x, y, *_ in slots if x or y]
    return min(ranges, default=math.inf)
