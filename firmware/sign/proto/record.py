"""The 32-byte event record, the same in memory and in flash.

`u8 magic 0x47 | u8 kind | u16 up_ms (0..999) | u32 boot | u32 seq | u32 up_s | i32 a | i32 b | i32 c | u16
code | u16 crc`, little-endian; crc is CRC-16/CCITT-FALSE of the 30 bytes before it. Erased flash (all ones)
and zeros are no records.
"""

import struct

from sign.compat import const
from sign.proto.crc import crc16

SIZE = const(32)
_MAGIC = const(0x47)
_CRC_AT = const(30)
_LAYOUT = "<BBHIIIiiiH"
# Small ints end here on the chip; a value beyond would allocate, and no field has a use for it.
_LIMIT = const(0x3FFFFFFF)


def pack_into(buf, offset, kind, boot, seq, up_s, up_ms, code, a, b, c):
    """Write one record at `offset`; a, b and c are clamped to +-(2**30 - 1)."""
    struct.pack_into(
        _LAYOUT, buf, offset, _MAGIC, kind, up_ms, boot, seq, up_s, _clamp(a), _clamp(b), _clamp(c), code
    )
    crc = crc16(buf, offset, offset + _CRC_AT)
    buf[offset + _CRC_AT] = crc & 0xFF
    buf[offset + _CRC_AT + 1] = crc >> 8


def unpack(buf, offset=0):
    """(kind, boot, seq, up_s, up_ms, code, a, b, c), or None when this is no whole record."""
    if len(buf) - offset < SIZE or buf[offset] != _MAGIC:
        return None
    if crc16(buf, offset, offset + _CRC_AT) != buf[offset + _CRC_AT] | buf[offset + _CRC_AT + 1] << 8:
        return None
    _, kind, up_ms, boot, seq, up_s, a, b, c, code = struct.unpack_from(_LAYOUT, buf, offset)
    return kind, boot, seq, up_s, up_ms, code, a, b, c


def _clamp(value):
    return max(-_LIMIT, min(_LIMIT, value))
