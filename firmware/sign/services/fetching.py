"""Fetches what an update consists of, a little at a time: `fetch` and `piece` in the wire contract."""

import time
from binascii import hexlify

from sign.compat import const, ticks_diff
from sign.services.pieces import pieces

BUFFER_BYTES = const(768)
_HEAD_BYTES = const(9)  # version, how the SHA-256 of the body begins (four), place (four)
_PATIENCE_MS = const(5_000)  # until what did not come is asked for again


class Fetching:
    """`topics` are the sign's; `mark` is how the SHA-256 of the body begins, four bytes of it."""

    def __init__(self, topics, mark):
        self._topic = topics.of("fetch")
        self._mark = mark
        self.buffer = memoryview(bytearray(BUFFER_BYTES))
        self.clear()
        self.is_over = False  # the other side has no more

    def clear(self):
        """What came was used: the next may be asked for."""
        self._at = self._want = self._have = 0
        self._asked_ms = None

    def take(self, payload):
        """A piece; True for what was not asked for. An empty one says that there is no more."""
        n = len(payload) - _HEAD_BYTES
        if not 0 <= n <= self._want - self._have or payload[0] != 1 or payload[1:5] != self._mark:
            return True
        if int.from_bytes(payload[5:_HEAD_BYTES], "big") != self._at + self._have:
            return True
        self.is_over = n == 0 and self._have < self._want
        self.buffer[self._have : self._have + n] = payload[_HEAD_BYTES:]
        self._have += n

    async def has_come(self, client, at, n):
        """Whether all `n` bytes from place `at` on are in the buffer; else they are asked for."""
        self._at, self._want = at, n
        if self._have == n:
            return True
        now_ms = time.ticks_ms()
        if self._asked_ms is None or ticks_diff(now_ms, self._asked_ms) > _PATIENCE_MS:
            self._asked_ms = now_ms
            at, n = at + self._have, n - self._have
            wanted = {"v": 1, "id": hexlify(self._mark).decode(), "at": at, "n": n}
            await client.publish(self._topic, pieces(wanted))
        return False


async def report(client, topics, offer, state, why=None):
    """Say how it stands with an offer. `why` is (field, value, allowed)."""
    told = {"v": 1, "id": hexlify(offer[22:26]).decode(), "attempt": offer[1], "state": state}
    if why:
        told["field"], told["value"], told["allowed"] = why
    await client.publish(topics.of("update/reported"), pieces(told), 1, True)
