"""Whether an update is for this sign, and signed by whom it trusts.

Looked at between two sessions: beside one there is no memory for numbers of 3072 bits.
"""

import asyncio
import sys
import time
from hashlib import sha256

from sign.compat import const
from sign.hal import app_slot
from sign.proto.manifest import TRUSTED, Manifest, refusal, sequence_of
from sign.proto.rsa import KEY_BYTES, Signature
from sign.services.stall import StallPermit
from sign.version import VERSION

_POLL_MS = const(100)
_UNTRUSTED = "one by a key that this sign trusts"


async def check(status, offer, signature):
    """Clear the slot for the update and return None, or (field, value, allowed) of what is wrong with it."""
    kind = offer[app_slot.KIND_AT]
    slot = app_slot.of(kind)
    manifest = offer[2:]
    interpreter = "%d.%d.%d" % sys.implementation[1][:3]
    found = Manifest(manifest)
    installed = sequence_of(interpreter if kind == app_slot.INTERPRETER else VERSION)
    why = refusal(found, status.board, interpreter, installed, slot.room)
    if why:
        return why
    key = _trusted_key(found.key)
    if key is None:
        return "key", found.key, _UNTRUSTED
    verification = Signature(signature, key)
    while verification.step():
        await asyncio.sleep_ms(0)
    if not verification.is_of(sha256(manifest).digest()):
        return "signature", "another", _UNTRUSTED
    permit = StallPermit(status.armed.detector)
    while not permit.granted(time.ticks_ms()):
        await asyncio.sleep_ms(_POLL_MS)
    slot.begin(manifest, signature, offer[1])
    return None


def _trusted_key(mark):
    """Modulus of the key with that mark, of those that came with the running app, or with the identity where
    there were none; None without such a key."""
    for folder in (sys.path[0], "/data"):
        try:
            file = open(folder + "/" + TRUSTED, "rb")  # noqa: SIM115  a pack's files need no closing
        except OSError:
            continue
        key = bytearray(KEY_BYTES)
        while file.readinto(key) == KEY_BYTES:
            if sha256(key).digest()[0] == mark:
                return key
        break
    return None
