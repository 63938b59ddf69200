"""An update that was taken: fetched into the slot that does not run, checked, made ready for the next start.

Stepped ten times a second in a session. Flash is written only where a stall costs no warning; what has come
waits for that moment, and nothing more is asked for meanwhile. The states are drawn in UPDATING.md.
"""

import asyncio
import time
from hashlib import sha256

from sign.compat import const, ticks_diff
from sign.hal import app_slot
from sign.services.fetching import BUFFER_BYTES, Fetching, report
from sign.services.stall import StallPermit

_SIGNATURE_BYTES = const(384)  # before the body in what is fetched
_SECTOR = const(4096)
_PIECES = const(16)  # of the body, summed up in one step: 2 ms
_LONG_MS = const(3_600_000)  # somebody has been in view for so long that a restart may cost what it costs

_ERASE, _FETCH, _SUM, _SEAL, _LEAVE, _OVER = range(6)


class Job:
    """`offer` is the message, `status` and `topics` are the sign's."""

    def __init__(self, offer, status, topics):
        self._offer = offer
        self._size = int.from_bytes(offer[18:22], "little")
        self._armed = status.armed
        self._topics = topics
        self._permit = StallPermit(status.armed.detector)
        self._slot = app_slot.of(offer[app_slot.KIND_AT])
        self._fetching = Fetching(topics, offer[22:26])
        self.take = self._fetching.take
        self._state = _ERASE
        self._at = self._slot.received() * _SECTOR  # how far the body has come
        self._sum = self._ready_ms = self.result = None

    async def step(self, client):
        """One step; True when there is no more to do."""
        self._state = await _STEPS[self._state](self, client)
        return self._state == _OVER

    async def _erase(self, client):
        """The sector whose turn it is."""
        if self._at >= self._size:
            self._sum, self._at = sha256(), 0
            return _SUM
        if not self._may_stall():
            return _ERASE
        self._slot.erase(self._at // _SECTOR)
        return _FETCH

    async def _fetch(self, client):
        """A buffer full of it; the next one is asked for at once."""
        fetching = self._fetching
        end = min(self._size, (self._at // _SECTOR + 1) * _SECTOR)
        while True:
            n = min(BUFFER_BYTES, end - self._at)
            if not await fetching.has_come(client, _SIGNATURE_BYTES + self._at, n):
                return await self._refuse(client, "size", self._at) if fetching.is_over else _FETCH
            if not self._may_stall():
                return _FETCH
            self._slot.write(self._at, fetching.buffer[:n])
            fetching.clear()
            self._at += n
            if self._at == end:
                self._slot.note((end - 1) // _SECTOR)
                return _ERASE

    async def _add_up(self, client):
        buffer = self._fetching.buffer
        for _ in range(_PIECES):
            piece = buffer[: min(BUFFER_BYTES, self._size - self._at)]
            if not piece:
                is_right = self._sum.digest() == self._offer[22:54]
                return _SEAL if is_right else await self._refuse(client, "sha256", "another")
            self._slot.read(self._at, piece)
            self._sum.update(piece)
            self._at += len(piece)
            await asyncio.sleep_ms(0)
        return _SUM

    async def _seal(self, client):
        if not self._may_stall():
            return _SEAL
        try:
            self._slot.seal(app_slot.standing(self._armed.faults))
        except OSError:
            return await self._refuse(client, "image", "damaged")
        await report(client, self._topics, self._offer, "ready")
        self._ready_ms = time.ticks_ms()
        return _LEAVE

    async def _leave(self, client):
        """Restart where nobody notices."""
        detector = self._armed.detector
        waits_long = ticks_diff(time.ticks_ms(), self._ready_ms) > _LONG_MS
        is_alone = detector.quiet and not detector.lamps
        if not client.in_flight and (is_alone or (waits_long and self._may_stall())):
            import ladder

            self._armed.put_away()
            ladder.restart()
        return _LEAVE

    def _may_stall(self):
        if not self._permit.granted(time.ticks_ms()):
            return False
        self._permit.taken()
        return True

    async def _refuse(self, client, field, value):
        """What does not keep what was signed will not at another time."""
        self._slot.spoil()
        await report(client, self._topics, self._offer, "refused", (field, value, "what was signed"))
        return _OVER


_STEPS = (Job._erase, Job._fetch, Job._add_up, Job._seal, Job._leave)
