"""An update as long as it is looked at: is it for this sign, is it signed, is something of it here already?

Loaded with the offer, stepped ten times a second in a session. The states are drawn in UPDATING.md.
"""

import asyncio
import gc
import sys
import time
from hashlib import sha256

from sign.compat import const
from sign.hal import app_slot
from sign.proto.manifest import TRUSTED, Manifest, refusal, sequence_of
from sign.proto.rsa import Signature
from sign.services.fetching import Fetching, report
from sign.services.stall import StallPermit
from sign.version import VERSION

SIGNATURE_BYTES = const(384)  # before the body in what is fetched; as many as a key's modulus has
_RSA_STEPS = const(4)  # of 2 ms, in each tenth of a second
_SPARE_BYTES = const(6_000)  # with less free memory a verification collects first, where it may
_UNTRUSTED = "one by a key that this sign trusts"

_LOOK, _SIGNATURE, _VERIFY, _CLEAR, _TRIAL, _TAKEN, _OVER = range(7)


class Job:
    """`offer` is the message, `status` and `topics` are the sign's."""

    def __init__(self, offer, status, topics):
        self._offer = offer
        self._manifest = offer[2:]
        self._found = Manifest(self._manifest)
        self._status = status
        self._topics = topics
        self._permit = StallPermit(status.armed.detector)
        self._slot = app_slot.AppSlot()
        self._fetching = Fetching(topics, self._manifest[20:24])
        self.take = self._fetching.take
        self._state = _LOOK
        self._signature = self._work = None

    async def step(self, client):
        """One step. None: there is more to do; False: there is no more; True: `update_write` goes on."""
        self._state = await _STEPS[self._state](self, client)
        return None if self._state < _TAKEN else self._state == _TAKEN

    async def _look(self, client):
        known = self._slot.known(self._manifest, self._offer[1])
        if known == app_slot.RUNS:
            return await self._look_at_own(client)
        if known == app_slot.FAILED:
            return await self._say(client, _OVER, "failed")
        if self._slot.is_on_trial():
            return _LOOK  # the other slot is what this one may have to return to
        if known == app_slot.PART:
            return await self._say(client, _TAKEN, "fetching")
        interpreter = "%d.%d.%d" % sys.implementation[1][:3]
        installed, room = sequence_of(VERSION), self._slot.room
        why = refusal(self._found, self._status.board, interpreter, installed, room)
        return await self._refuse(client, *why) if why else _SIGNATURE

    async def _look_at_own(self, client):
        on_trial = self._slot.is_on_trial()
        return await self._say(client, _TRIAL if on_trial else _OVER, "trial" if on_trial else "installed")

    async def _wait(self, client):
        return _TRIAL if self._slot.is_on_trial() else await self._look_at_own(client)

    async def _fetch(self, client):
        if not await self._fetching.has_come(client, 0, SIGNATURE_BYTES):
            return (
                await self._refuse(client, "size", 0, SIGNATURE_BYTES)
                if self._fetching.is_over
                else _SIGNATURE
            )
        self._signature = bytes(self._fetching.buffer[:SIGNATURE_BYTES])
        return _VERIFY

    async def _verify(self, client):
        if self._work is None:
            key = _trusted_key(self._found.key)
            if key is None:
                return await self._refuse(client, "key", self._found.key, _UNTRUSTED)
            self._work = Signature(self._signature, key)
        for _ in range(_RSA_STEPS):
            if gc.mem_free() < _SPARE_BYTES:
                if not self._may_stall():
                    return _VERIFY
                gc.collect()
            if not self._work.step():
                return await self._judge(client)
            await asyncio.sleep_ms(0)
        return _VERIFY

    async def _judge(self, client):
        is_good = self._work.is_of(sha256(self._manifest).digest())
        self._work = None
        return _CLEAR if is_good else await self._refuse(client, "signature", "another", _UNTRUSTED)

    async def _clear(self, client):
        if not self._may_stall():
            return _CLEAR
        self._slot.begin(self._manifest, self._signature, self._offer[1])
        return await self._say(client, _TAKEN, "fetching")

    def _may_stall(self):
        if not self._permit.granted(time.ticks_ms()):
            return False
        self._permit.taken()
        return True

    async def _refuse(self, client, field, value, allowed):
        return await self._say(client, _OVER, "refused", (field, value, allowed))

    async def _say(self, client, state, word, why=None):
        """Report, and be in that state then."""
        await report(client, self._topics, self._offer, word, why)
        return state


_STEPS = (Job._look, Job._fetch, Job._verify, Job._clear, Job._wait)


def _trusted_key(mark):
    """Modulus of the key with that mark, of those that came with the running app; None without such a key."""
    try:
        file = open("%s/%s" % (sys.path[0], TRUSTED))  # noqa: SIM115  a pack's files need no closing
    except OSError:
        return None
    key = bytearray(SIGNATURE_BYTES)
    while file.readinto(key) == SIGNATURE_BYTES:
        if sha256(key).digest()[0] == mark:
            return key
    return None
