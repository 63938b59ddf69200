"""ds18x20: thermometers on a onewire bus."""

from machine import Pin

_CONVERT = 0x44
_READ_SCRATCH = 0xBE
_WRITE_SCRATCH = 0x4E
_FAMILIES = (0x10, 0x22, 0x28)


class DS18X20:
    """All thermometers of one bus."""

    def __init__(self, onewire):
        self.ow = onewire
        self.buf = bytearray(9)
        self.config = bytearray(3)
        self.power = 1
        self.powerpin = None

    def powermode(self, powerpin=None):
        """Name the pin that feeds parasitic devices."""
        if self.powerpin is not None:
            self.powerpin.init(mode=Pin.IN)
        self.powerpin = powerpin
        return self.power

    def scan(self):
        """Return the addresses of the thermometers."""
        return [rom for rom in self.ow.scan() if rom[0] in _FAMILIES]

    def convert_temp(self):
        """Have all thermometers measure."""
        self.ow.reset(True)
        self.ow.writebyte(self.ow.SKIP_ROM)
        self.ow.writebyte(_CONVERT)

    def read_scratch(self, rom):
        """Return the nine bytes of a thermometer's memory."""
        self.ow.reset(True)
        self.ow.select_rom(rom)
        self.ow.writebyte(_READ_SCRATCH)
        self.ow.readinto(self.buf)
        if self.ow.crc8(self.buf):
            raise Exception("CRC error")
        return self.buf

    def write_scratch(self, rom, buf):
        """Write alarm limits and resolution."""
        self.ow.reset(True)
        self.ow.select_rom(rom)
        self.ow.writebyte(_WRITE_SCRATCH)
        self.ow.write(buf)

    def read_temp(self, rom):
        """Return degrees Celsius."""
        raw = self.read_scratch(rom)
        value = raw[1] << 8 | raw[0]
        return (value - 0x10000 if value & 0x8000 else value) / (2 if rom[0] == 0x10 else 16)
