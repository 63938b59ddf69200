"""A crossing as one of its signs sees it: what a person on a track does there.

`across` is the distance beyond the kerb line in m, positive on the roadway; `along` is the place on the kerb
line from its first end. Classes and limits are those by which the recorded tracks of the corners are judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gangvakt_sim.world.geometry import Point, contains
from gangvakt_sim.world.scene import Scene, SignPole
from gangvakt_sim.world.track import Track

Class = Literal["road", "walkup", "waited", "waiting", "cut", "passer"]

STANDS_M_S = 0.3
STOOD_S = 1.0
STANDS_WITHIN_M = 1.2  # of the kerb
COMES_TO_REST_M_S = 0.5
COMES_TO_REST_M = 1.5
CUT_S = 2.0  # a recording that ends so short before the kerb says nothing
CLOSES_M_S = 0.1
LEAST_STEP_S = 0.1
ROUNDING = 1e-6
SPEED_S = 0.5  # span over which a speed is taken


@dataclass(frozen=True)
class Stride:
    """What one track does at a crossing; times in s of the track's own clock, None where there is none."""

    kind: Class
    kerb_s: float | None
    seen_s: float | None

    @property
    def view_s(self) -> float | None:
        """How long the person is in view before the kerb."""
        return None if self.kerb_s is None or self.seen_s is None else self.kerb_s - self.seen_s


class Crossing:
    """The crossing from the side of one sign."""

    def __init__(self, scene: Scene, pole: SignPole) -> None:
        self._pole, self._road = pole, scene.crossing
        self._a, b = scene.kerbs[pole.kerb]
        self.length_m = math.dist(self._a, b)
        self.width_m = scene.crossing_width_m
        self._ux, self._uy = (b[0] - self._a[0]) / self.length_m, (b[1] - self._a[1]) / self.length_m

    def to_kerb(self, point: Point) -> Point:
        """(across, along) of a place."""
        dx, dy = point[0] - self._a[0], point[1] - self._a[1]
        return dx * self._uy - dy * self._ux, dx * self._ux + dy * self._uy

    def place(self, across: float, along: float) -> Point:
        """Inverse of `to_kerb`."""
        x = self._a[0] + along * self._ux + across * self._uy
        return x, self._a[1] + along * self._uy - across * self._ux

    def in_view(self, beside_m: float) -> float:
        """The place along the kerb so far beside the crossing, on the side to which its sign looks."""
        _, along = self.to_kerb((self._pole.pose.x, self._pole.pose.y))
        return -beside_m if along > self.length_m / 2 else self.length_m + beside_m

    def on_road(self, point: Point) -> bool:
        """Whether a place is on the roadway of the crossing."""
        return contains(self._road, point)

    def stride(self, track: Track) -> Stride:
        """What a track does here."""
        kind, kerb_s = self._classify(track)
        return Stride(kind, kerb_s, self._first_seen(track))

    def _first_seen(self, track: Track) -> float | None:
        return next((t for t, place in _samples(track) if self._pole.sees(place)), None)

    def _classify(self, track: Track) -> tuple[Class, float | None]:
        stood = _Standing()
        for t_s, place in _samples(track):
            if self.on_road(place):
                if t_s == track.start_s:
                    return "road", t_s
                return ("waited" if stood.long else "walkup"), t_s
            stood.note(t_s, self._stands(track, t_s, place))
        if stood.long or track.id.startswith("waiting"):
            return "waiting", None
        return self._ending(track), None

    def _stands(self, track: Track, t_s: float, place: Point) -> bool:
        before_s = max(track.start_s, t_s - SPEED_S)
        moved = math.dist(place, track.place(before_s))
        slow = t_s > before_s and moved / (t_s - before_s) < STANDS_M_S
        return slow and self._waits_at(place, STANDS_WITHIN_M)

    def _waits_at(self, place: Point, within_m: float) -> bool:
        across, along = self.to_kerb(place)
        return -within_m < across <= 0 and 0 < along < self.length_m

    def _ending(self, track: Track) -> Class:
        """A recording ends at the kerb (about to wait), on the way to it (cut off), or past it."""
        end_s, start_s = track.end_s, max(track.start_s, track.end_s - SPEED_S)
        last = track.place(end_s)
        across, along = self.to_kerb(last)
        across0, along0 = self.to_kerb(track.place(start_s))
        span_s = max(end_s - start_s, 1e-6)
        v_across, v_along = (across - across0) / span_s, (along - along0) / span_s
        if math.hypot(v_across, v_along) < COMES_TO_REST_M_S and self._waits_at(last, COMES_TO_REST_M):
            return "waiting"
        left_s = -across / v_across if v_across > CLOSES_M_S else -1.0
        if 0 <= left_s < CUT_S and 0 < along + v_along * left_s < self.length_m:
            return "cut"
        return "passer"


class _Standing:
    """Whether somebody has ever stood for long enough without a break."""

    def __init__(self) -> None:
        self.long = False
        self._since_s: float | None = None

    def note(self, t_s: float, stands: bool) -> None:
        if not stands:
            self._since_s = None
            return
        self._since_s = t_s if self._since_s is None else self._since_s
        self.long = self.long or t_s - self._since_s >= STOOD_S


def _samples(track: Track) -> Iterator[tuple[float, Point]]:
    """Times and places of a track, its own samples and at least ten a second."""
    before_s = track.start_s
    for t_s, place in zip(track.t, zip(track.x, track.y, strict=True), strict=True):
        for step in range(1, math.ceil((t_s - before_s) / LEAST_STEP_S - ROUNDING)):
            between_s = before_s + step * LEAST_STEP_S
            yield between_s, track.place(between_s)
        yield t_s, place
        before_s = t_s
