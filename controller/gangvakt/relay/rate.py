"""How often somebody may ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from gangvakt.errors import LoginLocked

WINDOW_S = 60.0
MOST_REMEMBERED = 10_000


class Rate:
    """At most `most` a minute of each key; a bucket that fills up steadily."""

    def __init__(self, most: int, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock_s = most, clock_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """LoginLocked when there is nothing left."""
        now_s = self._clock_s()
        left, since_s = self._left.pop(key, (float(self._most), now_s))
        left = min(self._most, left + (now_s - since_s) * self._most / WINDOW_S)
        taken = left >= 1
        self._left[key] = (left - 1 if taken else left), now_s
        if len(self._left) > MOST_REMEMBERED:
            self._left.popitem(last=False)
        if not taken:
            raise LoginLocked(int((1 - left) * WINDOW_S / self._most) + 1)
