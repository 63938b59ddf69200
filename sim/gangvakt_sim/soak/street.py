"""Who comes by in a sign's life, what its sensors show of them, and whether they were warned."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from gangvakt_sim.scenarios import crossers
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.ld2450 import NO_TARGET, SLOTS, encode_frame
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.losses import REAL
from gangvakt_sim.world.pir import PirTraits, pir_of
from gangvakt_sim.world.scene import Scene, SignPole
from gangvakt_sim.world.track import Track, TrackWorld

SECOND_US = 1_000_000
NOBODY = encode_frame([NO_TARGET] * SLOTS)
AFTERWARDS_S = 6.0  # until the radar's slots are empty again
AT_THE_KERB_S = 1.0  # who is warned later than that after the kerb was not warned
GAP_S = 5.0
# Who is seen for less before the kerb is warned mostly, not always: `gangvakt-sim evaluate` tells how often.
IN_VIEW_S = 2.5
QUIET_PIR = PirTraits(false_per_hour=0)
KINDS: tuple[Callable[[Crossing, random.Random], list[Track]], ...] = (
    crossers.adults,
    crossers.children,
    crossers.slow_walkers,
    crossers.waiters,
    crossers.groups,
    crossers.dogs,
)


@dataclass
class Visit:
    """People who come and cross. Times in us of the board's clock."""

    number: int
    kind: str
    start_us: int
    end_us: int
    kerb_us: int
    tracks: list[Track]
    lit_us: int | None = None
    is_overlooked: bool = False  # a sign to which nothing else happens does not warn of it either

    @property
    def warned(self) -> bool:
        """Whether the lamps shone in time."""
        return self.lit_us is not None and self.lit_us <= self.latest_us

    @property
    def latest_us(self) -> float:
        """Light after that comes too late."""
        return self.kerb_us + AT_THE_KERB_S * SECOND_US


class Visits:
    """One visit after another by chance; the same for the same seed."""

    def __init__(self, scene: Scene, pole: SignPole, per_hour: float, seed: int) -> None:
        self._crossing, self._per_s = Crossing(scene, pole), per_hour / 3600
        self._rng = random.Random(f"{seed}/visits")
        self._count = 0

    def after(self, now_us: int) -> Visit:
        """The next one behind a time."""
        gap_s = GAP_S + self._rng.expovariate(self._per_s)
        start_us = now_us + round(gap_s * SECOND_US)
        while True:
            make = self._rng.choice(KINDS)
            tracks = make(self._crossing, self._rng)
            stride = self._crossing.stride(tracks[0])
            kerb_s = stride.kerb_s
            if kerb_s is not None and (stride.view_s or 0.0) >= IN_VIEW_S:
                break
        self._count += 1
        end_s = max(track.end_s for track in tracks) + AFTERWARDS_S
        return Visit(
            self._count,
            make.__name__,
            start_us,
            start_us + round(end_s * SECOND_US),
            start_us + round(kerb_s * SECOND_US),
            tracks,
        )


class Senses:
    """Radar and PIR while a visit lasts."""

    def __init__(self, pole: SignPole, visit: Visit, seed: int) -> None:
        stream = f"{seed}/visit/{visit.number}"
        self._start_us = visit.start_us
        self._world = TrackWorld(visit.tracks)
        self._radar = Ld2450Model(pole.pose, REAL, stream, fan=pole.radar)
        self._pir = pir_of(pole, stream, QUIET_PIR)
        self.shown: list[tuple[int, bytes, bool]] = []  # (ms of the visit, radar, PIR)

    def look(self, now_us: int) -> tuple[bytes, bool]:
        """(the radar's frame, the PIR's level) now."""
        t_s = (now_us - self._start_us) / SECOND_US
        actors = self._world.actors(t_s)
        frame, warm = self._radar.frame(t_s, actors), bool(self._pir and self._pir.level(t_s, actors))
        self.shown.append((round(1000 * t_s), frame, warm))
        return frame, warm
