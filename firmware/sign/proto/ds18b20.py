"""The scratchpad of a DS18B20 thermometer: nine bytes, the last a CRC-8 over the others.

Bytes 0 and 1 are sixteenths of a degree, two's complement; bits 5 and 6 of byte 4 are the resolution (9..12
bits, the lower bits of the temperature are undefined below 12).
"""

from sign.compat import const

SCRATCHPAD = const(9)
UNKNOWN = const(-0x8000)
_MIN_CDEG = const(-5_500)
_MAX_CDEG = const(12_500)
# What stands there after power-on, before the first conversion.
_POWER_ON_RAW = const(0x0550)
_CONFIG_FIXED = const(0x9F)  # bits of byte 4 that are always as in 0x1F: a line stuck low has a right CRC too


def crc8(buf, start, end):
    """Dallas CRC-8 (x^8 + x^5 + x^4 + 1, lowest bit first); over data and its CRC it is 0."""
    crc = 0
    for i in range(start, end):
        crc ^= buf[i]
        for _ in range(8):
            crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
    return crc


def temperature_cdeg(buf):
    """Hundredths of a degree Celsius, UNKNOWN when the CRC fails or nothing was measured. Allocation-free."""
    if crc8(buf, 0, SCRATCHPAD) or buf[4] & _CONFIG_FIXED != 0x1F:
        return UNKNOWN
    raw = buf[0] | buf[1] << 8
    if raw == _POWER_ON_RAW:
        return UNKNOWN
    undefined = 3 - (buf[4] >> 5 & 3)
    raw = raw >> undefined << undefined
    cdeg = ((raw - 0x10000 if raw & 0x8000 else raw) * 25 + 2) // 4
    return cdeg if _MIN_CDEG <= cdeg <= _MAX_CDEG else UNKNOWN
