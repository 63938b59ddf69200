"""Keeps what a reset would lose: events go to flash, the time is noted, asked for and remembered.

Records are programmed one by one, each in less than a millisecond. What takes a stall or has to do with time
is in `upkeep`, which is loaded for the moment.
"""

import asyncio

from sign import loading
from sign.compat import const
from sign.hal import clock
from sign.services import log
from sign.services.stall import StallPermit

# By steps of half a second. With somebody in view all the time, records are written in spite of that.
_AT_LAST = const(0x3F)
_CROWDED = const(16)  # records in memory that wait for nothing
# A minute after the start, then every nine minutes while nobody has told the time, else every five hours.
_TIME_AT = const(0x80)
_TIME_AGAIN = const(0x3FF)
_STEPS_MASK = const(0x7FFF)


class Keeper:
    """`servers` are asked for the time where the controller does not tell it, as (host, port).

    `told` and `doubt_ms` are what `upkeep` must know of itself the next time.
    """

    def __init__(self, armed, status, servers):
        self.armed = armed
        self.status = status
        self.servers = servers
        self.told = self.doubt_ms = None
        self._permit = StallPermit(armed.detector)
        self._steps = self._news = 0
        self._task = None

    def step(self, now_ms):
        """The housekeeper calls it twice a second. It never fails."""
        outbox = self.armed.outbox
        steps = self._steps = (self._steps + 1) & _STEPS_MASK
        is_crowded = outbox.waiting >= _CROWDED or not steps & _AT_LAST
        if is_crowded or self.armed.detector.stall_allowed(now_ms):
            outbox.move_all()
        if self._task is None:
            ring = outbox.flash
            is_stall = ring and not ring.is_roomy and self._permit.granted(now_ms)
            if is_stall:
                self._permit.taken()
            if is_stall or self._is_time():
                self._task = asyncio.create_task(self._work(is_stall))

    def _is_time(self):
        if clock.news != self._news:
            self._news = clock.news
            return True
        at = self._steps
        return at & _TIME_AGAIN == _TIME_AT and (at == _TIME_AT or clock.quality() != "utc")

    async def _work(self, is_stall):
        try:
            from sign.services import upkeep

            await upkeep.work(self, is_stall)
        except Exception as error:
            log.say("upkeep: %r" % error)
        upkeep = self._task = None
        loading.forget("services.upkeep")
