"""Small chores: collecting garbage when it costs no warning, the season, steady light."""

import asyncio
import gc
import time

from sign.compat import const
from sign.hal import clock

_CHORE_MS = const(500)
# Below this much new garbage a collection is not worth its 6 ms.
_WORTHWHILE_BYTES = const(8_192)
# Collections outside our choice come only when nobody left the view for very long; without a bound the heap
# would grow into the memory that TLS needs.
_THRESHOLD_BYTES = const(65_536)


async def run(armed, status, alive):
    """Run the chores of the running sign (app.Armed) for ever; `alive()` is called twice a second."""
    detector = armed.detector
    gc.threshold(_THRESHOLD_BYTES)
    limit = _swept()
    season = None
    while True:
        alive()
        found = status.air_c10(), clock.month_and_hour()[0]
        if found != season:
            season = found
            armed.detection.want_season(*season)
        armed.lamps.shine_steadily(detector.steady)
        if gc.mem_alloc() > limit and detector.stall_allowed(time.ticks_ms()):
            limit = _swept()
        await asyncio.sleep_ms(_CHORE_MS)


def _swept():
    """Collect; what may be in use before it is worth while again. Beside a secure session little is free: the
    collection must come before there is nothing left, or it comes when it will."""
    gc.collect()
    return gc.mem_alloc() + min(_WORTHWHILE_BYTES, gc.mem_free() // 2)
