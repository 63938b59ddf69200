"""Keeps what a reset would lose: events go to flash, the time is noted, asked for and remembered.

Records are programmed one by one, each in less than a millisecond; only to make the next sector ready is a
stall. What that takes, and what has to do with time, is loaded for the moment.
"""

import asyncio

from sign import loading
from sign.compat import const
from sign.hal import clock
from sign.services import log
from sign.services.stall import StallPermit

_ROOM = "core.ring_room"
# By steps of half a second. With somebody in view all the time, records are written in spite of that.
_AT_LAST = const(0x3F)
_CROWDED = const(16)  # records in memory that wait for nothing
# A minute after the start, then every nine minutes while nobody has told the time, else every five hours.
_TIME_AT = const(0x80)
_TIME_AGAIN = const(0x3FF)
_STEPS_MASK = const(0x7FFF)


class Keeper:
    """`servers` are asked for the time where the controller does not tell it, as (host, port).

    `told` and `doubt_ms` are what `timekeeping` must know of itself the next time.
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
        ring = outbox.flash
        steps = self._steps = (self._steps + 1) & _STEPS_MASK
        if ring:
            is_quiet = self.armed.detector.stall_allowed(now_ms)
            if is_quiet or outbox.waiting >= _CROWDED or not steps & _AT_LAST:
                outbox.move_all()
            if not ring.is_roomy and self._permit.granted(now_ms):
                self._make_room(ring)
        is_time = steps & _TIME_AGAIN == _TIME_AT and (steps == _TIME_AT or clock.quality() != "utc")
        if self._task is None and (is_time or clock.news != self._news):
            self._news = clock.news
            self._task = asyncio.create_task(self._keep_time())

    def _make_room(self, ring):
        try:
            loading.load(_ROOM)
            from sign.core import ring_room

            ring_room.make_room(ring)
            self._permit.taken()
        except Exception as error:
            log.say("outbox: %r" % error)
        ring_room = None
        loading.forget(_ROOM)

    async def _keep_time(self):
        try:
            loading.load(loading.TIMEKEEPING)
            from sign.services import timekeeping

            await timekeeping.work(self)
        except Exception as error:
            log.say("clock: %r" % error)
        timekeeping = self._task = None
        loading.forget(loading.TIMEKEEPING)
