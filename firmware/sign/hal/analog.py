"""Voltages at the converter's pins: light, lamp current, supply."""

import time

from machine import ADC, Pin
from sign.compat import const

_UV_PER_MV = const(1000)
_RATIO_ONE = const(1000)
# One period of the lamps' DIM carrier (1 kHz), so that the mean knows nothing of its phase.
_READINGS = const(10)
_SPACING_US = const(100)
# One that took longer was interrupted by a tick: its readings do not cover the carrier evenly.
_PERIOD_MAX_US = const(1_100)


class Analog:
    """`wiring` is board.json's `analog` table; what is left out is not fitted and reads -1. ValueError for a
    pin without converter.

    Its keys: `light`, `lamp_current`, `supply` (pins) and `supply_ratio_milli` (voltage in front of the
    divider by voltage at the pin, in thousandths). Readings are allocation-free.
    """

    def __init__(self, wiring):
        self._light = _reader(wiring, "light")
        self._lamp_current = _reader(wiring, "lamp_current")
        self._supply = _reader(wiring, "supply")
        self._ratio_milli = wiring.get("supply_ratio_milli", _RATIO_ONE)

    @property
    def lamp_current_fitted(self):
        """Whether the lamps' current can be measured at all."""
        return self._lamp_current is not None

    def light_mv(self):
        """Voltage of the light sensor."""
        return self._light() // _UV_PER_MV if self._light else -1

    def supply_mv(self):
        """Supply voltage in front of the divider."""
        return self._supply() // _UV_PER_MV * self._ratio_milli // _RATIO_ONE if self._supply else -1

    def lamp_current_mv(self):
        """Voltage at the lamps' shunt, the mean over one period of the DIM carrier.

        -1 as well when a tick came between. It takes a millisecond, most of it waiting between readings, so
        it is no work for the tick itself.
        """
        if not self._lamp_current:
            return -1
        total_uv = 0
        begun_us = time.ticks_us()
        for k in range(_READINGS):
            while time.ticks_diff(time.ticks_us(), begun_us) < k * _SPACING_US:
                pass
            total_uv += self._lamp_current()
        if time.ticks_diff(time.ticks_us(), begun_us) > _PERIOD_MAX_US:
            return -1
        return total_uv // _READINGS // _UV_PER_MV


def _reader(wiring, name):
    pin = wiring.get(name)
    return None if pin is None else ADC(Pin(pin), atten=ADC.ATTN_11DB).read_uv
