"""The way to the controller: one MQTT session after another over whatever network there is."""

import time

from sign.compat import const, ticks_diff
from sign.services import log
from sign.services.backoff import Backoff, rest
from sign.services.connector import ConnectError

_POLL_MS = const(500)
_RETRY_FIRST_MS = const(1000)
_RETRY_MAX_MS = const(120_000)
# A session that lived this long proves the broker well: the next try comes soon, and at the same address.
_STABLE_MS = const(30_000)


class Link:
    """`brokers` is ((host, port), ...), tried in turn; during each session `subscriptions()` are asked for
    and `work(client)` runs.

    No session begins before `ready()`. `network` is that below; `keyring` is told what came of each try.
    """

    def __init__(self, network, brokers, connector, client, subscriptions, work, alive, ready, keyring):
        self.keyring = keyring
        self.network = network
        self._brokers = brokers
        self._connector = connector
        self._client = client
        self._subscriptions = subscriptions
        self._work = work
        self._alive = alive
        self._ready = ready
        self._backoff = Backoff(_RETRY_FIRST_MS, _RETRY_MAX_MS)
        self._turn = 0
        self._is_paused = False
        self.busy = False  # a session stands or is being opened, and has its memory

    @property
    def online(self):
        return self._client.is_open

    @property
    def reconnects(self):
        """Sessions opened after the first one."""
        return max(self._client.connects - 1, 0)

    @property
    def closed_reasons(self):
        """How often a connection ended or failed, by reason."""
        return self._client.closed_reasons

    def pause(self):
        """End the session, if there is one; another begins soon, once it is `ready`."""
        self._is_paused = True
        self._client.close("paused")

    @property
    def sessions(self):
        """Sessions opened since the start."""
        return self._client.connects

    async def run(self):
        while True:
            while not (self.network.up and self._ready()):
                await rest(_POLL_MS, self._alive)
            since_ms = time.ticks_ms()
            self.busy = True
            try:
                self.keyring.let_in = await self._session()
            finally:
                self.busy = False
            if self._is_paused or ticks_diff(time.ticks_ms(), since_ms) > _STABLE_MS:
                self._is_paused = False
                self._backoff.reset()
            else:
                self._turn += 1
            await rest(self._backoff.next_ms(), self._alive)

    async def _session(self):
        """True when the broker let the sign in, False when it did not, None when it was not asked."""
        connects = self._client.connects
        host, port = self._brokers[self._turn % len(self._brokers)]
        try:
            stream = await self._connector.open(host, port, self.network.dns_server())
        except ConnectError as error:
            self._client.count(error.reason)
            log.say("broker %s:%d: %s (%s)" % (host, port, error.reason, error.why))
            return None
        except MemoryError:  # a technician has it, for a while
            self._client.count("memory")
            log.say("broker %s:%d: memory" % (host, port))
            return None
        reason = await self._client.run(stream, self._subscriptions(), self._work)
        log.say("broker %s:%d: session ended (%s)" % (host, port, reason))
        return None if reason == "memory" else self._client.connects > connects
