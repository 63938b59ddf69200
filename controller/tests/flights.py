"""Flight recordings as a sign sends them."""

from __future__ import annotations

import struct
import zlib

PIECE_BYTES = 160
BODY = 128
MARKS = 64


def a_recording(number: int = 7, boot: int = 3, seq: int = 12, up_s: int = 3725, entries: int = 900) -> bytes:
    """The file of a recording; only its header means something."""
    body = b'{"sign":"drammen/storgata/north","config":{}}'
    told = len(body)
    body += bytes(n * 7 & 0xFF for n in range(entries))
    head = struct.pack(
        "<4sBBHIIIIIII", b"GVFR", 1, 4, told, number, boot, seq, up_s, entries, 99, zlib.crc32(body)
    )
    head += struct.pack("<I", zlib.crc32(head))
    return head.ljust(BODY, b"\xff") + body


def held(data: bytes) -> bytes:
    """The same, with a mark."""
    return data[:MARKS] + bytes(4) + data[MARKS + 4 :]


def pieces(data: bytes, number: int | None = None) -> list[bytes]:
    """As on the wire; `number` is the header's if left out."""
    said = struct.unpack_from("<I", data, 8)[0] if number is None else number
    return [
        struct.pack(">BIHH", 1, said, at, len(data)) + data[at : at + PIECE_BYTES]
        for at in range(0, len(data), PIECE_BYTES)
    ]
