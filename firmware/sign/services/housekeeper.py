"""Small chores: collecting garbage when it costs no warning, season, steady light, how long all went well."""

import asyncio
import gc
import time

from esp32 import NVS
from sign.compat import const
from sign.hal import clock

_CHORE_MS = const(500)
# A collection takes 6 to 15 ms by what is alive, however little there is to collect, and the warning of
# another pole may begin in it: so it comes as seldom as memory allows.
_WORTHWHILE_BYTES = const(16_384)
# Collections outside our choice come only when nobody left the view for very long; without a bound the heap
# would grow into the memory that TLS needs.
_THRESHOLD_BYTES = const(131_072)  # of all that was allocated, what was given back at once among it
# The app is proved well after ten minutes, its configuration after an hour more.
_WELL_S = const(600)
_HOUR_S = const(3_600)


async def run(status, alive, healthy):
    """Run the chores of the running sign for ever; `alive()` is called twice a second.

    `healthy(is_told)` is called once the app is proved well, and each hour from then on; `is_told`: what
    failed before this start has been in the status long enough.
    """
    armed = status.armed
    detector = armed.detector
    due_s = _WELL_S
    gc.threshold(_THRESHOLD_BYTES)
    limit = _swept()
    season = None
    while True:
        alive()
        found = status.air_c10(), clock.month_and_hour()[0]
        if found != season:
            season = found
            armed.detection.want_season(*season)
        if status.flight:
            status.flight.poll(time.ticks_ms())
        armed.lamps.shine_steadily(detector.steady)
        if armed.keeper:
            armed.keeper.step(time.ticks_ms())
        if armed.vehicles:
            armed.vehicles.step()
        if armed.poles:
            armed.poles.pulse()
        if detector.stall_allowed(time.ticks_ms()):
            if gc.mem_alloc() > limit:
                limit = _swept()
            if armed.uptime.s >= due_s:
                if due_s > _WELL_S:
                    _note_well(armed.config_sum)
                healthy(due_s > _WELL_S and status.is_online())
                due_s = armed.uptime.s + _HOUR_S
        await asyncio.sleep_ms(_CHORE_MS)


def _swept():
    """Collect; what may be in use before it is worth while again. Beside a secure session little is free: the
    collection must come before there is nothing left, or it comes when it will."""
    gc.collect()
    return gc.mem_alloc() + min(_WORTHWHILE_BYTES, gc.mem_free() // 2)


def _note_well(config_sum):
    """The next start makes this configuration the backup."""
    nvs = NVS("gangvakt")
    nvs.set_i32("well", config_sum)
    nvs.commit()
