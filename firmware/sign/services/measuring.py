"""What changes slowly: light, supply and temperatures, about once a second, and what follows from them.

Nothing here runs in the tick, and rooms for what is not fitted or not configured are never loaded.
"""

import asyncio
import time

from sign import loading
from sign.compat import const, ticks_diff
from sign.hal import chip, clock

# Places in faults.names().
_LIGHT_STUCK = const(30)
_SUPPLY_LOW = const(27)
_SUPPLY_HIGH = const(28)
_SUPPLY_UNREAD = const(29)
_THERMOMETER = const(35)
_STEP_MS = const(1000)
_AIR_MS = const(60_000)
_ANSWERS_MISSED_MAX = const(3)  # a thermometer's, in a row
# Without a light sensor: hours that are day in every month, as far north as people live beside roads.
_DAY_FROM_H = const(10)
_DAY_TO_H = const(12)
_CONVERSION_MS = const(800)  # 750 by the data sheet


class Measuring:
    """`armed` is the running sign. `lamps` is a LampWatch, or None where lamps are not judged; `air_cdeg` are
    hundredths of a degree outside, None when not known.
    """

    def __init__(self, armed):
        self._armed = armed
        config, wiring = armed.config, armed.wiring
        self._analog = _analog(wiring.get("analog", {}))
        self._light = self._supply = self._thermometer = self.lamps = None
        self.power = None  # what looks after a battery, where there is one
        self._missed = 0
        self.air_cdeg = None
        self._air_ms = None
        if config.light_enabled and self._analog.light_mv() >= 0:
            self._light = _light(config)
        if (config.supply_low_mv or config.supply_high_mv) and self._analog.supply_mv() >= 0:
            self._supply = _supply(config)
        if config.lamp_current_mv and self._analog.lamp_current_fitted:
            self.lamps = self._lamp_watch()
        if config.thermometer_enabled and "thermometer" in wiring["pins"]:
            self._thermometer = _thermometer(wiring["pins"]["thermometer"])

    def lamp_current_mv(self):
        """Voltage at the lamps' shunt, -1 when it could not be read; takes a millisecond."""
        return self._analog.lamp_current_mv()

    async def run(self):
        """Measure for ever; `alive()`, which must have been set, is called every second or two."""
        while True:
            self.alive()
            now_ms = time.ticks_ms()
            self._sample(now_ms)
            if self._thermometer and (self._air_ms is None or ticks_diff(now_ms, self._air_ms) >= _AIR_MS):
                self._air_ms = now_ms
                await self._measure_air()
            await asyncio.sleep_ms(_STEP_MS)

    def values(self):
        """For telemetry; None is what is not fitted or not known."""
        found = {
            "light_mv": _or_none(self._analog.light_mv()),
            "supply_mv": _or_none(self._analog.supply_mv()),
            "chip_c": chip.temperature_c(),
            "air_cdeg": self.air_cdeg,
            "dim_pct": self._armed.lamps.dim_pct,
        }
        if self._light:
            found["daylight"] = None if self._light.stuck else self._light.daylight
        if self.power:
            found["battery_stage"] = self.power.stage()
        if self.lamps:
            found["current_proved"] = self.lamps.proved
            found["self_tests"] = self.lamps.self_tests
        return found

    def daylight(self):
        """Whether it is surely day."""
        if self._light and not self._light.stuck:
            return self._light.daylight
        hour = clock.month_and_hour()[1]
        return hour is not None and _DAY_FROM_H <= hour <= _DAY_TO_H

    def _sample(self, now_ms):
        armed = self._armed
        if self._light:
            self._light.sample(self._analog.light_mv(), now_ms)
            armed.settle_fault(_LIGHT_STUCK, self._light.stuck)
        if self.power:
            self.power.sample(self._analog.supply_mv(), now_ms)
        armed.lamps.dim(self._wanted_pct())
        supply = self._supply
        if supply:
            supply.sample(self._analog.supply_mv(), now_ms)
            armed.settle_fault(_SUPPLY_LOW, supply.low)
            armed.settle_fault(_SUPPLY_HIGH, supply.high)
            armed.settle_fault(_SUPPLY_UNREAD, supply.unread)

    def _wanted_pct(self):
        """Brightness by the light, in a night of the schedule no more than at night."""
        config = self._armed.config
        pct = self._light.dim_pct if self._light else config.dim_pct
        hour = clock.month_and_hour()[1]
        if hour is not None and in_night(hour, config.night_from_h, config.night_to_h):
            pct = min(pct, config.night_dim_pct)
        return min(pct, self.power.dim_max_pct) if self.power else pct

    async def _measure_air(self):
        from sign.proto.ds18b20 import UNKNOWN

        cdeg = UNKNOWN
        if self._thermometer.begin():
            await asyncio.sleep_ms(_CONVERSION_MS)
            cdeg = self._thermometer.read_cdeg()
        self.air_cdeg = None if cdeg == UNKNOWN else cdeg
        self._missed = 0 if cdeg != UNKNOWN else min(self._missed + 1, _ANSWERS_MISSED_MAX)
        if 0 < self._missed < _ANSWERS_MISSED_MAX:
            self._air_ms = None  # ask again at once
        self._armed.settle_fault(_THERMOMETER, self._missed >= _ANSWERS_MISSED_MAX)

    def _lamp_watch(self):
        loading.load_listed("LAMP_CURRENT")
        from sign.services.lamp_watch import LampWatch

        return LampWatch(self._armed, self._analog, self._armed.pattern, self.daylight)


def in_night(hour, from_h, to_h):
    """Whether `hour` lies in a night from `from_h` to `to_h`, over midnight too; never if they are alike."""
    if from_h <= to_h:
        return from_h <= hour < to_h
    return hour >= from_h or hour < to_h


def _or_none(mv):
    return mv if mv >= 0 else None


def _analog(wiring):
    from sign.hal.analog import Analog

    return Analog(wiring)


def _light(config):
    loading.load_listed("LIGHT")
    from sign.core.light import AmbientLight

    return AmbientLight(config, time.ticks_ms())


def _supply(config):
    loading.load_listed("SUPPLY")
    from sign.core.supply import Supply

    return Supply(config)


def _thermometer(pin):
    loading.load_listed("THERMOMETER")
    from sign.hal.temperature import Thermometer

    return Thermometer(pin)
