"""Watches a configuration on trial; loaded only meanwhile. What follows is written down by `config_trial`."""

import asyncio
import time

from sign import loading
from sign.compat import const, ticks_diff
from sign.core.probation import losses, verdict
from sign.services import log

_LOOK_MS = const(1_000)
_ROOMS = "hal.store services.config_trial"


async def watch(armed, status):
    """Until the configuration has proved itself, or the one before it is back. Whatever goes wrong here must
    not stop the sign: its next resets end the trial, too."""
    try:
        why = await _judged(armed, status)
        log.say("configuration %d: %s" % (armed.config.version, why or "has proved itself"))
        from sign.services import aside

        await aside.run(armed, status.link, _ROOMS, why)
    except Exception as error:
        log.say("configuration on trial: %r" % error)
    loading.forget("core.probation services.probation")


async def _judged(armed, status):
    before = armed.trial["before"]
    began_ms = time.ticks_ms()
    while True:
        await asyncio.sleep_ms(_LOOK_MS)
        lost = [name for name in losses([name for name, _ in armed.faults.active()]) if name not in before]
        why = verdict(ticks_diff(time.ticks_ms(), began_ms) // 1000, status.is_online(), lost)
        if why is not None:
            return why
