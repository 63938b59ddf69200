"""Updates, as far as that stands all the time: hears of an offer, and has those loaded who see to it.

An offer is retained, so that each session begins with it: what was under way goes on then.
"""

import asyncio

from sign import loading
from sign.compat import const

_OFFER_BYTES = const(130)  # version of the contract, attempt, manifest


class Offers:
    def __init__(self, status, topics):
        self._status = status
        self._topics = topics
        self._offer = self._job = self._signature = None
        self._why = None  # the last offer, and why it was refused
        # The heap was in too small pieces: once, what is needed is loaded before the next session. Where that
        # does not help there is no update before the next start, for events need the session more.
        self._is_tight = self._was_tight = False
        self._task = None

    def take(self, payload):
        """An offer came; what is none takes the last one back. True where it is not empty either."""
        self._forget()
        self._offer = payload if len(payload) == _OFFER_BYTES and payload[0] == 1 else None
        return self._offer is None and len(payload) > 0

    def piece(self, payload):
        """A piece of what is fetched came; True for one that nobody asked for."""
        return self._job.take(payload) if self._job else True

    async def duty(self, client):
        if self._offer:
            try:
                await self._step(client)
            except MemoryError:
                self._forget()
                self._offer = None
                if not self._was_tight:
                    self._is_tight = self._was_tight = True
                    client.close("memory")

    def ready(self):
        """Whether a session may begin; nothing of an update is in its way then."""
        self._forget()
        if self._signature:
            self._task = asyncio.create_task(self._check(self._signature))
            self._signature = b""
        if self._signature is not None or not self._status.armed.has_memory():
            return False
        if self._is_tight:
            self._is_tight = False
            self._load(loading.UPDATE + loading.WRITING)
        return True

    async def _step(self, client):
        if not self._job:
            loading.load(loading.UPDATE)
            from sign.services import update_look as room

            refused = self._why and self._why[0] == self._offer
            self._job = room.Job(self._offer, self._status, self._topics, refused and self._why[1])
        job = self._job
        if not await job.step(client):
            return
        self._job = None
        if job.result == "write":
            job = None
            loading.forget("services.update_look")
            loading.load(loading.WRITING)
            from sign.services import update_write as room

            self._job = room.Job(self._offer, self._status, self._topics)
            return
        self._forget()
        if job.result:
            self._signature = job.signature
            client.close("update")
        else:
            self._offer = None

    def _load(self, rooms):
        try:
            loading.load(rooms)
        except MemoryError:
            pass  # then there is no session either

    async def _check(self, signature):
        """Between two sessions."""
        try:
            loading.load(loading.CHECK)
            from sign.services import update_check

            self._why = self._offer, await update_check.check(self._status, self._offer, signature)
        except Exception as error:  # none of it may keep the sign from connecting
            self._why = self._offer, ("memory", str(error), "an update that can be looked at")
        update_check = None
        loading.leave(loading.CHECK)
        self._signature = self._task = None

    def _forget(self):
        self._job = None
        loading.forget(loading.UPDATE + loading.WRITING)
