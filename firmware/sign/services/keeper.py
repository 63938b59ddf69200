"""Keeps what a reset would lose: events go to flash, the clock is asked for and remembered.

Records are programmed one by one, a fraction of a millisecond each; only to erase ahead takes a stall.
"""

import asyncio
import time

from sign import loading
from sign.compat import const, micropython, ticks_diff
from sign.core import events
from sign.hal import clock
from sign.services import log
from sign.services.stall import StallPermit

_STEP_MS = const(250)
# Beside a session the acknowledgement mostly comes first, and saves the flash a record.
_SENT_MS = const(5_000)
_AT_LAST_MS = const(30_000)  # with somebody in view all the time
_CROWDED = const(20)  # records in memory that wait for nothing
_TIME_STEPS = const(40)
_NTP_AFTER = const(3)  # such rounds with a network: by then the controller has mostly told the time
_NTP_AGAIN_MAX = const(360)
_JUMP_MS = const(2_000)
_SAVE_AFTER_S = const(21_600)
_DAY_MS = const(86_400_000)


class Keeper:
    """`servers` are asked for the time where the controller does not tell it, as (host, port). `alive()` is
    called several times a second."""

    def __init__(self, armed, status, servers, alive):
        self._armed = armed
        self._status = status
        self.servers = servers
        self.alive = alive
        self._permit = StallPermit(armed.detector)
        self._since_ms = None
        self._rounds = _NTP_AFTER
        self._again = _NTP_AFTER
        self._base_ms = 0  # UTC at uptime 0, as last recorded
        self._quality = None
        self._saved_s = 0
        self.doubt_ms = None  # by how much a time server would move the clock, which none has confirmed

    async def run(self):
        step = 0
        while True:
            self.alive()
            self.keep_events(time.ticks_ms())
            step = (step + 1) % _TIME_STEPS
            if step == 0:
                await self._keep_time()
            await asyncio.sleep_ms(_STEP_MS)

    def keep_events(self, now_ms):
        """Move what is in memory, and make room for more, if this is the moment."""
        outbox = self._armed.outbox
        if not outbox.flash:
            return
        if not outbox.waiting:
            self._since_ms = None
        elif self._since_ms is None:
            self._since_ms = now_ms
        else:
            waited_ms = ticks_diff(now_ms, self._since_ms)
            is_quiet = self._armed.detector.stall_allowed(now_ms)
            if (
                waited_ms >= _AT_LAST_MS
                or outbox.waiting >= _CROWDED
                or (is_quiet and (waited_ms >= _SENT_MS or not self._status.is_online()))
            ):
                while outbox.move():
                    pass
        if outbox.flash.wants_room() and self._permit.granted(now_ms):
            outbox.flash.make_room()
            self._permit.taken()

    async def _keep_time(self):
        self._note_time()
        is_due = clock.is_sure and time.time() - self._saved_s > _SAVE_AFTER_S
        if is_due and self._armed.detector.stall_allowed(time.ticks_ms()):
            self._saved_s = time.time()
            await self._with_room("save")
        if not self._status.link or clock.quality() == "utc":
            return
        self.network = self._status.link.network
        if not self.network.up:
            return
        self._rounds -= 1
        if self._rounds <= 0:
            self._again = self._rounds = min(self._again * 2, _NTP_AGAIN_MAX)
            await self._with_room("ask")

    async def _with_room(self, name):
        """Run a function of the room that is there only meanwhile."""
        try:
            loading.load(loading.TIMEKEEPING)
            from sign.services import timekeeping

            await getattr(timekeeping, name)(self)
        except Exception as error:
            log.say("clock: %r" % error)
        timekeeping = None
        loading.forget(loading.TIMEKEEPING)

    def _note_time(self):
        """Record how UTC and uptime belong together, when that is news: it restamps what came before."""
        now_ms, quality = clock.utc_ms(), clock.quality()
        if now_ms is None:
            return
        base_ms = now_ms - self._armed.uptime.total_ms()
        if quality != self._quality or abs(base_ms - self._base_ms) > _JUMP_MS:
            self.note(events.CLOCK_SET, 0, now_ms // _DAY_MS, now_ms % _DAY_MS)
            self._quality, self._base_ms = quality, base_ms

    def note(self, kind, code, a, b, c=0):
        """Record an event; the tick, which alone may, lets it in between two of its turns."""
        outbox = self._armed.outbox
        micropython.schedule(outbox.note, (kind, self._armed.uptime, code, a, b, c))
