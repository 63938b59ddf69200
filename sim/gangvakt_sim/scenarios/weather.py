"""Rain, snow and wind as the radar and the PIR take them."""

from __future__ import annotations

import math
import random

from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.losses import REAL
from gangvakt_sim.world.pir import PirTraits
from gangvakt_sim.world.scene import SignPole
from gangvakt_sim.world.track import Track

RAIN = REAL.model_copy(
    update={"dropout": 0.06, "radial_sigma_mm": 80.0, "ghosts_per_min": 2.0, "ghost_frames": (1, 6)}
)
SNOW = REAL.model_copy(
    update={"dropout": 0.08, "angle_sigma_deg": 3.5, "ghosts_per_min": 1.0, "ghost_frames": (2, 8)}
)
SUN_PIR = PirTraits(false_per_hour=60.0)

BRANCHES = 2
GUST_GAP_S = 60.0  # on average
GUST_S = (4.0, 20.0)
SWING_M = (0.1, 0.5)
SWING_HZ = (0.3, 1.2)
CLEAR_OF_KERB_M = 1.8  # whoever puts up a sign cuts what hangs nearer to where people wait
SAMPLE_S = 0.1


def branches(crossing: Crossing, pole: SignPole, rng: random.Random, duration_s: float) -> list[Track]:
    """Branches that sway in gusts, behind the footway or beside the crossing, within the radar's view."""
    tracks: list[Track] = []
    for number in range(BRANCHES):
        root = _root(crossing, pole, rng)
        t_s, gust = rng.expovariate(1 / GUST_GAP_S), 0
        while t_s < duration_s - GUST_S[1] - 1:
            gust += 1
            tracks.append(_sway(f"branch-{number}.{gust}", root, t_s, rng))
            t_s = tracks[-1].end_s + rng.expovariate(1 / GUST_GAP_S)
    return tracks


def _root(crossing: Crossing, pole: SignPole, rng: random.Random) -> Point:
    while True:
        reach, angle = rng.uniform(1.0, pole.radar.range_m), math.radians(rng.uniform(-60, 60))
        place = pole.pose.to_site(reach * math.sin(angle), reach * math.cos(angle))
        across, along = crossing.to_kerb(place)
        beside = not -1.0 < along < crossing.length_m + 1.0
        if across < -CLEAR_OF_KERB_M - SWING_M[1] or (across < -SWING_M[1] and beside):
            return place


def _sway(name: str, root: Point, start_s: float, rng: random.Random) -> Track:
    swing_m, hz, course = rng.uniform(*SWING_M), rng.uniform(*SWING_HZ), rng.uniform(0, math.tau)
    samples = round(rng.uniform(*GUST_S) / SAMPLE_S)
    t = tuple(start_s + n * SAMPLE_S for n in range(samples + 1))
    # Strongest in the middle of the gust.
    off = [
        swing_m * math.sin(math.pi * n / samples) * math.sin(math.tau * hz * n * SAMPLE_S)
        for n in range(samples + 1)
    ]
    x = tuple(root[0] + o * math.cos(course) for o in off)
    y = tuple(root[1] + o * math.sin(course) for o in off)
    return Track(name, "clutter", t, x, y)
