"""The kerb line, learned from somebody who walks to its two ends and stays there a little. Pure.

A radar loses people who stand still, so an end is where somebody was seen last or again within a step, not
only where they were seen all the time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

Point = tuple[float, float]  # metres in the site's plane

STAY_S = 3.0
STAYED_S = 0.8 * STAY_S  # sights do not come at the very ends of it
STEP_M = 0.6  # nine of ten sights: the noise across the beam, and a sway from foot to foot
DRIFT_M = 0.35  # from the first third of the sights to the last: who strolls goes further
GAP_S = 0.45  # a sight or two that the radar has dropped
POINTS_MIN = 5
APART_M = 1.0  # nearer together they are one end
SHORTEST_M = 0.5  # what the sign itself takes for a line
GOOD_SPREAD_M = 0.25


@dataclass(frozen=True)
class End:
    """One end: the median of the places seen there, how far half of them lie off at most, and how many."""

    x: float
    y: float
    spread_m: float
    points: int

    @property
    def place(self) -> Point:
        return self.x, self.y

    @property
    def good(self) -> bool:
        """Whether it is known as well as a radar can."""
        return self.spread_m <= GOOD_SPREAD_M


@dataclass(frozen=True)
class KerbLine:
    """From `a` to `b`; the roadway lies to the right of that way."""

    a: Point
    b: Point

    @property
    def length_m(self) -> float:
        return math.dist(self.a, self.b)

    def ends_mm(self) -> dict[str, list[int]]:
        """As the sign's verb `kerb` takes them."""
        return {"a": [round(1000 * v) for v in self.a], "b": [round(1000 * v) for v in self.b]}

    def roadway_point(self, ahead_m: float) -> Point:
        """The place so far from the middle of the line, out on the roadway."""
        middle = (self.a[0] + self.b[0]) / 2, (self.a[1] + self.b[1]) / 2
        along = (self.b[0] - self.a[0]) / self.length_m, (self.b[1] - self.a[1]) / self.length_m
        return middle[0] + along[1] * ahead_m, middle[1] - along[0] * ahead_m


class KerbLearner:
    """Feed it what the radar sees; `ends` fills with the first two places where somebody stayed.

    Who faces the road walks to its right end first: then the roadway lies to the right of the line.
    """

    def __init__(self) -> None:
        self.ends: list[End] = []
        self._trail: deque[tuple[float, Point]] = deque()

    @property
    def done(self) -> bool:
        return len(self.ends) == 2

    @property
    def line(self) -> KerbLine:
        """Once it is `done`."""
        first, second = self.ends
        return KerbLine(first.place, second.place)

    def feed(self, t_s: float, places: Sequence[Point]) -> End | None:
        """Take the places seen at `t_s`; the end that was completed by it."""
        if self.done:
            return None
        place = self._follow(places)
        if place is not None:
            self._trail.append((t_s, place))
        while self._trail and t_s - self._trail[0][0] > STAY_S:
            self._trail.popleft()
        end = self._stay(t_s)
        if end is not None:
            self.ends.append(end)
            self._trail.clear()
        return end

    def _follow(self, places: Sequence[Point]) -> Point | None:
        """Who was followed so far goes on; others in view are somebody else."""
        if not places:
            return None
        if not self._trail:
            return min(places, key=lambda place: math.hypot(*place))
        return min(places, key=lambda place: math.dist(place, self._trail[-1][1]))

    def _stay(self, t_s: float) -> End | None:
        """Whether the sights of the last while are all of one place, and nowhere else came after them."""
        if len(self._trail) < POINTS_MIN or t_s - self._trail[0][0] < STAYED_S:
            return None
        places = [place for _, place in self._trail]
        end = end_of(places)
        far = sorted(math.dist(end.place, place) for place in places)
        if far[int(0.9 * (len(far) - 1))] > STEP_M or _drift_m(places) > DRIFT_M:
            return None
        if any(_drift_m(run) > DRIFT_M for run in self._runs()):
            return None  # walked out of the view and in again
        if self.ends and math.dist(end.place, self.ends[0].place) < APART_M:
            return None
        return end

    def _runs(self) -> Iterator[list[Point]]:
        """Sights without a gap between them."""
        run: list[Point] = []
        last_s = self._trail[0][0]
        for t_s, place in self._trail:
            if t_s - last_s > GAP_S:
                yield run
                run = []
            run.append(place)
            last_s = t_s
        yield run


def _drift_m(places: Sequence[Point]) -> float:
    """From the first third of the sights to the last."""
    third = max(1, len(places) // 3)
    return math.dist(end_of(places[:third]).place, end_of(places[-third:]).place)


def end_of(places: Iterable[Point]) -> End:
    """The end that was seen at these places."""
    seen = list(places)
    x, y = median(p[0] for p in seen), median(p[1] for p in seen)
    return End(x, y, median(math.dist((x, y), place) for place in seen), len(seen))


def parse_kerb(text: str) -> KerbLine:
    """`x1,y1,x2,y2` in metres. ValueError with what is wrong."""
    parts = text.split(",")
    if len(parts) != 4:
        raise ValueError("four numbers x1,y1,x2,y2 in metres")
    try:
        x1, y1, x2, y2 = (float(part) for part in parts)
    except ValueError:
        raise ValueError("four numbers x1,y1,x2,y2 in metres") from None
    line = KerbLine((x1, y1), (x2, y2))
    if not all(math.isfinite(v) and abs(v) <= 50 for v in (x1, y1, x2, y2)):
        raise ValueError("numbers from -50 to 50")
    if line.length_m < SHORTEST_M:
        raise ValueError(f"ends {SHORTEST_M} m or more apart")
    return line
