"""Cars and cyclists in their lanes: they keep their distance and give way to people on the crossing."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from gangvakt_sim.world.geometry import Point, contains, lerp
from gangvakt_sim.world.scene import Lane
from gangvakt_sim.world.track import Actor

LENGTH_M = {"car": 4.4, "cyclist": 1.8}
GAP_M = 2.0  # to the one in front, standing
STOP_BEFORE_M = 1.5  # the crossing
ACCELERATION_M_S2 = 1.8
BRAKING_M_S2 = 3.0
HARDEST_BRAKING_M_S2 = 6.0
HEADWAY_S = 2.5
PROBE_M = 0.1


@dataclass
class _Vehicle:
    id: str
    cruise_m_s: float
    at_m: float
    speed_m_s: float


class LaneTraffic:
    """The vehicles of one lane, moved on in steps of a fixed length."""

    def __init__(self, name: str, lane: Lane, crossing: Sequence[Point], rng: random.Random) -> None:
        self._name, self._lane, self._random = name, lane, rng
        self._length_m = math.dist(*lane.line)
        self._stop_m = self._stop_line(crossing)
        self._vehicles: list[_Vehicle] = []
        self._count = 0
        self._next_s = -math.inf

    def step(self, t_s: float, dt_s: float, crossing_taken: bool) -> None:
        """From `t_s` to `t_s + dt_s`; `crossing_taken`: somebody is, or soon will be, on the crossing."""
        self._arrive(t_s)
        leader: _Vehicle | None = None
        for vehicle in self._vehicles:
            speed = self._speed(vehicle, dt_s, self._free_m(vehicle, leader, crossing_taken))
            vehicle.at_m += speed * dt_s
            vehicle.speed_m_s = speed
            leader = vehicle
        self._vehicles = [vehicle for vehicle in self._vehicles if vehicle.at_m < self._length_m]

    def actors(self) -> list[Actor]:
        """Who is in the lane now."""
        (x0, y0), (x1, y1) = self._lane.line
        heading_deg = math.degrees(math.atan2(y1 - y0, x1 - x0)) % 360
        return [self._actor(vehicle, heading_deg) for vehicle in self._vehicles]

    def _actor(self, vehicle: _Vehicle, heading_deg: float) -> Actor:
        x, y = lerp(*self._lane.line, vehicle.at_m / self._length_m)
        return Actor(vehicle.id, self._lane.kind, x, y, heading_deg, vehicle.speed_m_s)

    def _stop_line(self, crossing: Sequence[Point]) -> float:
        """Where a front bumper waits, in metres along the lane; infinite if the lane misses the crossing."""
        for probe in range(int(self._length_m / PROBE_M)):
            if contains(crossing, lerp(*self._lane.line, probe * PROBE_M / self._length_m)):
                return probe * PROBE_M - STOP_BEFORE_M
        return math.inf

    def _arrive(self, t_s: float) -> None:
        if self._next_s == -math.inf:
            self._next_s = t_s + self._headway_s()
        room = not self._vehicles or self._vehicles[-1].at_m > LENGTH_M[self._lane.kind] + 3 * GAP_M
        if t_s >= self._next_s and room:
            self._count += 1
            cruise = self._lane.speed_m_s * self._random.uniform(0.85, 1.15)
            self._vehicles.append(_Vehicle(f"{self._name}-{self._count}", cruise, 0.0, cruise))
            self._next_s = t_s + HEADWAY_S + self._headway_s()

    def _headway_s(self) -> float:
        if not self._lane.per_minute:
            return math.inf
        return self._random.expovariate(self._lane.per_minute / 60)

    def _free_m(self, vehicle: _Vehicle, leader: _Vehicle | None, crossing_taken: bool) -> float:
        """How far the vehicle may still go."""
        length = LENGTH_M[self._lane.kind]
        free = leader.at_m - length - GAP_M - vehicle.at_m if leader else math.inf
        to_line = self._stop_m - length / 2 - vehicle.at_m
        needs = vehicle.speed_m_s**2 / (2 * HARDEST_BRAKING_M_S2)
        if crossing_taken and to_line >= needs - STOP_BEFORE_M / 2 and to_line > -STOP_BEFORE_M / 2:
            free = min(free, to_line)
        return max(0.0, free)

    def _speed(self, vehicle: _Vehicle, dt_s: float, free_m: float) -> float:
        allowed = min(vehicle.cruise_m_s, math.sqrt(2 * BRAKING_M_S2 * free_m))
        fastest = vehicle.speed_m_s + ACCELERATION_M_S2 * dt_s
        slowest = max(0.0, vehicle.speed_m_s - HARDEST_BRAKING_M_S2 * dt_s)
        return max(slowest, min(fastest, allowed))
