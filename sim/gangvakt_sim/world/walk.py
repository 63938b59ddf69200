"""Walking along a path: rounded corners, and speeding up and slowing down like a person."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gangvakt_sim.world.geometry import Point, lerp
from gangvakt_sim.world.track import Kind, Track

SAMPLE_S = 0.1
ACCELERATION_M_S2 = 1.2
CORNER_M = 1.0  # where a corner begins to be cut
CORNER_STEPS = 4
CRAWL_M_S = 0.15  # keeps the last centimetres before a stop from lasting for ever


@dataclass(frozen=True)
class Leg:
    """A path to walk, and how long to stand at its end (0: walk on)."""

    points: tuple[Point, ...]
    pause_s: float = 0.0


def walk(track_id: str, kind: Kind, start_s: float, speed_m_s: float, legs: Sequence[Leg]) -> Track:
    """The track of somebody who walks the legs one after the other, coming along at full speed."""
    samples = list(_samples(start_s, speed_m_s, legs))
    t, x, y = zip(*samples, strict=True)
    return Track(track_id, kind, t, x, y)


def _samples(start_s: float, speed_m_s: float, legs: Sequence[Leg]) -> Iterator[tuple[float, float, float]]:
    steps, speed = 0, speed_m_s
    for leg in legs:
        path = Path(rounded(leg.points))
        gone = 0.0
        while gone < path.length:
            yield start_s + steps * SAMPLE_S, *path.at(gone)
            speed = _next_speed(speed, speed_m_s, path.length - gone if leg.pause_s else math.inf)
            gone += speed * SAMPLE_S
            steps += 1
        yield start_s + steps * SAMPLE_S, *path.at(path.length)
        if leg.pause_s:
            speed = 0.0
            steps += round(leg.pause_s / SAMPLE_S)
            yield start_s + steps * SAMPLE_S, *path.at(path.length)
        steps += 1


def _next_speed(speed: float, cruise: float, to_stop: float) -> float:
    change = ACCELERATION_M_S2 * SAMPLE_S
    allowed = max(CRAWL_M_S, math.sqrt(2 * ACCELERATION_M_S2 * to_stop))
    return min(speed + change, cruise, allowed)


def rounded(points: Sequence[Point]) -> list[Point]:
    """The path with every inner corner cut by a curve."""
    path = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, end = _towards(corner, before), _towards(corner, after)
        for step in range(CORNER_STEPS + 1):
            share = step / CORNER_STEPS
            path.append(lerp(lerp(start, corner, share), lerp(corner, end, share), share))
    return [*path, points[-1]]


def _towards(corner: Point, other: Point) -> Point:
    distance = math.dist(corner, other)
    return lerp(corner, other, min(CORNER_M / distance, 0.5) if distance else 0.0)


class Path:
    """A line of points by the distance along it."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._points = points
        self._reached = [0.0]
        for a, b in pairwise(points):
            self._reached.append(self._reached[-1] + math.dist(a, b))

    @property
    def length(self) -> float:
        """Metres from the first to the last point."""
        return self._reached[-1]

    def at(self, gone_m: float) -> Point:
        """The point that far along the path; its ends beyond them."""
        for index in range(1, len(self._points)):
            if gone_m < self._reached[index]:
                before = self._reached[index - 1]
                share = (gone_m - before) / (self._reached[index] - before)
                return lerp(self._points[index - 1], self._points[index], max(0.0, share))
        return self._points[-1]
