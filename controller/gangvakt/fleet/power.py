"""Where a sign's power comes from, and whether it has any at a given time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from gangvakt.fleet.names import SignId

DAY_MIN = 1440
MINUTE_MS = 60_000
# A photocell or an astronomical clock switches earlier on a dark day, and a sign starts after the light does.
SWITCHING_SLACK_MIN = 45


class Feed(Enum):
    """What feeds the sign; the words are those of `power_profile` in a sign's configuration."""

    MAINS = "mains"
    LIGHTING = "lighting"  # a street-lighting feeder: no power by day
    LIGHTING_BATTERY = "lighting_battery"  # the same, with a battery for the day
    SOLAR = "solar"


class Supply(Enum):
    """Whether there is power now. TURNING: about the time of switching, when either is normal."""

    ON = "on"
    OFF = "off"
    TURNING = "turning"


@dataclass(frozen=True)
class FeederHours:
    """When a feeder is lit, in minutes of the UTC day 0..1439; `lit_from_min` after `lit_until_min` is over
    midnight. Whoever knows the calendar gives those of today."""

    lit_from_min: int
    lit_until_min: int

    def supply(self, now_ms: int) -> Supply:
        """At UTC `now_ms`; TURNING within SWITCHING_SLACK_MIN of a switching."""
        minute = now_ms // MINUTE_MS % DAY_MIN
        if any(_apart_min(minute, turn) <= SWITCHING_SLACK_MIN for turn in self._turns()):
            return Supply.TURNING
        since_lit_min = (minute - self.lit_from_min) % DAY_MIN
        lit_min = (self.lit_until_min - self.lit_from_min) % DAY_MIN
        return Supply.ON if since_lit_min < lit_min else Supply.OFF

    def next_change_ms(self, now_ms: int) -> int:
        """The next UTC time at which `supply` may say something else."""
        edges = {
            (turn + sign * SWITCHING_SLACK_MIN + (sign > 0)) % DAY_MIN
            for turn in self._turns()
            for sign in (-1, 1)
        }
        minute = now_ms // MINUTE_MS
        wait_min = min((edge - minute - 1) % DAY_MIN + 1 for edge in edges)
        return (minute + wait_min) * MINUTE_MS

    def _turns(self) -> tuple[int, int]:
        return self.lit_from_min, self.lit_until_min


@dataclass(frozen=True)
class PowerProfile:
    """How one sign is fed. `feeder` names the circuit within the municipality; without `hours` a lighting
    feeder's day and night are not known, and its absence is always possible."""

    feed: Feed = Feed.MAINS
    feeder: str | None = None
    hours: FeederHours | None = None

    def supply(self, now_ms: int) -> Supply:
        """ON for everything but a lighting feeder without a battery."""
        if self.feed is not Feed.LIGHTING:
            return Supply.ON
        return self.hours.supply(now_ms) if self.hours else Supply.TURNING

    def next_change_ms(self, now_ms: int) -> int | None:
        """When `supply` may change by itself; None for never."""
        if self.feed is not Feed.LIGHTING or self.hours is None:
            return None
        return self.hours.next_change_ms(now_ms)


MAINS = PowerProfile()
PowerOf = Callable[[SignId], PowerProfile]
"""Gives the profile of a sign; MAINS for one that nobody has told of."""


def _apart_min(one: int, other: int) -> int:
    apart = abs(one - other)
    return min(apart, DAY_MIN - apart)
