"""One update, from the offer to the restart: loaded with the offer, stepped ten times a second in a session.

The states and what leads from one to the next are drawn in UPDATING.md. Each step is short, writes flash only
where a stall costs no warning, and asks for more only when it has room for it.
"""

import asyncio
import gc
import time
from binascii import hexlify
from hashlib import sha256
from sys import implementation

import slots
from sign import loading
from sign.compat import const, ticks_diff
from sign.core import faults as codes
from sign.hal.app_slot import FAILED, PART, RUNS, WHOLE, AppSlot
from sign.proto.manifest import KINDS, TRUSTED, Manifest, refusal, sequence_of
from sign.services.pieces import pieces
from sign.services.stall import StallPermit
from sign.version import VERSION

_KEY_BYTES = const(384)
_SIGNATURE_BYTES = const(384)  # before the body in what is fetched
_SECTOR = const(4096)
_BUFFER_BYTES = const(768)
_PIECE_HEAD = const(9)  # version, four of the sum, place
_PATIENCE_MS = const(5_000)  # until what did not come is asked for again
_RSA_STEPS = const(4)  # of 2 ms, in each tenth of a second
_SUM_PIECES = const(16)
_RSA_BYTES = const(6_000)  # free memory below which a verification collects, where it may
_RESTART_MS = const(3_600_000)  # somebody has been in view for so long: a restart costs as much as any stall

_LOOK, _SIGNATURE, _VERIFY, _CLEAR, _FETCH, _SUM, _SEAL, _LEAVE, _TRIAL, _OVER = range(10)


class Update:
    """`offer` is the message, `status` the running sign's."""

    def __init__(self, offer, status, topics):
        self._manifest = offer[2:]
        self._attempt = offer[1]
        self._found = Manifest(self._manifest)
        self._status = status
        self._reports = topics.update + "/reported"
        self._fetches = topics.piece[: -len("piece")] + "fetch"
        self._detector = status.armed.detector
        self._permit = StallPermit(self._detector)
        self._slot = AppSlot()
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))
        self._state = _LOOK
        self._want = self._have = self._at = 0  # of what was asked for: bytes, how many have come, from where
        self._asked_ms = None
        self._sector, self._done = None, 0
        self._signature = self._work = None
        self._is_short = False

    async def step(self, client):
        """One step; True when there is nothing more to do."""
        state = await _STEPS[self._state](self, client)
        if state != self._state:
            self._state = state
            self._permit.taken()
        return state == _OVER

    def take(self, payload):
        """A piece of what was asked for; anything else is ignored. An empty one: there is no more."""
        n = len(payload) - _PIECE_HEAD
        if n < 0 or payload[0] != 1 or payload[1:5] != self._found.sum[:4] or n > self._want - self._have:
            return
        if int.from_bytes(payload[5:_PIECE_HEAD], "big") != self._at + self._have:
            return
        self._is_short = n == 0 and self._have < self._want
        self._buffer[self._have : self._have + n] = payload[_PIECE_HEAD:]
        self._have += n

    async def _look(self, client):
        """What is this, and is there something of it already?"""
        found = self._found
        if found.is_sound:
            known = self._slot.known(self._manifest, self._attempt)
            if known == RUNS:
                return await self._look_at_own(client)
            if known == FAILED:
                return await self._report(client, _OVER, "failed")
            if self._slot.is_on_trial():
                return _LOOK  # the other slot is what this one would return to
            if known == WHOLE:
                return _LEAVE
            if known == PART:
                return await self._report(client, _FETCH, "fetching")
        interpreter = ".".join([str(number) for number in implementation[1][:3]])
        why = refusal(found, self._status.board, interpreter, sequence_of(VERSION), self._slot.room)
        return await self._refuse(client, why) if why else _SIGNATURE

    async def _look_at_own(self, client):
        if self._slot.is_on_trial():
            return await self._report(client, _TRIAL, "trial")
        return await self._report(client, _OVER, "installed")

    async def _wait_for_trial(self, client):
        if self._slot.is_on_trial():
            return _TRIAL
        return await self._report(client, _OVER, "installed")

    async def _fetch_signature(self, client):
        if not await self._has_come(client, 0, _SIGNATURE_BYTES):
            return await self._refuse_short(client) if self._is_short else _SIGNATURE
        self._signature = bytes(self._buffer[:_SIGNATURE_BYTES])
        return _VERIFY

    async def _verify(self, client):
        if self._work is None:
            key = _trusted_key(self._found.key)
            if key is None:
                return await self._refuse(client, ("key", self._found.key, "a key that this sign trusts"))
            from sign.proto.rsa import Signature

            self._work = Signature(self._signature, key)
        for _ in range(_RSA_STEPS):
            if gc.mem_free() < _RSA_BYTES:
                if not self._may_stall():
                    return _VERIFY
                gc.collect()
            if not self._work.step():
                is_good = self._work.is_of(sha256(self._manifest).digest())
                self._work = None
                loading.forget("proto.rsa")
                if is_good:
                    return _CLEAR
                return await self._refuse(
                    client, ("signature", "wrong", "one by a key that this sign trusts")
                )
            await asyncio.sleep_ms(0)
        return _VERIFY

    async def _clear(self, client):
        if not self._may_stall():
            return _CLEAR
        self._slot.begin(self._manifest, self._signature, self._attempt)
        self._signature = None
        return await self._report(client, _FETCH, "fetching")

    async def _fetch(self, client):
        """A buffer full, or the erasing of the sector that it belongs to."""
        if self._sector is None:
            self._sector = self._slot.received()
        begin = self._sector * _SECTOR
        size = min(_SECTOR, self._found.size - begin)
        if size <= 0:
            return _SUM
        n = min(_BUFFER_BYTES, size - self._done)
        has_come = await self._has_come(client, _SIGNATURE_BYTES + begin + self._done, n)
        if self._is_short:
            return await self._refuse_short(client)
        if not has_come or not self._may_stall():
            return _FETCH
        if not self._done and self._work is None:
            self._slot.erase(self._sector)
            self._work = True  # erased; what came is written in the next step
            return _FETCH
        self._work = None
        self._slot.write(begin + self._done, self._buffer[:n])
        self._want = 0
        self._done += n
        if self._done == size:
            self._slot.note(self._sector)
            self._sector += 1
            self._done = 0
        return _FETCH

    async def _sum(self, client):
        if self._work is None:
            self._work, self._done = sha256(), 0
        for _ in range(_SUM_PIECES):
            piece = self._buffer[: min(_BUFFER_BYTES, self._found.size - self._done)]
            if not piece:
                is_good = self._work.digest() == self._found.sum
                self._work = None
                if is_good:
                    return _SEAL
                return await self._refuse(client, ("sha256", "another", "that of the manifest"), True)
            self._slot.read(self._done, piece)
            self._work.update(piece)
            self._done += len(piece)
            await asyncio.sleep_ms(0)
        return _SUM

    async def _seal(self, client):
        if not self._may_stall():
            return _SEAL
        self._slot.seal(standing(self._status.armed.faults))
        return await self._report(client, _LEAVE, "ready")

    async def _leave(self, client):
        """Restart where nobody notices."""
        if self._asked_ms is None:
            self._asked_ms = time.ticks_ms()
        waits_long = ticks_diff(time.ticks_ms(), self._asked_ms) > _RESTART_MS
        is_alone = self._detector.quiet and not self._detector.lamps
        if not client.in_flight and (is_alone or (waits_long and self._may_stall())):
            import ladder

            ladder.restart()
        return _LEAVE

    async def _has_come(self, client, at, n):
        """Whether all `n` bytes from `at` on are in the buffer; they are asked for where they are not."""
        now_ms = time.ticks_ms()
        if (self._want, self._at) != (n, at):
            self._want, self._at, self._have = n, at, 0
            self._asked_ms = None
        if self._have == n:
            self._asked_ms = None
            return True
        if self._asked_ms is None or ticks_diff(now_ms, self._asked_ms) > _PATIENCE_MS:
            self._asked_ms = now_ms
            wanted = {"v": 1, "id": self._id(), "at": at + self._have, "n": n - self._have}
            await client.publish(self._fetches, pieces(wanted))
        return False

    def _may_stall(self):
        if not self._permit.granted(time.ticks_ms()):
            return False
        self._permit.taken()
        return True

    def _id(self):
        return hexlify(self._found.sum[:4]).decode()

    async def _refuse_short(self, client):
        return await self._refuse(client, ("size", self._at + self._have, "all that was signed"))

    async def _refuse(self, client, why, spoil=False):
        if spoil:
            self._slot.spoil()
        return await self._report(client, _OVER, "refused", why)

    async def _report(self, client, state, word, why=None):
        """Say how it stands; then the update is in that state."""
        found = self._found
        told = {"v": 1, "state": word, "attempt": self._attempt}
        if found.is_sound:
            told["id"], told["kind"], told["version"] = self._id(), KINDS[found.kind], found.version
        if why:
            told["field"], told["value"], told["allowed"] = why
        await client.publish(self._reports, pieces(told), 1, True)
        return state


_STEPS = (
    Update._look,
    Update._fetch_signature,
    Update._verify,
    Update._clear,
    Update._fetch,
    Update._sum,
    Update._seal,
    Update._leave,
    Update._wait_for_trial,
)


def _trusted_key(mark):
    """Modulus of the key with that mark, of those that came with the running app; None without such a key."""
    try:
        file = open("/%s/%s" % (slots.active(), TRUSTED))  # noqa: SIM115  a pack's files need no closing
    except OSError:
        return None
    key = bytearray(_KEY_BYTES)
    while file.readinto(key) == _KEY_BYTES:
        if sha256(key).digest()[0] == mark:
            return key
    return None


def standing(faults):
    """Faults that stand, as a number with a bit for each."""
    return sum([1 << code for code in range(codes.COUNT) if faults.is_active(code)])
