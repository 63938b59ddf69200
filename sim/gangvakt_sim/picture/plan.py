"""The plan of a site: from metres to the picture, and its ground, crossing, kerb, pole and fan."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from gangvakt_sim.picture.svg import Svg
from gangvakt_sim.world.geometry import Point, lerp
from gangvakt_sim.world.scene import Scene, Sensor, SignPole

GROUND, PAVEMENT, ROAD, STRIPE = "#eef1ea", "#dcdcd6", "#8d9299", "#f7f7f5"
KERB, FAN, POLE, INK, SOFT = "#c2571a", "#2c6fbb", "#1d2733", "#1d2733", "#5d6873"
DARK, LIT, ON = "#3b4754", "#f2a900", "#d7263d"
DOT_PX = 3.5
STRIPES = 8
FAN_STEPS = 24
SCALE_BAR_M = 2.0


class Plan:
    """A window of the plane, north up, on a picture; `frame` is (left, top, width, height) in pixels."""

    def __init__(self, svg: Svg, frame: tuple[float, float, float, float], shown: Iterable[Point]) -> None:
        self.svg, self._frame = svg, frame
        places = list(shown)
        left, top, width, height = frame
        self._xmin, self._xmax = min(p[0] for p in places), max(p[0] for p in places)
        self._ymin, self._ymax = min(p[1] for p in places), max(p[1] for p in places)
        across, down = self._xmax - self._xmin, self._ymax - self._ymin
        self.scale = min(width / max(across, 1e-6), height / max(down, 1e-6))
        self._x0 = left + (width - across * self.scale) / 2
        self._y0 = top + (height - down * self.scale) / 2

    def at(self, place: Point) -> Point:
        """Pixels of a place."""
        x, y = place
        return self._x0 + (x - self._xmin) * self.scale, self._y0 + (self._ymax - y) * self.scale

    def draw_ground(self, scene: Scene) -> None:
        """Pavements, road and the stripes of the crossing."""
        for pavement in scene.pavements:
            self.svg.polygon([self.at(p) for p in pavement], fill=PAVEMENT)
        self.svg.polygon([self.at(p) for p in scene.road], fill=ROAD)
        (a, b), (c, d) = scene.kerbs
        for number in range(STRIPES):
            low, high = (2 * number + 0.5) / (2 * STRIPES), (2 * number + 1.5) / (2 * STRIPES)
            stripe = [lerp(a, b, low), lerp(a, b, high), lerp(d, c, high), lerp(d, c, low)]
            self.svg.polygon([self.at(p) for p in stripe], fill=STRIPE, opacity=0.85)

    def draw_sign(self, scene: Scene, pole: SignPole) -> None:
        """The fans of its sensors, the kerb that the sign guards, and its pole."""
        for sensor in pole.sensors:
            self.svg.polygon(
                [self.at(p) for p in fan_outline(pole, sensor)],
                fill=FAN,
                fill_opacity=0.1,
                stroke=FAN,
                stroke_opacity=0.6,
                stroke_dasharray="5 4",
            )
        a, b = scene.kerbs[pole.kerb]
        self.svg.line(self.at(a), self.at(b), stroke=KERB, stroke_width=4, stroke_linecap="round")
        self.svg.circle(self.at((pole.pose.x, pole.pose.y)), 6, fill=POLE, stroke="white", stroke_width=2)

    def draw_scale(self, at: Point) -> None:
        """A bar of known length, from a point in pixels to the right."""
        end = at[0] + SCALE_BAR_M * self.scale, at[1]
        self.svg.line(at, end, stroke=INK, stroke_width=2)
        for x, y in (at, end):
            self.svg.line((x, y - 5), (x, y + 5), stroke=INK, stroke_width=2)
        middle = ((at[0] + end[0]) / 2, at[1] - 9)
        self.svg.label(middle, f"{SCALE_BAR_M:g} m", text_anchor="middle", fill=INK)

    def draw_path(self, places: list[Point], colour: str, width: float) -> None:
        """A line of places, drawn in pieces short enough to join well."""
        for a, b in pairwise(places):
            self.svg.line(self.at(a), self.at(b), stroke=colour, stroke_width=width, stroke_linecap="round")


def fan_outline(pole: SignPole, sensor: Sensor) -> list[Point]:
    """The outline of what a sensor sees."""
    pose = pole.pose_of(sensor)
    return [(pose.x, pose.y), *arc(pole, sensor, sensor.fan.range_m)]


def arc(pole: SignPole, sensor: Sensor, range_m: float) -> list[Point]:
    """All places that a sensor sees at a distance, from its left to its right."""
    pose, places = pole.pose_of(sensor), []
    for step in range(FAN_STEPS + 1):
        angle = math.radians(sensor.fan.half_fan_deg * (2 * step / FAN_STEPS - 1))
        places.append(pose.to_site(range_m * math.sin(angle), range_m * math.cos(angle)))
    return places
