"""Guessing passwords is made slow: after some failures in a row, whoever guesses has to wait."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from gangvakt.errors import LoginLocked

FIRST_LOCK_S = 30
LONGEST_LOCK_S = 900
FORGET_AFTER_S = 3600
MOST_REMEMBERED = 10_000  # keys; the one that failed longest ago goes first


@dataclass
class _Record:
    failures: int = 0
    locked_until_s: float = 0.0
    last_s: float = 0.0


class Throttle:
    """Counts failures in a row of a key (an address, a user); from `locks_at` on, each doubles the wait."""

    def __init__(self, locks_at: int, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._locks_at = locks_at
        self._clock_s = clock_s
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def check(self, key: str) -> None:
        """LoginLocked while the key has to wait."""
        wait_s = self.wait_s(key)
        if wait_s > 0:
            raise LoginLocked(wait_s)

    def wait_s(self, key: str) -> int:
        """How long the key has to wait, in whole seconds; 0: not at all."""
        record = self._records.get(key)
        left_s = record.locked_until_s - self._clock_s() if record else 0
        return int(left_s) + 1 if left_s > 0 else 0

    def failed(self, key: str) -> None:
        now_s = self._clock_s()
        record = self._records.setdefault(key, _Record())
        if now_s - record.last_s > FORGET_AFTER_S:
            record.failures = 0
        record.failures += 1
        record.last_s = now_s
        over = record.failures - self._locks_at
        if over >= 0:
            record.locked_until_s = now_s + min(LONGEST_LOCK_S, FIRST_LOCK_S * 2 ** min(over, 16))
        self._records.move_to_end(key)
        if len(self._records) > MOST_REMEMBERED:
            self._records.popitem(last=False)

    def succeeded(self, key: str) -> None:
        self._records.pop(key, None)
