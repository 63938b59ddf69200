"""People on foot: who comes, and whether they cross, wait, walk past, stand about or turn round."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from gangvakt_sim.world.geometry import Point, lerp
from gangvakt_sim.world.scene import Line, Scene, Traffic
from gangvakt_sim.world.track import Track
from gangvakt_sim.world.walk import Leg, walk

HABITS = {"cross": 45, "wait": 20, "pass": 20, "turn": 8, "stand": 7}  # of a hundred people
WALK_M_S = (1.35, 0.22)  # mean and standard deviation
SLOWEST_M_S, FASTEST_M_S = 0.7, 2.0
RUN_M_S = 2.8
RUNNERS = 0.04
AT_KERB_M = 0.4  # where one stops before the road
SIDEWAYS_M = 0.8  # how far off the footway's middle people walk
CUT_CORNER_M = 3.0  # how early they leave it to reach the crossing


class People:
    """Makes people for a scene, one after the other; the same random stream makes the same people."""

    def __init__(self, scene: Scene, traffic: Traffic, rng: random.Random) -> None:
        self._scene, self._traffic, self._random = scene, traffic, rng
        self._count = 0

    def arrival(self, t_s: float, habit: str | None = None, speed_m_s: float | None = None) -> Track:
        """Somebody who comes into the scene at a time; habit and speed are drawn unless given."""
        self._count += 1
        chosen = habit or self._random.choices(list(HABITS), list(HABITS.values()))[0]
        plans: dict[str, Callable[[int, int], list[Leg]]] = {
            "cross": lambda side, end: self._crossing(side, end, 0.0),
            "wait": lambda side, end: self._crossing(side, end, self._random.uniform(1.5, 8.0)),
            "pass": self._passing,
            "turn": self._turning,
            "stand": self._standing,
        }
        legs = plans[chosen](self._random.randrange(2), self._random.randrange(2))
        return walk(f"p{self._count}", "pedestrian", t_s, speed_m_s or self._speed_m_s(), legs)

    def _speed_m_s(self) -> float:
        if self._random.random() < RUNNERS:
            return RUN_M_S
        return min(FASTEST_M_S, max(SLOWEST_M_S, self._random.gauss(*WALK_M_S)))

    def _footway(self, side: int, end: int) -> Line:
        """This person's own line along a side's footway, coming from its end 0 or 1."""
        (x0, y0), (x1, y1) = self._traffic.footways[side]
        off = self._random.uniform(-SIDEWAYS_M, SIDEWAYS_M)
        length = math.dist((x0, y0), (x1, y1))
        dx, dy = off * (y0 - y1) / length, off * (x1 - x0) / length
        line = (x0 + dx, y0 + dy), (x1 + dx, y1 + dy)
        return line if end == 0 else (line[1], line[0])

    def _kerbs(self, side: int) -> tuple[Point, Point]:
        """Where this person leaves one kerb and reaches the other, both a little behind it."""
        share = self._random.uniform(0.15, 0.85)
        near, far = lerp(*self._scene.kerbs[side], share), lerp(*self._scene.kerbs[1 - side], 1 - share)
        back = AT_KERB_M / math.dist(near, far)
        return lerp(near, far, -back), lerp(near, far, 1 + back)

    def _crossing(self, side: int, end: int, pause_s: float) -> list[Leg]:
        near, far = self._kerbs(side)
        come, go = self._footway(side, end), self._footway(1 - side, self._random.randrange(2))
        to_kerb = (come[0], _leave(come, near), near)
        onwards = (far, _join(go, far), go[1])
        if pause_s:
            return [Leg(to_kerb, pause_s), Leg((near, *onwards))]
        return [Leg((*to_kerb, *onwards))]

    def _passing(self, side: int, end: int) -> list[Leg]:
        return [Leg(self._footway(side, end))]

    def _turning(self, side: int, end: int) -> list[Leg]:
        near, far = self._kerbs(side)
        come = self._footway(side, end)
        short = lerp(near, far, -self._random.uniform(0.3, 0.9) / math.dist(near, far))
        way = (come[0], _leave(come, near), short)
        return [Leg(way, self._random.uniform(0.3, 2.0)), Leg(way[::-1])]

    def _standing(self, side: int, end: int) -> list[Leg]:
        line = self._footway(side, end)
        near, _ = self._kerbs(side)
        spot = _along(line, near, self._random.uniform(-6, 6))
        return [Leg((line[0], spot), self._random.uniform(5, 15)), Leg((spot, line[1]))]


def _along(line: Line, point: Point, off_m: float) -> Point:
    """The foot of a point on a line, moved along the line."""
    (x0, y0), (x1, y1) = line
    length = math.dist(*line)
    reached = ((point[0] - x0) * (x1 - x0) + (point[1] - y0) * (y1 - y0)) / length
    return lerp(*line, (reached + off_m) / length)


def _leave(line: Line, near: Point) -> Point:
    return _along(line, near, -CUT_CORNER_M)


def _join(line: Line, far: Point) -> Point:
    return _along(line, far, CUT_CORNER_M)
