"""Tracks: where somebody was, when; and what a moment of the street looks like."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, get_args

from gangvakt_sim.world.geometry import Point, lerp

Kind = Literal["pedestrian", "car", "cyclist", "dog", "clutter"]
KINDS: tuple[Kind, ...] = get_args(Kind)

SPEED_WINDOW_S = 0.5  # recorded heads wobble by a few cm from sample to sample; half a second smooths that

ROUNDING_S = 1e-6


@dataclass(frozen=True)
class Actor:
    """Somebody, or something that a radar sees, at one moment.

    Place in m, heading in degrees from the x axis, speed in m/s.
    """

    id: str
    kind: Kind
    x: float
    y: float
    heading_deg: float
    speed_m_s: float


class World(Protocol):
    """Whatever can say who is on the street at a time."""

    def actors(self, t_s: float) -> Sequence[Actor]:
        """All who are there `t_s` seconds after the start."""


@dataclass(frozen=True)
class Track:
    """Samples of one person or vehicle, at least one; `t` never decreases."""

    id: str
    kind: Kind
    t: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]

    @property
    def start_s(self) -> float:
        """Time of the first sample."""
        return self.t[0]

    @property
    def end_s(self) -> float:
        """Time of the last sample."""
        return self.t[-1]

    def place(self, t_s: float) -> Point:
        """Interpolated place; before the first and after the last sample that sample's."""
        after = bisect_right(self.t, t_s)
        if after == 0:
            return self.x[0], self.y[0]
        if after == len(self.t):
            return self.x[-1], self.y[-1]
        t0, t1 = self.t[after - 1], self.t[after]
        here, there = (self.x[after - 1], self.y[after - 1]), (self.x[after], self.y[after])
        return lerp(here, there, (t_s - t0) / (t1 - t0))

    def velocity(self, t_s: float) -> Point:
        """Mean velocity in m/s over the window around a time; zero for a track without duration."""
        t0 = max(self.start_s, t_s - SPEED_WINDOW_S / 2)
        t1 = min(self.end_s, t_s + SPEED_WINDOW_S / 2)
        if t1 <= t0:
            return 0.0, 0.0
        (x0, y0), (x1, y1) = self.place(t0), self.place(t1)
        return (x1 - x0) / (t1 - t0), (y1 - y0) / (t1 - t0)

    def at(self, t_s: float) -> Actor | None:
        """The actor at a time; None before the first and after the last sample."""
        if not self.start_s <= t_s <= self.end_s:
            return None
        x, y = self.place(t_s)
        vx, vy = self.velocity(t_s)
        heading_deg = math.degrees(math.atan2(vy, vx)) % 360
        return Actor(self.id, self.kind, x, y, heading_deg, math.hypot(vx, vy))

    def shifted(self, by_s: float) -> Track:
        """The same track, later by `by_s` seconds."""
        return replace(self, t=tuple(t + by_s for t in self.t))


class TrackWorld:
    """A world of given tracks, each at its own times."""

    def __init__(self, tracks: Iterable[Track]) -> None:
        self._tracks = sorted(tracks, key=lambda track: track.start_s)
        self._starts_s = [track.start_s for track in self._tracks]
        self._longest_s = max((track.end_s - track.start_s for track in self._tracks), default=0.0)

    def actors(self, t_s: float) -> Sequence[Actor]:
        """All whose track covers the time."""
        first = bisect_left(self._starts_s, t_s - self._longest_s - ROUNDING_S)
        last = bisect_right(self._starts_s, t_s)
        return [actor for track in self._tracks[first:last] if (actor := track.at(t_s)) is not None]

    def next_start_s(self, t_s: float) -> float:
        """When the next track after a time begins; infinite after the last one."""
        after = bisect_right(self._starts_s, t_s)
        return self._starts_s[after] if after < len(self._starts_s) else math.inf
