"""A sign's next certificate and key as the wire carries them: see `renewal` in asyncapi.yaml."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator

from gangvakt.provision.certificates import Credentials

VERSION = 1
PIECE_BYTES = 112  # with the longest topic a packet of 205 bytes: a sign has room for 256
MOST_PIECES = 20
LONGEST = PIECE_BYTES * MOST_PIECES


def pack(credentials: Credentials, authorities: Iterable[bytes], floor_utc_s: int) -> bytes:
    """The whole renewal; `authorities` is DER, `floor_utc_s` a time that has certainly been reached."""
    body = floor_utc_s.to_bytes(4, "big") + credentials.certificate_der + credentials.key_der
    body += b"".join(authorities)
    return hashlib.sha256(body).digest() + body


def pieces(renewal: bytes) -> Iterator[bytes]:
    """Its messages. ValueError beyond LONGEST, which no certificate of ours reaches."""
    count = -(-len(renewal) // PIECE_BYTES)
    if not 1 <= count <= MOST_PIECES:
        raise ValueError(f"a renewal of {len(renewal)} bytes; allowed: 1..{LONGEST}")
    transfer = secrets.token_bytes(2)
    for number in range(count):
        data = renewal[number * PIECE_BYTES : (number + 1) * PIECE_BYTES]
        yield bytes((VERSION,)) + transfer + bytes((number, count)) + data
