"""Signed links by which somebody acknowledges the alarms of one notice, without logging in.

`NOTICE-CONTACT-EXPIRY-MAC`: the MAC is HMAC-SHA256 over what stands before it, by a key that stays here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from gangvakt.errors import LinkRefused

LIFE_S = 24 * 3600  # who finds an older mail shall not acknowledge by it
LONGEST_TOKEN = 80
MAC_BYTES = 16
PURPOSE = b"gangvakt acknowledge v1 "  # the key may serve for other things

_TOKEN = re.compile(r"([0-9a-f]{16})-([0-9]{1,10})-([0-9]{1,11})-([A-Za-z0-9_-]{22})")


@dataclass(frozen=True)
class Link:
    """Which notice, who was told by it, and until when it is good."""

    notice: str
    contact: int
    expires_s: int


class Links:
    """Makes and reads tokens with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, link: Link) -> str:
        """The token, which can stand in a URL."""
        told = f"{link.notice}-{link.contact}-{link.expires_s}"
        return f"{told}-{self._mac(told)}"

    def read(self, token: str, now_s: int) -> Link:
        """LinkRefused for what was not made here, and for what is over; which of both is told."""
        found = _TOKEN.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
        told = token.rpartition("-")[0] if found is None else token[: -len(found[4]) - 1]
        if found is None or not hmac.compare_digest(self._mac(told).encode(), found[4].encode()):
            raise LinkRefused("link", "token", "...", "one from a message of this controller, unchanged")
        link = Link(found[1], int(found[2]), int(found[3]))
        if now_s >= link.expires_s:
            raise LinkRefused("link", "age", "over", f"at most {LIFE_S // 3600} h: log in to acknowledge")
        return link

    def _mac(self, told: str) -> str:
        mac = hmac.new(self._key, PURPOSE + told.encode(), hashlib.sha256).digest()[:MAC_BYTES]
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
