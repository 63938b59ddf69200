"""SLIP, the framing of the ROM loader's packets (RFC 1055)."""

from __future__ import annotations

END, ESCAPE = b"\xc0", b"\xdb"
ESCAPED_END, ESCAPED_ESCAPE = b"\xdb\xdc", b"\xdb\xdd"


def encode(packet: bytes) -> bytes:
    """A packet as it goes over the line."""
    return END + packet.replace(ESCAPE, ESCAPED_ESCAPE).replace(END, ESCAPED_END) + END


class SlipReader:
    """Cuts a stream into packets. What is no packet, or longer than `longest` bytes, is dropped."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._partial = bytearray()
        self._inside = False

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that end in `data`; empty ones are none."""
        packets = []
        *ended, rest = data.split(END)
        for piece in ended:
            self._take(piece)
            if not self._inside or not self._partial:
                self._inside = True  # either the first END that is seen, or one that opens a packet
            elif (packet := _unescape(bytes(self._partial))) is not None:
                packets.append(packet)
                self._inside = False
            self._partial.clear()
        self._take(rest)
        return packets

    def _take(self, piece: bytes) -> None:
        if self._inside:
            self._partial += piece
            if len(self._partial) > self._longest:
                self._partial.clear()
                self._inside = False


def _unescape(packet: bytes) -> bytes | None:
    """The packet itself; None where an escape is none."""
    if packet.count(ESCAPE) != packet.count(ESCAPED_END) + packet.count(ESCAPED_ESCAPE):
        return None
    return packet.replace(ESCAPED_END, END).replace(ESCAPED_ESCAPE, ESCAPE)
