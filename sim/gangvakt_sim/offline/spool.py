"""Recordings of any length: their bytes lie in a temporary file, and only a little of each in memory."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

HEADER = struct.Struct("<dBBH")  # t_s, port, kind, length
BYTES, LOW, HIGH = range(3)
PIECE_BYTES = 8192  # of a recording are kept in memory at most: files hold thousands of recordings, mixed


@dataclass(frozen=True)
class Sent:
    """What a sensor sent at a time: bytes at a port (its place in the site's list), or the PIR's level."""

    t_s: float
    port: int
    data: bytes | bool


@contextmanager
def spool() -> Iterator[Spool]:
    """A Spool whose file is gone afterwards."""
    with tempfile.TemporaryFile() as file:
        yield Spool(cast(BinaryIO, file))


class Spool:
    """Keeps bytes in a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._end = 0

    def put(self, data: bytes) -> tuple[int, int]:
        """Keep bytes; where they are."""
        self._file.seek(self._end)
        self._file.write(data)
        place = self._end, len(data)
        self._end += len(data)
        return place

    def get(self, place: tuple[int, int]) -> bytes:
        """Bytes that were kept."""
        self._file.seek(place[0])
        return self._file.read(place[1])


class Recording:
    """All that was sent in one recording, in the order of the file; never empty. Ends with its spool."""

    def __init__(self, name: str, first: Sent, spool: Spool) -> None:
        self.id = name
        self.start_s = self.end_s = first.t_s
        self._spool = spool
        self._places: list[tuple[int, int]] = []
        self._latest = bytearray()
        self.add(first)

    def add(self, sent: Sent) -> None:
        """The next one; `t_s` must not decrease."""
        data = sent.data
        kind = BYTES if isinstance(data, bytes) else HIGH if data else LOW
        body = data if isinstance(data, bytes) else b""
        self._latest += HEADER.pack(sent.t_s, sent.port, kind, len(body)) + body
        self.end_s = sent.t_s
        if len(self._latest) >= PIECE_BYTES:
            self._places.append(self._spool.put(bytes(self._latest)))
            self._latest.clear()

    def sent(self) -> Iterator[Sent]:
        """From the first to the last."""
        for place in self._places:
            yield from _unpacked(self._spool.get(place))
        yield from _unpacked(bytes(self._latest))


def _unpacked(piece: bytes) -> Iterator[Sent]:
    at = 0
    while at < len(piece):
        t_s, port, kind, length = HEADER.unpack_from(piece, at)
        at += HEADER.size + length
        yield Sent(t_s, port, piece[at - length : at] if kind == BYTES else kind == HIGH)
