"""Verifies a RSA-3072 signature (PKCS #1 v1.5, SHA-256, exponent 65537) in steps of about 2 ms on the chip.

One of its 17 multiplications by the interpreter's integers takes 13 ms, in which no tick would run. So a
factor is cut into pieces, from the highest on: acc = (acc * 2^512 + piece * other) mod n.
"""

from sign.compat import const

KEY_BYTES = const(384)
_PIECE_BITS = const(512)
_PIECE_BYTES = const(64)
_SQUARINGS = const(16)  # and one multiplication: 65537
# DigestInfo of SHA-256 as RFC 8017 gives it.
_DIGEST_INFO = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"


class Signature:
    """Call `step` until it says False; `modulus` is that of the public key, big-endian as `signature`."""

    def __init__(self, signature, modulus):
        self._n = int.from_bytes(modulus, "big")
        self._first = self._x = int.from_bytes(signature, "big")
        if len(signature) == len(modulus) == KEY_BYTES and self._x < self._n:
            self._left = _SQUARINGS + 1
            self._begin()
        else:
            self._left = self._x = 0

    def step(self):
        """One piece further; False when there is none left."""
        if not self._left:
            return False
        at = self._at
        piece = int.from_bytes(self._factor[at : at + _PIECE_BYTES], "big")
        self._acc = ((self._acc << _PIECE_BITS) + piece * self._other) % self._n
        self._at = at + _PIECE_BYTES
        if self._at == KEY_BYTES:
            self._x = self._acc
            self._left -= 1
            self._begin()
        return True

    def _begin(self):
        """The next multiplication: of what there is by itself, at last by the signature."""
        self._other = self._x if self._left > 1 else self._first
        self._factor = self._x.to_bytes(KEY_BYTES, "big") if self._left else None
        self._acc = self._at = 0

    def is_of(self, digest):
        """Whether it is the signature of what has this SHA-256. Ask when no step is left."""
        tail = b"\0" + _DIGEST_INFO + digest
        return self._x.to_bytes(KEY_BYTES, "big") == b"\0\x01" + b"\xff" * (KEY_BYTES - 2 - len(tail)) + tail
