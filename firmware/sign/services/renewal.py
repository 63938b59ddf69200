"""Collects the pieces of a renewal: see `renewal` in the wire contract. Loaded with the first piece."""

from sign.compat import const

_VERSION = const(1)
_HEAD_BYTES = const(5)  # version, transfer (two), number, count
_PIECE_BYTES_MAX = const(112)
_PIECES_MAX = const(20)


class Pieces:
    """Of one transfer; a piece of another begins anew. They come in any order, and some come twice."""

    def __init__(self):
        self._transfer = None
        self._held = []

    def take(self, payload):
        """Keep a piece; True for what is none."""
        size = len(payload) - _HEAD_BYTES
        if not 0 < size <= _PIECE_BYTES_MAX or payload[0] != _VERSION:
            return True
        number, count = payload[3], payload[4]
        if not number < count <= _PIECES_MAX:
            return True
        transfer = payload[1:3], count
        if transfer != self._transfer:
            self._transfer = transfer
            self._held = [None] * count
        self._held[number] = payload[_HEAD_BYTES:]

    def are_whole(self):
        """Whether every piece is here."""
        return bool(self._held) and None not in self._held

    def joined(self):
        """The whole renewal."""
        return b"".join(self._held)
