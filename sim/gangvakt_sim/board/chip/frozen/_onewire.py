"""_onewire: the timing-critical part of the bus, with nobody on it."""


def reset(pin):
    """Return True when a device answers the reset pulse: none does."""
    return False


def readbit(pin):
    """The idle line reads one."""
    return 1


def readbyte(pin):
    """The idle line reads ones."""
    return 0xFF


def writebit(pin, value):
    """Send a bit."""


def writebyte(pin, value):
    """Send a byte."""


def crc8(data):
    """Return the Dallas CRC of `data` (polynomial x^8 + x^5 + x^4 + 1, lowest bit first)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
    return crc
