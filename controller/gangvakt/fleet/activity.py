"""How often signs warned, hour by hour of the last eight days: the ground for what is usual."""

from __future__ import annotations

from array import array

HOUR_MS = 3_600_000
HOURS = 8 * 24  # a week to compare with, and today
COMPARED_HOURS, COMPARED_DAYS = 6, 7  # the last six complete hours with the same of each day of a week
MOST = 65_535  # of an unsigned 16-bit count; far more than an hour holds


class Activity:
    """Activations of one sign in a ring of hours: 400 bytes a sign, however busy it is."""

    def __init__(self) -> None:
        self._counts = array("H", bytes(2 * HOURS))
        self._newest = 0

    def add(self, at_ms: int, count: int = 1) -> None:
        """Some at UTC `at_ms`; what is older than the ring is not counted."""
        hour = at_ms // HOUR_MS
        self._turn(hour)
        if hour > self._newest - HOURS:
            slot = hour % HOURS
            self._counts[slot] = min(self._counts[slot] + count, MOST)

    def compare(self, now_ms: int) -> tuple[int, tuple[int, ...]]:
        """Activations in the last COMPARED_HOURS complete hours, and in the same hours of each day before."""
        this_hour = now_ms // HOUR_MS
        self._turn(this_hour)
        sums = [self._sum(this_hour - 24 * days) for days in range(COMPARED_DAYS + 1)]
        return sums[0], tuple(sums[1:])

    def _sum(self, before_hour: int) -> int:
        return sum(self._counts[hour % HOURS] for hour in range(before_hour - COMPARED_HOURS, before_hour))

    def _turn(self, hour: int) -> None:
        for new in range(max(self._newest + 1, hour - HOURS + 1), hour + 1):
            self._counts[new % HOURS] = 0
        self._newest = max(self._newest, hour)
