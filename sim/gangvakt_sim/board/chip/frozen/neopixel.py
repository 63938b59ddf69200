"""neopixel: a buffer of colours in the order green, red, blue(, white), written with machine.bitstream."""

from machine import bitstream

_TIMING_800_KHZ = (400, 850, 800, 450)
_TIMING_400_KHZ = (800, 1700, 1600, 900)


class NeoPixel:
    """`n` lamps of `bpp` bytes each on one pin."""

    ORDER = (1, 0, 2, 3)

    def __init__(self, pin, n, bpp=3, timing=1):
        self.pin = pin
        self.n = n
        self.bpp = bpp
        self.buf = bytearray(n * bpp)
        self.pin.init(pin.OUT)
        self.timing = (_TIMING_800_KHZ if timing else _TIMING_400_KHZ) if isinstance(timing, int) else timing

    def __len__(self):
        return self.n

    def __setitem__(self, i, v):
        for channel in range(self.bpp):
            self.buf[i * self.bpp + self.ORDER[channel]] = v[channel]

    def __getitem__(self, i):
        return tuple(self.buf[i * self.bpp + self.ORDER[channel]] for channel in range(self.bpp))

    def fill(self, v):
        """Give every lamp one colour."""
        for i in range(self.n):
            self[i] = v

    def write(self):
        """Send the buffer."""
        bitstream(self.pin, 0, self.timing, self.buf)
