"""Work that needs the memory of a session, at a moment that allows a stall; loaded only for it."""

import asyncio
import sys
import time

from sign import loading
from sign.compat import const
from sign.services import log
from sign.services.stall import StallPermit

_STEP_MS = const(100)
_RESTART_STEPS = const(36_000)


async def run(armed, link, rooms, what):
    """Have `run(armed, what)` of the last of the rooms work without a session; where it says so the sign
    starts again then. What goes wrong is told in the log."""
    while armed.borrowed:
        await asyncio.sleep_ms(_STEP_MS)
    armed.borrowed = rooms
    starts_again = False
    try:
        await _good_moment(armed, link)
        loading.load(rooms)
        starts_again = await sys.modules[loading.names(rooms)[-1]].run(armed, what)
    except Exception as error:
        log.say("%s: %r" % (rooms, error))
    loading.leave(rooms)
    armed.borrowed = ""
    if starts_again:
        await _restart(armed)
    loading.forget("services.aside")


async def _good_moment(armed, link):
    permit = StallPermit(armed.detector)
    if link:
        link.pause()
    while (link and link.busy) or not permit.granted(time.ticks_ms()):
        await asyncio.sleep_ms(_STEP_MS)


async def _restart(armed):
    """Once nobody is in view and the lamps are dark; in an hour whatever there is."""
    for _ in range(_RESTART_STEPS):
        if armed.detector.quiet and not armed.detector.lamps:
            break
        await asyncio.sleep_ms(_STEP_MS)
    armed.put_away()
    import ladder

    ladder.restart()
