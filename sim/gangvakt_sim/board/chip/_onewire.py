"""_onewire: the timing-critical part of the bus, with a DS18B20 on the pin that the host names, or nobody.

It knows what a thermometer alone on its wire is asked: SKIP ROM, CONVERT T, READ SCRATCHPAD. A search finds
nobody.
"""

import micropython

import _chip as _c
import _regs as R

_SKIP_ROM = 0xCC
_CONVERT = 0x44
_READ = 0xBE
_CONVERSION_US = 750000
_IDLE, _ROM, _FUNCTION, _READING = 0, 1, 2, 3

_scratchpad = bytearray(b"\x50\x05\x4b\x46\x7f\xff\x0c\x10\x1c")
_state = [_IDLE, 0, 0, False]  # phase, next byte to read, us of the conversion's begin, one is under way


@micropython.native
def reset(pin):
    """Return True when a device answers the reset pulse."""
    there = _c.get(R.THERMOMETER) == pin._n + 1
    _state[0] = _ROM if there else _IDLE
    return there


@micropython.native
def writebyte(pin, value):
    """Send a byte."""
    if _state[0] == _ROM:
        _state[0] = _FUNCTION if value == _SKIP_ROM else _IDLE
    elif _state[0] == _FUNCTION:
        _state[0] = _IDLE
        if value == _CONVERT:
            _state[2], _state[3] = _c.now(), True
        elif value == _READ:
            _measure()
            _state[0], _state[1] = _READING, 0


@micropython.native
def readbyte(pin):
    """The idle line reads ones."""
    if _state[0] != _READING or _state[1] >= len(_scratchpad):
        return 0xFF
    _state[1] += 1
    return _scratchpad[_state[1] - 1]


def readbit(pin):
    """The idle line reads one."""
    return 1


def writebit(pin, value):
    """Send a bit, which no device here expects."""


@micropython.native
def crc8(data):
    """Return the Dallas CRC of `data` (polynomial x^8 + x^5 + x^4 + 1, lowest bit first)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
    return crc


@micropython.native
def _measure():
    """The scratchpad shows a conversion once it has had its time."""
    if _state[3] and ((_c.now() - _state[2]) & 0x3FFFFFFF) >= _CONVERSION_US:
        raw = _c.get(R.THERMOMETER_RAW)
        _scratchpad[0], _scratchpad[1] = raw & 0xFF, raw >> 8 & 0xFF
        _scratchpad[8] = crc8(_scratchpad[:8])
        _state[3] = False
