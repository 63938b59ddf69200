"""A flight recording, the same in flash and as a file. Integers are little-endian.

| at  | bytes | what                                                                                      |
|-----|-------|-------------------------------------------------------------------------------------------|
| 0   | 4     | `GVFR`                                                                                    |
| 4   | 1     | version of the format, 1                                                                  |
| 5   | 1     | why it was kept: ON or FAULT of `core.notes`, or ASKED                                    |
| 6   | 2     | length of the particulars                                                                 |
| 8   | 16    | u32: number, boot, number of the event (0: none), uptime at its end in s                  |
| 24  | 12    | u32: length of the entries, ticks at their end in ms, CRC-32 of particulars and entries   |
| 36  | 4     | CRC-32 of all that                                                                        |
| 64  | 64    | sixteen marks of four bytes, all ones until made; odd: it is held               |
| 128 |       | particulars: a JSON object with `sign`, `fw`, `board`, `schema` and `config`              |
| ... |       | entries of `core.recorder`, beginning with a checkpoint                                   |

There is nothing personal in it: places, speeds and levels of sensors, and settings of the sign.
"""

import struct
from binascii import crc32

from sign.compat import const

SLOT_BYTES = const(8_192)
BODY = const(128)
MARKS = const(64)
MARK = const(4)
ASKED = const(15)  # by command
_MAGIC = b"GVFR"
_FORMAT = const(1)
_LAYOUT = "<4sBBHIIIIIII"
_CRC_AT = const(36)
HEADER_BYTES = const(40)
_BLANK = b"\xff\xff\xff\xff"


class Header:
    """What `pack` writes and `unpack` finds; lengths in bytes."""

    def __init__(self, kind, particulars, number, boot, seq, up_s, entries, end_ms, crc):
        self.kind, self.particulars, self.number, self.boot, self.seq = kind, particulars, number, boot, seq
        self.up_s, self.entries, self.end_ms, self.crc = up_s, entries, end_ms, crc

    @property
    def size(self):
        """Bytes of the whole recording."""
        return BODY + self.particulars + self.entries


def pack(h):
    """The header's bytes."""
    numbers = h.number, h.boot, h.seq, h.up_s, h.entries, h.end_ms, h.crc
    head = struct.pack(_LAYOUT, _MAGIC, _FORMAT, h.kind, h.particulars, *numbers)
    return head + struct.pack("<I", crc32(head))


def unpack(data):
    """The Header at the beginning of `data`; None when there is no whole one."""
    if len(data) < HEADER_BYTES:
        return None
    magic, form, kind, particulars, *numbers = struct.unpack_from(_LAYOUT, data)
    if magic != _MAGIC or form != _FORMAT:
        return None
    if struct.unpack_from("<I", data, _CRC_AT)[0] != crc32(data[:_CRC_AT]):
        return None
    header = Header(kind, particulars, *numbers)
    return header if header.size <= SLOT_BYTES else None


def marks(data):
    """How many marks the first BODY bytes of a recording have; one that was torn counts."""
    made = 0
    for at in range(MARKS, BODY, MARK):
        made += data[at : at + MARK] != _BLANK
    return made
