"""People who cross: children, slow walkers, groups, prams, cyclists, dogs, and those who wait first."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.track import Kind, Track
from gangvakt_sim.world.walk import Leg, walk

FIRST_S = (3.0, 5.0)  # when somebody comes, after the beginning of a sign's life
FROM_M = (6.0, 10.0)  # how far from the crossing people come into the world
FOOTWAY_M = (1.0, 3.5)  # how far from the kerb they walk along the road
BEHIND_M = (7.0, 11.0)  # how far behind the kerb those begin who come straight to it
KERB_SHARE = (0.1, 0.9)  # of the kerb line, where they leave it
STOP_M = (0.2, 0.8)  # how far before the kerb people stop
ABREAST_M, BEHIND_ONE_S = 0.7, (0.0, 0.6)  # of a group
PRAM_AHEAD_M = 0.9
LEASH_M = (0.6, 1.5)
DOG_SWING_HZ = 0.25

Rng = random.Random


def adults(crossing: Crossing, rng: Rng) -> list[Track]:
    """Somebody walks up and crosses without a stop."""
    return [crosser(crossing, rng, "adult", rng.uniform(1.0, 1.8))]


def children(crossing: Crossing, rng: Rng) -> list[Track]:
    """A child runs across."""
    return [crosser(crossing, rng, "child", rng.uniform(2.2, 3.5))]


def slow_walkers(crossing: Crossing, rng: Rng) -> list[Track]:
    """Somebody with a walking aid."""
    return [crosser(crossing, rng, "slow", rng.uniform(0.4, 0.7))]


def waiters(crossing: Crossing, rng: Rng) -> list[Track]:
    """Somebody stops at the kerb for some seconds, then crosses."""
    return [crosser(crossing, rng, "waiter", rng.uniform(1.0, 1.7), pause_s=rng.uniform(2.0, 8.0))]


def cyclists(crossing: Crossing, rng: Rng) -> list[Track]:
    """Somebody cycles over the crossing."""
    return [crosser(crossing, rng, "cyclist", rng.uniform(2.5, 4.2), kind="cyclist")]


def groups(crossing: Crossing, rng: Rng) -> list[Track]:
    """Two to five people side by side."""
    first = crosser(crossing, rng, "group-1", rng.uniform(0.9, 1.5))
    return [first, *(_beside(first, n, rng) for n in range(1, rng.randint(2, 5)))]


def prams(crossing: Crossing, rng: Rng) -> list[Track]:
    """Somebody pushes a pram."""
    parent = crosser(crossing, rng, "parent", rng.uniform(0.9, 1.4))
    return [parent, companion(parent, "pram", "clutter", lambda t_s: (PRAM_AHEAD_M, 0.0))]


def dogs(crossing: Crossing, rng: Rng) -> list[Track]:
    """Somebody with a dog on a leash."""
    owner = crosser(crossing, rng, "owner", rng.uniform(0.9, 1.5))
    leash_m, phase = rng.uniform(*LEASH_M), rng.uniform(0, math.tau)

    def swings(t_s: float) -> Point:
        angle = math.tau * DOG_SWING_HZ * t_s + phase
        return leash_m * math.cos(angle), leash_m * math.sin(angle)

    return [owner, companion(owner, "dog", "dog", swings)]


def crosser(
    crossing: Crossing,
    rng: Rng,
    name: str,
    speed_m_s: float,
    *,
    pause_s: float = 0.0,
    kind: Kind = "pedestrian",
) -> Track:
    """From the near side to beyond the far kerb, coming along the road or straight to it."""
    along = rng.uniform(*KERB_SHARE) * crossing.length_m
    come = _along_the_road(crossing, rng, along) if rng.random() < 0.5 else _straight(crossing, rng, along)
    kerb = (-rng.uniform(*STOP_M), along)
    far = (crossing.width_m + 1.0, along + rng.uniform(-0.5, 0.5))
    to_kerb = tuple(crossing.place(*place) for place in (*come, kerb))
    over = tuple(crossing.place(*place) for place in (kerb, far))
    legs = [Leg(to_kerb, pause_s), Leg(over)] if pause_s else [Leg((*to_kerb, over[1]))]
    return walk(name, kind, rng.uniform(*FIRST_S), speed_m_s, legs)


def _along_the_road(crossing: Crossing, rng: Rng, along: float) -> list[Point]:
    """On the footway, leaving it shortly before the crossing."""
    side, back = rng.choice((-1.0, 1.0)), -rng.uniform(*FOOTWAY_M)
    end = crossing.length_m / 2 + side * (crossing.length_m / 2 + rng.uniform(*FROM_M))
    turn = along + side * min(abs(end - along), -back)
    return [(back, end), (back, turn)]


def _straight(crossing: Crossing, rng: Rng, along: float) -> list[Point]:
    return [(-rng.uniform(*BEHIND_M), along + rng.uniform(-2.5, 2.5))]


def _beside(first: Track, number: int, rng: Rng) -> Track:
    """Another one of a group, to the left or right of the first, a little later."""
    side = (number + 1) // 2 * (1 if number % 2 else -1)
    off_m, late_s = side * ABREAST_M * rng.uniform(0.8, 1.4), rng.uniform(*BEHIND_ONE_S)
    other = companion(first, f"group-{number + 1}", first.kind, lambda t_s: (0.0, off_m))
    return other.shifted(late_s)


def companion(leader: Track, name: str, kind: Kind, off: Callable[[float], Point]) -> Track:
    """Something that goes with somebody: `off` gives metres ahead and to the left at a time."""
    places = [_offset(leader, t_s, *off(t_s)) for t_s in leader.t]
    x, y = zip(*places, strict=True)
    return Track(name, kind, leader.t, x, y)


def _offset(leader: Track, t_s: float, ahead: float, left: float) -> Point:
    vx, vy = leader.velocity(t_s)
    speed = math.hypot(vx, vy)
    ux, uy = (vx / speed, vy / speed) if speed > 0.05 else (1.0, 0.0)
    x, y = leader.place(t_s)
    return x + ahead * ux - left * uy, y + ahead * uy + left * ux
