"""How long to wait before the next try, and the waiting."""

import asyncio
import os
import time

from sign.compat import const, ticks_diff

_POLL_MS = const(500)


async def rest(ms, alive):
    """Wait for `ms`, those of stalls in between included; `alive()` is called twice a second."""
    since_ms = time.ticks_ms()
    while True:
        left_ms = ms - ticks_diff(time.ticks_ms(), since_ms)
        if left_ms <= 0:
            return
        alive()
        await asyncio.sleep_ms(min(left_ms, _POLL_MS))


class Backoff:
    """Doubling delays from `first_ms` to `max_ms`, each drawn from its upper half, so that a town's signs
    do not all come back in the same second."""

    def __init__(self, first_ms, max_ms):
        self._first_ms = first_ms
        self._max_ms = max_ms
        self._step_ms = first_ms

    def reset(self):
        self._step_ms = self._first_ms

    def next_ms(self):
        step_ms = self._step_ms
        self._step_ms = min(step_ms * 2, self._max_ms)
        half_ms = step_ms // 2
        jitter = int.from_bytes(os.urandom(2), "little")
        return step_ms - half_ms + half_ms * jitter // 0xFFFF
