"""onewire: the bus of the DS18x20 sensors; the search finds nobody."""

import _onewire


class OneWireError(Exception):
    """Nobody answered."""


class OneWire:
    """The bus on one pin."""

    SEARCH_ROM = 0xF0
    MATCH_ROM = 0x55
    SKIP_ROM = 0xCC

    def __init__(self, pin):
        self.pin = pin
        self.pin.init(pin.OPEN_DRAIN, pin.PULL_UP)

    def reset(self, required=False):
        """Send a reset pulse; True when a device answered."""
        answered = _onewire.reset(self.pin)
        if required and not answered:
            raise OneWireError
        return answered

    def readbit(self):
        return _onewire.readbit(self.pin)

    def readbyte(self):
        return _onewire.readbyte(self.pin)

    def readinto(self, buf):
        for i in range(len(buf)):
            buf[i] = _onewire.readbyte(self.pin)

    def writebit(self, value):
        _onewire.writebit(self.pin, value)

    def writebyte(self, value):
        _onewire.writebyte(self.pin, value)

    def write(self, buf):
        for byte in buf:
            _onewire.writebyte(self.pin, byte)

    def select_rom(self, rom):
        """Address one device."""
        self.reset()
        self.writebyte(self.MATCH_ROM)
        self.write(rom)

    def scan(self):
        """Return the addresses of all devices: a search finds nobody."""
        return []

    def crc8(self, data):
        return _onewire.crc8(data)
