"""Whether a sign at a crossing warns early enough: its lead against what drivers need to stop.

A driver who sees the lamps reacts for REACTION_S at his speed v, then brakes with the deceleration a of the
surface: he stands after REACTION_S + v / a, and v * REACTION_S + v^2 / 2a further on (uniform deceleration;
the textbook formula of the stopping distance). Whoever is nearer than that cannot stop, but he has passed
after the time that he needs for this distance. So a lead of that time is the least with which nobody is both
unable to stop and still to come, and with one of the stopping time everybody stands before the person steps
onto the road.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

REACTION_S = 1.5  # of an attentive driver to a signal in his direction
WALK_M_S = 1.4  # a brisk adult; older people walk more slowly and are seen for longer
CONFIRM_S = 0.5  # until the tracker believes in a person and in the way that he goes
LEAD_TARGET_S = 2.5  # what the sign is built for, whatever the speed
KMH_PER_M_S = 3.6
SPEED_KMH = range(20, 91)
OFFSET_M = (0.0, 20.0)  # from the sensor to where people step onto the road
SIGHT_M = (5.0, 500.0)


class Surface(Enum):
    """The deceleration of a car with good tyres, in m/s^2."""

    DRY = 6.0
    WET = 4.0
    SNOW = 2.0


class Sensor(Enum):
    """How far its sensor follows somebody on foot, in m, by its maker's data sheet."""

    LD2410 = 5.0
    LD2450 = 6.0
    C4001 = 25.0


class Grade(Enum):
    """What a lead is worth."""

    STANDS = "stands"  # everybody stands before somebody steps out
    PASSES = "passes"  # who cannot stop has passed by then
    SHORT = "short"  # neither


@dataclass(frozen=True)
class Stop:
    """What a driver needs to stand still at one speed on one surface."""

    reaction_m: float
    braking_m: float
    stopping_s: float
    passing_s: float  # until one who is as far away as he needs to stop has driven there without braking

    @property
    def distance_m(self) -> float:
        return self.reaction_m + self.braking_m


def stop_from(speed_kmh: float, surface: Surface) -> Stop:
    """For a speed above 0 km/h."""
    v = speed_kmh / KMH_PER_M_S
    reaction_m, braking_m = v * REACTION_S, v * v / (2 * surface.value)
    return Stop(reaction_m, braking_m, REACTION_S + v / surface.value, (reaction_m + braking_m) / v)


def lead_s(reach_m: float, offset_m: float) -> float:
    """How long before his first step onto the road somebody is announced who walks towards the sensor.

    The worst of the ways: past the sensor to the kerb, `offset_m` beyond it, so that all of the offset is
    lost. 0 where he is there before he is believed.
    """
    return max(0.0, (reach_m - offset_m) / WALK_M_S - CONFIRM_S)


def grade_of(lead: float, stop: Stop) -> Grade:
    if lead >= stop.stopping_s:
        return Grade.STANDS
    return Grade.PASSES if lead >= stop.passing_s else Grade.SHORT


@dataclass(frozen=True)
class Place:
    """A crossing as far as planning needs it; `sight_m` is how far off drivers see the lamps."""

    speed_kmh: int
    sensor: Sensor
    offset_m: float
    sight_m: float


@dataclass(frozen=True)
class SheetRow:
    """One surface of a planning sheet."""

    surface: Surface
    stop: Stop
    grade: Grade
    is_seen_in_time: bool  # from the stopping distance


@dataclass(frozen=True)
class Sheet:
    """The planning sheet of one crossing."""

    place: Place
    lead_s: float
    rows: tuple[SheetRow, ...]

    @property
    def reaches_target(self) -> bool:
        return self.lead_s >= LEAD_TARGET_S


def sheet_of(place: Place) -> Sheet:
    """One row for each surface."""
    lead = lead_s(place.sensor.value, place.offset_m)
    return Sheet(place, lead, tuple(_row(place, lead, surface) for surface in Surface))


def _row(place: Place, lead: float, surface: Surface) -> SheetRow:
    stop = stop_from(place.speed_kmh, surface)
    return SheetRow(surface, stop, grade_of(lead, stop), place.sight_m >= stop.distance_m)
