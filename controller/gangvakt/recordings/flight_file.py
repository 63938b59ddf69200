"""A flight recording as a file: whether it is whole, and which. See firmware/sign/proto/recording.py."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from gangvakt.errors import RecordingRefused

MAGIC = b"GVFR\x01"  # with the version of the format
SMALLEST, LARGEST = 128, 8192
HEADER_BYTES = 40
SUFFIX = ".gvfr"
KINDS = {4: "warning", 6: "fault", 15: "command"}

_LAYOUT = struct.Struct("<5sBHIIIIIII")
_SUM = struct.Struct("<I")


@dataclass(frozen=True)
class Head:
    """Which recording it is; `seq` is the number of the event in that boot, 0 for none."""

    kind: str
    number: int
    boot: int
    seq: int
    up_s: int
    bytes: int

    @property
    def stem(self) -> str:
        """What to call a file of it."""
        return f"{self.boot:05}-{self.seq:05}-{self.number:05}"


def kind_name(code: int) -> str:
    """Why a recording was kept."""
    return KINDS.get(code, f"code-{code}")


def read_head(data: bytes, source: str) -> Head:
    """RecordingRefused when `data` is not one whole recording; `source` is what errors call it."""
    if not SMALLEST <= len(data) <= LARGEST:
        raise RecordingRefused(source, "size", len(data), f"{SMALLEST}..{LARGEST} bytes")
    magic, kind, particulars, number, boot, seq, up_s, entries, _, crc = _LAYOUT.unpack_from(data)
    if magic != MAGIC:
        raise RecordingRefused(source, "beginning", magic.hex(), MAGIC.hex())
    _check_sum(source, "header's checksum", _SUM.unpack_from(data, _LAYOUT.size)[0], data[: _LAYOUT.size])
    size = SMALLEST + particulars + entries
    if size != len(data):
        raise RecordingRefused(source, "size", len(data), f"{size} bytes, as its header says")
    _check_sum(source, "checksum", crc, data[SMALLEST:])
    return Head(kind_name(kind), number, boot, seq, up_s, size)


def _check_sum(source: str, field: str, said: int, data: bytes) -> None:
    found = zlib.crc32(data)
    if found != said:
        raise RecordingRefused(source, field, f"{found:08x}", f"{said:08x}")
