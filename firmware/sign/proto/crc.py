"""CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF), half a byte at a time: small table, no allocation."""

# Remainders of the sixteen half bytes, low and high byte.
_LOW = b"\x00\x21\x42\x63\x84\xa5\xc6\xe7\x08\x29\x4a\x6b\x8c\xad\xce\xef"
_HIGH = b"\x00\x10\x20\x30\x40\x50\x60\x70\x81\x91\xa1\xb1\xc1\xd1\xe1\xf1"


def crc16(buf, start, end, crc=0xFFFF):
    """Checksum of `buf[start:end]`; check value of b"123456789" is 0x29B1."""
    for i in range(start, end):
        byte = buf[i]
        n = (crc >> 12) ^ (byte >> 4)
        crc = ((crc << 4) & 0xFFFF) ^ (_HIGH[n] << 8 | _LOW[n])
        n = (crc >> 12) ^ (byte & 15)
        crc = ((crc << 4) & 0xFFFF) ^ (_HIGH[n] << 8 | _LOW[n])
    return crc
