"""Keeps the network link up. It knows nothing of brokers: a broker restart never costs the radio link."""

import asyncio
import time

from sign.compat import const, ticks_diff
from sign.services import log
from sign.services.backoff import Backoff

JOIN_TIMEOUT_MS = 15_000
_POLL_MS = const(500)
RETRY_FIRST_MS = 1000
_RETRY_MAX_MS = const(60_000)


class Network:
    """`link` is a WifiLink, LanLink or PppLink; `alive()` is called at least once a second."""

    def __init__(self, link, alive):
        self.link = link
        self._alive = alive
        self._join_ms = getattr(link, "join_ms", JOIN_TIMEOUT_MS)  # some know better how long they take
        self._backoff = Backoff(RETRY_FIRST_MS, _RETRY_MAX_MS)
        self.up = False
        self.asleep = False  # for want of power: the radio is off until that ends
        self.drops = 0
        self.permit = None  # a StallPermit for a search on all channels, where somebody listens on one

    def dns_server(self):
        return self.link.dns_server()

    async def run(self):
        while True:
            while not self._begun():
                await self._rest(self._backoff.next_ms())
            while not self.asleep:
                if await self._join():
                    await self._stay()
                if not self.asleep:
                    await self._rest(self._backoff.next_ms())
            self._tried(self.link.stop)
            while self.asleep:
                await self._rest(_POLL_MS)

    def _begun(self):
        return self._tried(self.link.start)

    async def _join(self):
        """True once the link is up, False when it is refused or takes too long."""
        while self.permit and not self.permit.granted(time.ticks_ms()):
            await self._rest(_POLL_MS)
        if not self._tried(self.link.connect):
            return False
        since_ms = time.ticks_ms()
        while not self.link.is_up():
            if ticks_diff(time.ticks_ms(), since_ms) > self._join_ms:
                log.say("network: not joined (%s)" % self.link.why_down())
                return False
            await self._rest(_POLL_MS)
        return True

    async def _stay(self):
        self._backoff.reset()
        self.up = True
        log.say("network: up (%s)" % self.link.kind)
        while self.link.is_up() and not self.asleep:
            await self._rest(_POLL_MS)
        self.up = False
        self.drops += not self.asleep
        log.say("network: %s" % ("asleep" if self.asleep else "lost (%s)" % self.link.why_down()))

    def _tried(self, action):
        try:
            action()
            return True
        except (OSError, RuntimeError) as error:
            log.say("network: refused (%s)" % error)
            return False

    async def _rest(self, ms):
        """Sleep in steps that keep the supervisor informed."""
        while ms > 0:
            self._alive()
            await asyncio.sleep_ms(min(ms, _POLL_MS))
            ms -= _POLL_MS
