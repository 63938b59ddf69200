"""Which lamp the pattern lets shine at a moment, for those who measure while it does."""

from array import array

from sign.compat import const, ticks_diff
from sign.core.patterns import CLOCK_DIV, RMT_SOURCE_HZ

UNSURE = const(-1)
_EDGE_MS = const(30)  # a lamp driver's rise and fall, and what the phase may drift
_EDGE_SHARE = const(4)  # of the shortest step at most, or nothing would be left of it
# 51 ms are 16000 ticks of the hardware, to the tick; in two factors, so that products stay small ints.
_PART_MS = CLOCK_DIV // 5
_PART_TICKS = RMT_SOURCE_HZ // 5_000
_FACTOR = const(128)


class Slots:
    """Follows the loop that runs in the hardware since `started_ms`; `at` allocates nothing.

    Counted in the hardware's own ticks, so rounding adds up to nothing; the few clocks between two passes
    may. Then left and right blur, which alternating lamps that draw the same forgive and dark steps would
    not.
    """

    def __init__(self, pattern, started_ms):
        ends, lamps, end_us = [], [], 0
        for step_us, left, right in pattern.steps:
            end_us += step_us
            ends.append((end_us * (RMT_SOURCE_HZ // 1_000_000) + CLOCK_DIV // 2) // CLOCK_DIV)
            lamps.append(left | right << 1)
        self._ends, self._lamps = array("i", ends), bytes(lamps)
        shortest_us = min(step[0] for step in pattern.steps)
        edge_us = min(_EDGE_MS * 1000, shortest_us // _EDGE_SHARE)
        self._edge = edge_us * (RMT_SOURCE_HZ // 1_000_000) // CLOCK_DIV
        self._ticks = self._rest = 0
        self._last_ms = started_ms

    def at(self, now_ms):
        """Mask of the lamps lit now (1 left, 2 right), UNSURE near a change; ask at least every 6 days."""
        self._advance(now_ms)
        start = 0
        for i in range(len(self._lamps)):
            end = self._ends[i]
            if self._ticks < end:
                near_start = self._ticks - start < self._edge and self._lamps[i - 1] != self._lamps[i]
                near_end = end - self._ticks < self._edge and self._after(i) != self._lamps[i]
                return UNSURE if near_start or near_end else self._lamps[i]
            start = end
        return UNSURE

    def _after(self, i):
        return self._lamps[i + 1] if i + 1 < len(self._lamps) else self._lamps[0]

    def _advance(self, now_ms):
        passed_ms = ticks_diff(now_ms, self._last_ms)
        if passed_ms <= 0:
            return
        self._last_ms = now_ms
        period = self._ends[-1]
        parts = passed_ms // _PART_MS % period
        ticks = parts * (_PART_TICKS // _FACTOR) % period * _FACTOR % period
        rest = passed_ms % _PART_MS * _PART_TICKS + self._rest
        self._rest = rest % _PART_MS
        self._ticks = (self._ticks + ticks + rest // _PART_MS) % period
