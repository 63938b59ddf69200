"""Secrets that the database keeps but cannot read: sealed with a key that lies beside it in a file."""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES, NONCE_BYTES = 32, 12


class SecretBox:
    """AES-GCM under a key of its own, derived from `key` for one `purpose`."""

    def __init__(self, key: bytes, purpose: str) -> None:
        derived = HKDF(hashes.SHA256(), KEY_BYTES, None, purpose.encode()).derive(key)
        self._cipher = AESGCM(derived)

    def seal(self, secret: str, owner: str) -> str:
        """Opens for `owner` alone: moved to another row it is worth nothing."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, secret.encode(), owner.encode())
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str, owner: str) -> str | None:
        """None where it was sealed with another key, for somebody else, or was changed."""
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.encode()).decode()
        except InvalidTag:
            return None
