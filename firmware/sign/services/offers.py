"""Updates, as far as it stands all the time: hears of an offer and has `updating` loaded for it.

That is done once a session: an offer is retained, so that each session begins with it.
"""

import sys

from sign import loading
from sign.compat import const

_OFFER_BYTES = const(130)  # version of the contract, attempt, manifest
_REST = const(600)  # steps of a session until the next try where there was no memory


class Offers:
    def __init__(self, status, topics):
        self._status = status
        self._topics = topics
        self._offer = self._job = None
        self._rest = 0

    def take(self, payload):
        """An offer came; what is none takes the last one back."""
        self._forget()
        self._offer = payload if len(payload) == _OFFER_BYTES and payload[0] == 1 else None

    def piece(self, payload):
        if self._job:
            self._job.take(payload)

    async def duty(self, client):
        if not self._offer:
            return
        if self._rest:
            self._rest -= 1
            return
        try:
            if not self._job:
                loading.load(loading.UPDATE)
                from sign.services import updating

                self._job = updating.Update(self._offer, self._status, self._topics)
            done = await self._job.step(client)
        except MemoryError:
            self._rest, done = _REST, False
            self._forget()
        if done:
            self._offer = None
            self._forget()

    def ready(self):
        """Whether a session may begin; nothing of an update is in its way then."""
        self._forget()
        return self._status.armed.has_memory()

    def _forget(self):
        if self._job:
            self._job = None
            loading.forget(loading.UPDATE)
            sys.modules.pop("slots", None)
