"""Keeps the network link up. It knows nothing of brokers: a broker restart never costs the radio link."""

from sign import loading
from sign.compat import const
from sign.services import log
from sign.services.backoff import Backoff, rest

_POLL_MS = const(500)
RETRY_FIRST_MS = 1000
_RETRY_MAX_MS = const(60_000)


class Network:
    """`link` is a WifiLink, LanLink or PppLink; `alive()` is called at least once a second."""

    def __init__(self, link, alive):
        self.link = link
        self._alive = alive
        self._backoff = Backoff(RETRY_FIRST_MS, _RETRY_MAX_MS)
        self.up = False
        self.asleep = False  # for want of power: the radio is off until that ends
        self.drops = 0
        self.permit = None  # a StallPermit for a search on all channels, where somebody listens on one

    def dns_server(self):
        return self.link.dns_server()

    async def run(self):
        is_begun = False
        while True:
            try:
                await self._join(is_begun)
            except MemoryError:  # a technician has it, for a while
                await self.pause()
                continue
            is_begun = True
            await self._stay()
            if not self.asleep:
                await self.pause()

    async def _join(self, is_begun):
        """Who joins is there only meanwhile."""
        from sign.services import joining

        try:
            await joining.join(self, is_begun)
        finally:
            joining = None
            loading.forget("services.joining")

    async def _stay(self):
        self._backoff.reset()
        self.up = True
        log.say("network: up (%s)" % self.link.kind)
        while self.link.is_up() and not self.asleep:
            await self.rest(_POLL_MS)
        self.up = False
        self.drops += not self.asleep
        log.say("network: %s" % ("asleep" if self.asleep else "lost (%s)" % self.link.why_down()))

    async def pause(self):
        """Before the next try."""
        await self.rest(self._backoff.next_ms())

    async def rest(self, ms):
        """Sleep in steps that keep the supervisor informed."""
        await rest(ms, self._alive)
