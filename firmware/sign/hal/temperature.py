"""The thermometer outside the housing: a DS18B20 alone on its wire."""

from onewire import OneWire, OneWireError

from machine import Pin
from sign.compat import const
from sign.proto.ds18b20 import SCRATCHPAD, UNKNOWN, temperature_cdeg

CONVERSION_MS = const(750)  # at 12 bits
_CONVERT = const(0x44)
_READ = const(0xBE)


class Thermometer:
    """Call `begin`, wait for CONVERSION_MS, then `read_cdeg`.

    They take up to 3 and 8 ms, but the tick comes between: the bus is driven a byte (0.6 ms) or a reset
    (1 ms) at a time, with interrupts off for less than 0.1 ms of each bit, and waits for the next byte as
    long as it must. So a tick is late by a millisecond at most.
    """

    def __init__(self, pin):
        self._bus = OneWire(Pin(pin))
        self._scratchpad = bytearray(SCRATCHPAD)

    def begin(self):
        """Start a measurement; True when a thermometer is there."""
        return self._command(_CONVERT)

    def read_cdeg(self):
        """Hundredths of a degree, UNKNOWN when nobody answers, the CRC fails or nothing was measured."""
        if not self._command(_READ):
            return UNKNOWN
        self._bus.readinto(self._scratchpad)
        return temperature_cdeg(self._scratchpad)

    def _command(self, code):
        bus = self._bus
        try:
            bus.reset(True)
        except OneWireError:
            return False
        bus.writebyte(bus.SKIP_ROM)
        bus.writebyte(code)
        return True
