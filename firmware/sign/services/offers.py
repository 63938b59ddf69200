"""Updates, as far as that stands all the time: hears of an offer, and has those loaded who see to it.

An offer is retained, so that each session begins with it: what was under way goes on then.
"""

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
        if self._rest:
            self._rest -= 1
        elif self._offer:
            try:
                await self._step(client)
            except MemoryError:
                self._forget()
                self._rest = _REST

    def ready(self):
        """Whether a session may begin; nothing of an update is in its way then."""
        self._forget()
        return self._status.armed.has_memory()

    async def _step(self, client):
        if not self._job:
            loading.load(loading.UPDATE)
            from sign.services import update_look as room

            self._job = room.Job(self._offer, self._status, self._topics)
        goes_on = await self._job.step(client)
        if goes_on is None:
            return
        self._forget()
        if goes_on:
            loading.load(loading.WRITING)
            from sign.services import update_write as room

            self._job = room.Job(self._offer, self._status, self._topics)
        else:
            self._offer = None

    def _forget(self):
        if self._job:
            self._job = None
            loading.forget(loading.UPDATE + loading.WRITING)
