"""Signatures of webhooks, in the manner of Standard Webhooks: whoever knows the secret knows who sent it.

Signed is `ID.TIMESTAMP.BODY` by HMAC-SHA256. The header says `v1,` and the sum in base64, for each secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32
TOLERANCE_S = 300  # an older message was recorded and is played again
OLD_SECRET_LIFE_MS = 24 * 3600 * 1000

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def rotated(held: str, fresh: str, now_ms: int) -> str:
    """The new secret and, until a day from now, the one before it: what a relay keeps."""
    before = held.split()[:1]
    return " ".join([fresh, *(f"{secret}@{now_ms + OLD_SECRET_LIFE_MS}" for secret in before)])


def secrets_at(held: str, now_ms: int) -> tuple[str, ...]:
    """Those that sign at this time, the newest first."""
    found = []
    for word in held.split():
        secret, _, until_ms = word.partition("@")
        if not until_ms or int(until_ms) > now_ms:
            found.append(secret)
    return tuple(found)


def sign(signing: Sequence[str], message_id: str, body: bytes, now_s: int) -> dict[str, str]:
    """The three headers of one message."""
    signatures = " ".join(_signature(secret, message_id, now_s, body) for secret in signing)
    return {ID: message_id, TIMESTAMP: str(now_s), SIGNATURE: signatures}


def verify(secret: str, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
    """Whether a message with these headers (names in lower case) is genuine and not an old one."""
    stamp = headers.get(TIMESTAMP, "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    if abs(int(stamp) - now_s) > TOLERANCE_S:
        return False
    expected = _signature(secret, headers.get(ID, ""), int(stamp), body).encode()
    given = headers.get(SIGNATURE, "").encode().split()
    return any(hmac.compare_digest(expected, one) for one in given)


def _signature(secret: str, message_id: str, now_s: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{now_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
