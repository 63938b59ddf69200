"""What pictures of a replay share: a heading, the plan of the site, and the course of time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from gangvakt_sim.offline.decision import Interval
from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.picture.course import draw_course
from gangvakt_sim.picture.plan import GROUND, INK, SOFT, Plan, fan_outline
from gangvakt_sim.picture.svg import Svg
from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.scene import Scene, SignPole

WIDTH, HEIGHT = 900.0, 790.0
GROUND_PX = (15.0, 58.0, WIDTH - 30.0, 585.0)
PLAN = (30.0, 70.0, 640.0, 560.0)  # left, top, width, height
AROUND_M = 1.0  # of the sign and its kerb, always shown
BEYOND_M = 9.0  # from the kerb: nothing is followed further


class Sheet:
    """A picture of one outcome; `plan` is drawn on within `map`."""

    def __init__(self, scene: Scene, pole: SignPole, outcome: Outcome, shown: Iterable[Point]) -> None:
        self.svg = Svg(WIDTH, HEIGHT)
        self.svg.add("rect", width=WIDTH, height=HEIGHT, fill="white")
        left, top, width, height = GROUND_PX
        self.svg.add("rect", x=left, y=top, width=width, height=height, rx=8, fill=GROUND)
        self._scene, self._pole, self._outcome = scene, pole, outcome
        self.plan = Plan(self.svg, PLAN, self._fitting(shown))

    def draw_head(self, said: str) -> None:
        """The outcome's name, and a line of words."""
        title = f"{self._outcome.name} at {self._scene.title}, sign {self._pole.id}"
        self.svg.label((20, 28), title, font_size=19, fill=INK)
        self.svg.label((20, 48), said, fill=SOFT)

    @contextmanager
    def map(self) -> Iterator[Plan]:
        """The plan with street, sign and scale, to draw on."""
        with self.svg.window(*GROUND_PX):
            self.plan.draw_ground(self._scene)
            self.plan.draw_sign(self._scene, self._pole)
            yield self.plan
        self.plan.draw_scale((45.0, 622.0))

    def text(self, span_s: tuple[float, float]) -> str:
        """The finished SVG, with the course of that time."""
        draw_course(self.svg, self._outcome, span_s)
        return self.svg.text()

    def _fitting(self, shown: Iterable[Point]) -> Iterator[Point]:
        """What must fit: the kerb's surroundings; the fans and what is shown, if not too far from them."""
        kerb = self._scene.kerbs[self._pole.kerb]
        middle = (kerb[0][0] + kerb[1][0]) / 2, (kerb[0][1] + kerb[1][1]) / 2
        for x, y in (*kerb, *self._scene.crossing):
            yield x - AROUND_M, y - AROUND_M
            yield x + AROUND_M, y + AROUND_M
        yield self._pole.pose.x, self._pole.pose.y
        for sensor in self._pole.sensors:
            yield from (p for p in fan_outline(self._pole, sensor) if math.dist(p, middle) < BEYOND_M)
        yield from (place for place in shown if math.dist(place, middle) < BEYOND_M)


def warned_words(outcome: Outcome) -> str:
    """When and why the first warning began."""
    if not outcome.lit:
        return "no warning"
    return f"warned for “{outcome.reasons[0].replace('_', ' ')}” at {outcome.lit[0][0]:.2f} s"


def lit_at(lit: Iterable[Interval], t_s: float) -> bool:
    """Whether a time lies in a lit interval."""
    return any(start <= t_s and (end is None or t_s <= end) for start, end in lit)
