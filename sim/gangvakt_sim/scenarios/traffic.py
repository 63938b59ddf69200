"""Vehicles on the road beside the sign. A car is one point to the radar, a lorry or bus are several."""

from __future__ import annotations

import random

from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.track import Track

PER_MINUTE = 2.0  # both ways together
LANE_M = 1.75  # a lane's middle, from its kerb
REACH_M = 15.0  # how far beside the crossing vehicles come into the world
CAR_M_S = (7.0, 14.0)
CRAWLERS, CRAWL_M_S = 0.05, (2.5, 5.0)  # looking for a parking place
STOPPERS, STOP_S = 0.02, (5.0, 30.0)  # in a queue, or letting somebody out
LORRIES = 0.1
LORRY_POINTS_M = (0.0, 4.0, 8.0)
BUS_POINTS_M = (0.0, 4.0, 8.0, 12.0)
BRAKE_S = 4.0

Rng = random.Random


def stream_of_traffic(crossing: Crossing, rng: Rng, duration_s: float) -> list[Track]:
    """Cars and lorries at random times, some of them slow and some of them stopping."""
    tracks: list[Track] = []
    t_s, number = rng.expovariate(PER_MINUTE / 60), 0
    while t_s < duration_s - 60:
        number += 1
        points = LORRY_POINTS_M if rng.random() < LORRIES else (0.0,)
        tracks += _vehicle(crossing, rng, f"car-{number}", t_s, points)
        t_s += rng.expovariate(PER_MINUTE / 60)
    return tracks


def stopping_bus(crossing: Crossing, rng: Rng, at_s: float) -> list[Track]:
    """A bus comes in the near lane, stands beside the crossing and leaves."""
    beside, comes = crossing.in_view(rng.uniform(1.0, 3.0)), crossing.in_view(REACH_M)
    plan = _stop_plan(at_s, comes, beside, rng.uniform(*CAR_M_S), rng.uniform(10.0, 20.0))
    return _points(crossing, "bus", LANE_M, plan, BUS_POINTS_M)


def _vehicle(crossing: Crossing, rng: Rng, name: str, t_s: float, points: tuple[float, ...]) -> list[Track]:
    near = rng.random() < 0.5
    across = LANE_M if near else crossing.width_m - LANE_M
    speed = rng.uniform(*(CRAWL_M_S if rng.random() < CRAWLERS else CAR_M_S))
    start, end = -REACH_M, crossing.length_m + REACH_M
    if not near:
        start, end = end, start
    if rng.random() < STOPPERS:
        stop = rng.uniform(-4.0, crossing.length_m + 4.0)
        plan = _stop_plan(t_s, start, stop, speed, rng.uniform(*STOP_S), end)
    else:
        plan = [(t_s, start), (t_s + abs(end - start) / speed, end)]
    return _points(crossing, name, across, plan, points)


def _stop_plan(
    t_s: float, start: float, stop: float, speed: float, stay_s: float, end: float | None = None
) -> list[tuple[float, float]]:
    """(time, place along the kerb): to the stop, braking at the end, a stay, and away to `end`."""
    heading = 1.0 if stop >= start else -1.0
    brake_m = min(abs(stop - start), speed * BRAKE_S / 2)
    reach_s = t_s + (abs(stop - start) - brake_m) / speed
    plan = [(t_s, start)]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):  # constant braking from `speed` to rest
        gone = brake_m * (1 - (1 - share) ** 2)
        plan.append((reach_s + share * BRAKE_S, stop - heading * (brake_m - gone)))
    leaves_s = plan[-1][0] + stay_s
    end = stop + heading * 30.0 if end is None else end
    return [*plan, (leaves_s, stop), (leaves_s + max(1.0, abs(end - stop) / speed * 1.5), end)]


def _points(
    crossing: Crossing,
    name: str,
    across: float,
    plan: list[tuple[float, float]],
    points: tuple[float, ...],
) -> list[Track]:
    heading = 1.0 if plan[-1][1] >= plan[0][1] else -1.0
    tracks = []
    for number, back in enumerate(points):
        t, along = zip(*plan, strict=True)
        x, y = zip(*(crossing.place(across, place - heading * back) for place in along), strict=True)
        tracks.append(Track(f"{name}.{number}", "car", t, x, y))
    return tracks
