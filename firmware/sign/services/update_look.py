"""An update as long as it is looked at: is something of it here already, and if not, what is its signature?

Loaded with the offer, stepped ten times a second in a session. The states are drawn in UPDATING.md.
"""

from sign.compat import const
from sign.hal import app_slot
from sign.services.fetching import Fetching, report

SIGNATURE_BYTES = const(384)  # before the body in what is fetched

_ONE_SLOT = "kind", "interpreter", "app: there is one slot for it"

_LOOK, _FETCH, _TRIAL, _OVER = range(4)


class Job:
    """`offer` is the message, `status` and `topics` are the sign's; `why` is None, or the refusal that
    `update_check` came to.

    `result` says what follows once `step` says that this job is done: "write", "check" (with `signature`), or
    None.
    """

    def __init__(self, offer, status, topics, why):
        self._offer = offer
        self._topics = topics
        self._why = why
        self._slot = None
        self._fetching = Fetching(topics, offer[22:26])
        self.take = self._fetching.take
        self._state = _LOOK
        self.result = self.signature = None

    async def step(self, client):
        """One step; True when there is no more to do here."""
        self._state = await _STEPS[self._state](self, client)
        return self._state == _OVER

    async def _look(self, client):
        if self._why:
            return await self._say(client, _OVER, "refused", self._why)
        try:
            self._slot = self._slot or app_slot.of(self._offer[app_slot.KIND_AT])
        except OSError:
            return await self._say(client, _OVER, "refused", _ONE_SLOT)
        known = self._slot.known(self._offer[2:], self._offer[1])
        if known == app_slot.FAILED:
            return await self._say(client, _OVER, "failed")
        if known == app_slot.RUNS:
            state, word = (_TRIAL, "trial") if self._slot.is_on_trial() else (_OVER, "installed")
            return await self._say(client, state, word)
        if app_slot.trial() is not None:
            return _LOOK  # the sign may have to return to what the other slot holds, and must not restart
        if known == app_slot.PART:
            self.result = "write"
            return await self._say(client, _OVER, "fetching")
        return _FETCH

    async def _wait(self, client):
        return _TRIAL if self._slot.is_on_trial() else _LOOK

    async def _fetch(self, client):
        if self._fetching.is_over:
            return await self._say(client, _OVER, "refused", ("size", 0, SIGNATURE_BYTES))
        if not await self._fetching.has_come(client, 0, SIGNATURE_BYTES):
            return _FETCH
        self.signature = bytes(self._fetching.buffer[:SIGNATURE_BYTES])
        self.result = "check"
        return _OVER

    async def _say(self, client, state, word, why=None):
        """Report, and be in that state then."""
        await report(client, self._topics, self._offer, word, why)
        return state


_STEPS = (Job._look, Job._fetch, Job._wait)
