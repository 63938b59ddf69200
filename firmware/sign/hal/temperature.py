"""The thermometer in the housing (a DS18B20 alone on its wire) and the chip's own."""

from onewire import OneWire, OneWireError

import esp32
from machine import Pin
from sign.compat import const
from sign.proto.ds18b20 import SCRATCHPAD, UNKNOWN, temperature_cdeg

CONVERSION_MS = const(750)  # at 12 bits
_CONVERT = const(0x44)
_READ = const(0xBE)


class Thermometer:
    """Call `begin`, wait for CONVERSION_MS, then `read_cdeg`. Both hold up the chip for up to 10 ms: only
    where a stall is allowed.
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


def chip_cdeg():
    """Temperature of the chip, some 10 to 30 degrees above its surroundings; UNKNOWN where it has no sensor.

    The first ESP32 tells Fahrenheit that nobody calibrated: good for comparing a chip with itself.
    """
    if hasattr(esp32, "mcu_temperature"):
        return esp32.mcu_temperature() * 100
    if hasattr(esp32, "raw_temperature"):
        return (esp32.raw_temperature() - 32) * 500 // 9
    return UNKNOWN
