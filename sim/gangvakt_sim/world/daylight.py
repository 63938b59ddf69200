"""Ambient light through the year, as the millivolts of the sign's light sensor."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

DAY_S = 86_400.0
TILT_DEG = 23.44
SOLSTICE_DAY = 172  # 21 June


@dataclass(frozen=True)
class DaylightTraits:
    """Sky and sensor; the sensor is assumed to be logarithmic, as a photodiode with a log amplifier."""

    latitude_deg: float = 59.7
    street_lamp_mv: float = 80.0  # what lamps and the moon leave at night
    dark_deg: float = -6.0  # sun below this: night (civil dusk)
    bright_deg: float = 20.0  # sun above this: the sensor's top
    top_mv: float = 2600.0
    cloud: float = 0.35  # share of the light that clouds take at most
    cloud_s: float = 900.0  # they change in about that time


DEFAULT_TRAITS = DaylightTraits()


class DaylightModel:
    """Light at one place. The same seed and times give the same voltages; `t_s` counts from midnight
    (solar)."""

    def __init__(self, day_of_year: int, seed: int | str, *, traits: DaylightTraits = DEFAULT_TRAITS) -> None:
        self._day, self._seed, self._traits = day_of_year, seed, traits

    def mv(self, t_s: float) -> int:
        """The light sensor's voltage."""
        traits = self._traits
        height = (self.sun_deg(t_s) - traits.dark_deg) / (traits.bright_deg - traits.dark_deg)
        share = max(0.0, min(1.0, height)) * (1 - traits.cloud * self._clouds(t_s))
        return round(traits.street_lamp_mv + (traits.top_mv - traits.street_lamp_mv) * share)

    def sun_deg(self, t_s: float) -> float:
        """The sun's height above the horizon."""
        day = self._day + t_s / DAY_S
        declination = math.radians(TILT_DEG * math.cos(math.tau * (day - SOLSTICE_DAY) / 365.25))
        latitude, hour = math.radians(self._traits.latitude_deg), math.tau * (t_s / DAY_S - 0.5)
        sine = math.sin(latitude) * math.sin(declination)
        return math.degrees(math.asin(sine + math.cos(latitude) * math.cos(declination) * math.cos(hour)))

    def _clouds(self, t_s: float) -> float:
        """0..1, between fresh random values every `cloud_s`."""
        step, share = divmod(t_s / self._traits.cloud_s, 1.0)
        before, after = (random.Random(f"{self._seed}/cloud/{step + k:.0f}").random() for k in (0, 1))
        return before + (after - before) * share
