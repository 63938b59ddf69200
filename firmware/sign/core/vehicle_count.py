"""How many vehicles come, and how fast: each is counted once, by its speed where it passes a line. Pure.

A LD2451 numbers nobody, so a report is held against where the vehicles of the one before must be by now. One
is followed from `_FROM_MM` on and counted at `_LINE_MM`; between the two is more than the noise of its range,
so none is counted twice. The radar sees the speed along its beam: at the line, with 3 m from pole to lane,
that is 2 % less than the vehicle's.
"""

from array import array

from sign.compat import TICKS_MASK, const
from sign.core.events import BIN_BITS, BIN_MOST, BINS_PER_RECORD, KMH_PER_BIN, PERIOD_BITS, PERIOD_MOST

RECORDS = const(4)
BINS = const(36)  # of all records; the last one has all that is faster

_LINE_MM = const(15_000)  # the radar loses vehicles below 10 m
_FROM_MM = const(21_000)
_FAR_MM = const(50_000)  # within that there are no more than a few at a time
_LEAST_KMH = const(10)  # slower is no vehicle that passes
_SLOTS = const(8)  # four vehicles: range_mm, 0 where there is none, and ms of its last report
_APART_MM = const(6_000)  # reports of one vehicle; the range comes in whole metres, with noise
_FORGET_MS = const(1_500)
_FIELDS = const(5)  # of a target, as FIELDS_PER_TARGET


class VehicleCount:
    """`bins` are vehicles by speed, KMH_PER_BIN each, since they were packed last."""

    def __init__(self):
        self.bins = array("H", bytes(2 * BINS))
        self._followed = array("i", bytes(4 * _SLOTS))
        self.is_full = False

    def frame(self, targets, count, approaching, now_ms):
        """Take a report of the driver `Ld2451`; `approaching` is the direction nearer. Allocates nothing."""
        for at in range(0, count * _FIELDS, _FIELDS):
            if targets[at + 2] == approaching and targets[at + 1] <= _FAR_MM:
                self._follow(targets[at + 1], targets[at + 3], now_ms)

    def _follow(self, range_mm, speed_mm_s, now_ms):
        followed = self._followed
        free = mine = -1
        nearest_mm = _APART_MM
        for at in range(0, _SLOTS, 2):
            before_mm = followed[at]
            passed_ms = (now_ms - followed[at + 1]) & TICKS_MASK
            if not before_mm or passed_ms > _FORGET_MS:
                followed[at] = 0
                free = at
            elif passed_ms:  # else it is that of another target of this report
                apart_mm = abs(before_mm - range_mm - speed_mm_s * passed_ms // 1000)
                if apart_mm < nearest_mm:
                    nearest_mm, mine = apart_mm, at
        if mine >= 0 and range_mm <= _LINE_MM:
            followed[mine] = 0
            self._count((speed_mm_s * 9 + 1250) // 2500)
            return
        if mine < 0 and range_mm >= _FROM_MM:
            mine = free
        if mine >= 0:
            followed[mine], followed[mine + 1] = range_mm, now_ms

    def _count(self, kmh):
        if kmh < _LEAST_KMH:
            return
        at = min(kmh // KMH_PER_BIN, BINS - 1)
        if self.bins[at] < BIN_MOST:
            self.bins[at] += 1
        if self.bins[at] == BIN_MOST:
            self.is_full = True

    def is_empty(self, number):
        """Whether a record of that number would tell of nobody."""
        for at in range(number * BINS_PER_RECORD, (number + 1) * BINS_PER_RECORD):
            if self.bins[at]:
                return False
        return True

    def pack(self, number, period_s):
        """(code, a, b, c) of the record of that number, 0..RECORDS - 1; its bins begin anew.

        Not between two steps of `frame`: in the scheduler's turn, as that is.
        """
        first = number * BINS_PER_RECORD
        code = number << PERIOD_BITS | min(period_s, PERIOD_MOST)
        packed = code, self._three(first), self._three(first + 3), self._three(first + 6)
        self.is_full = False
        return packed

    def _three(self, at):
        bins = self.bins
        word = bins[at] | bins[at + 1] << BIN_BITS | bins[at + 2] << 2 * BIN_BITS
        bins[at] = bins[at + 1] = bins[at + 2] = 0
        return word
