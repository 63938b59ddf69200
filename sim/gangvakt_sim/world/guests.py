"""People who are sent onto the street by hand: they walk or run across, and stand still when told to."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.people import RUN_M_S, WALK_M_S, People
from gangvakt_sim.world.scene import Scene, Traffic
from gangvakt_sim.world.track import Actor, Track

MOST = 8
# Before the kerb: whoever sends somebody sees soon what the sign makes of it, and it has time to decide.
BEGIN_M = 9.0
LOOK_S = 0.1


@dataclass
class _Guest:
    """`late_s` behind its track, by all that it stood still."""

    track: Track
    late_s: float = 0.0
    stopped_s: float | None = None

    def at(self, t_s: float) -> Actor | None:
        here = self.track.at((t_s if self.stopped_s is None else self.stopped_s) - self.late_s)
        return here if here is None or self.stopped_s is None else replace(here, speed_m_s=0.0)


class Guests:
    """Does not touch the street's own chance: the same seed is the same street with and without them."""

    def __init__(self, scene: Scene, traffic: Traffic, seed: int) -> None:
        self._people = People(scene, traffic, random.Random(f"{seed}/guests"))
        self._kerbs = [_middle(kerb) for kerb in scene.kerbs]
        self._guests: list[_Guest] = []
        self._count = 0

    @property
    def count(self) -> int:
        return len(self._guests)

    def send(self, t_s: float, *, running: bool) -> None:
        """Somebody begins a few metres before the kerb, and crosses."""
        speed_m_s = RUN_M_S if running else WALK_M_S[0]
        track = self._people.arrival(0.0, "cross", speed_m_s)
        begin_s = next(
            (
                at
                for at in _times(track)
                if min(math.dist(track.place(at), one) for one in self._kerbs) <= BEGIN_M
            ),
            track.start_s,
        )
        self._count += 1
        guest = replace(track, id=f"guest{self._count}")
        self._guests.append(_Guest(guest, late_s=t_s - begin_s))

    def stop(self, t_s: float) -> None:
        """All stand still where they are."""
        for guest in self._guests:
            if guest.stopped_s is None:
                guest.stopped_s = t_s

    def go(self, t_s: float) -> None:
        """All go on."""
        for guest in self._guests:
            if guest.stopped_s is not None:
                guest.late_s += t_s - guest.stopped_s
                guest.stopped_s = None

    def actors(self, t_s: float) -> Sequence[Actor]:
        """All who are there; whoever has left the street is forgotten."""
        seen = [(guest, guest.at(t_s)) for guest in self._guests]
        self._guests = [guest for guest, actor in seen if actor is not None]
        return [actor for _, actor in seen if actor is not None]

    def places(self, t_s: float) -> list[Point]:
        """Where they are then, as far as a driver can tell."""
        found = (guest.at(t_s) for guest in self._guests)
        return [(actor.x, actor.y) for actor in found if actor is not None]


def _times(track: Track) -> list[float]:
    steps = int((track.end_s - track.start_s) / LOOK_S)
    return [track.start_s + step * LOOK_S for step in range(steps + 1)]


def _middle(kerb: Sequence[Point]) -> Point:
    (ax, ay), (bx, by) = kerb
    return (ax + bx) / 2, (ay + by) / 2
