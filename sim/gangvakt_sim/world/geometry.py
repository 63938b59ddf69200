"""Plane geometry of a site."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Pose:
    """Where a sensor stands and which way it looks."""

    x: float
    y: float
    azimuth_deg: float

    def to_sensor(self, point: Point) -> Point:
        """Metres to the right of the look direction (seen from above) and along it."""
        dx, dy = point[0] - self.x, point[1] - self.y
        sin, cos = _sin_cos(self.azimuth_deg)
        return dx * sin - dy * cos, dx * cos + dy * sin

    def to_site(self, right: float, ahead: float) -> Point:
        """Inverse of `to_sensor`."""
        sin, cos = _sin_cos(self.azimuth_deg)
        return self.x + right * sin + ahead * cos, self.y - right * cos + ahead * sin


def _sin_cos(angle_deg: float) -> tuple[float, float]:
    angle = math.radians(angle_deg)
    return math.sin(angle), math.cos(angle)


def polar(right: float, ahead: float) -> tuple[float, float]:
    """Range in metres and angle in degrees off the look direction, positive to the right."""
    return math.hypot(right, ahead), math.degrees(math.atan2(right, ahead))


def in_fan(right: float, ahead: float, range_m: float, half_fan_deg: float) -> bool:
    """Whether a place in the sensor's frame lies in its fan."""
    reach, angle_deg = polar(right, ahead)
    return reach <= range_m and abs(angle_deg) <= half_fan_deg


def lerp(a: Point, b: Point, share: float) -> Point:
    """The point a share of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Whether a polygon holds a point (even-odd rule)."""
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


def turns_clockwise(polygon: Sequence[Point]) -> bool:
    """Whether a polygon is convex and drawn clockwise: its inside is on the right of every edge."""
    corners = zip(polygon, [*polygon[1:], polygon[0]], [*polygon[2:], *polygon[:2]], strict=True)
    return all((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) < 0 for a, b, c in corners)


def crosses_itself(polygon: Sequence[Point]) -> bool:
    """Whether two edges that are no neighbours meet, or two neighbours fold back on one another."""
    edges = list(zip(polygon, [*polygon[1:], polygon[0]], strict=True))
    count = len(edges)
    for i in range(count):
        if edges[i][0] == edges[i][1]:
            return True
        for j in range(i + 2, count - (i == 0)):
            if _meet(edges[i], edges[j]):
                return True
    return False


def _meet(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    a, b = (_side(first, end) for end in second)
    c, d = (_side(second, end) for end in first)
    return a * b <= 0 and c * d <= 0 and any((a, b, c, d))


def _side(line: tuple[Point, Point], point: Point) -> float:
    (x0, y0), (x1, y1) = line
    return (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0)
