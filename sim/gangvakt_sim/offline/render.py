"""What the sensors of a sign send while a world goes by, as records for the driver."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from gangvakt_sim.errors import SceneError
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.losses import REAL, Ld2450Losses
from gangvakt_sim.world.pir import PirModel
from gangvakt_sim.world.scene import SignPole
from gangvakt_sim.world.track import Actor, TrackWorld

PERIOD_MS = round(FRAME_PERIOD_S * 1000)


class Radar(Protocol):
    """Sends something every 0.1 s."""

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """What it sends at a time; may be nothing."""

    def constant_until_s(self, t_s: float) -> float:
        """Until when it would send the same as at `t_s`, provided that nobody comes."""


class Listener(Protocol):
    """Whoever takes what the sensors send; times in ms since the sign's beginning never decrease."""

    def receive(self, at_ms: int, data: bytes, port: int = 0) -> None:
        """A sensor's bytes."""

    def repeat(self, count: int, period_ms: int) -> None:
        """The last bytes `count` more times, every `period_ms`."""

    def pir(self, at_ms: int, level: bool) -> None:
        """A change of the PIR's output."""

    def end(self, at_ms: int) -> None:
        """Nothing more comes."""


class Render:
    """The sensors of one sign, from 0 s of the world on; the same seed makes the same records."""

    def __init__(self, radar: Radar, pir: PirModel, world: TrackWorld) -> None:
        self._radar, self._pir, self._world = radar, pir, world
        self._level = False

    def write(self, listener: Listener, end_s: float) -> None:
        """The whole life of the sign's sensors, to its end; only `begin` of a SignStream comes before."""
        step, last = 0, math.floor(end_s / FRAME_PERIOD_S + 1e-6)
        while step <= last:
            t_s = step * FRAME_PERIOD_S
            actors = self._world.actors(t_s)
            self._moment(listener, step, t_s, actors)
            same = 0 if actors else self._same_steps(step, min(last, self._free_until(t_s)))
            if same:
                listener.repeat(same, PERIOD_MS)
            step += 1 + same
        listener.end(max(round(end_s * 1000), last * PERIOD_MS))

    def _moment(self, listener: Listener, step: int, t_s: float, actors: Sequence[Actor]) -> None:
        level = self._pir.level(t_s, actors)
        if level != self._level:
            self._level = level
            listener.pir(step * PERIOD_MS, level)
        data = self._radar.frame(t_s, actors)
        if data:
            listener.receive(step * PERIOD_MS, data)

    def _free_until(self, t_s: float) -> float:
        """The first step at which something may change."""
        change_s = min(
            self._world.next_start_s(t_s), self._radar.constant_until_s(t_s), self._pir.constant_until_s()
        )
        return change_s / FRAME_PERIOD_S if change_s < math.inf else math.inf

    def _same_steps(self, step: int, until: float) -> int:
        """How many steps after this one are like it and end before `until`, one to spare for rounding."""
        return max(0, math.ceil(until) - step - 2)


def ld2450_of(pole: SignPole, seed: str, losses: Ld2450Losses = REAL) -> Ld2450Model:
    """The radar of a sign. SceneError for a sign whose first sensor is another one."""
    if pole.sensors[0].kind != "ld2450":
        raise SceneError(pole.id, "sensor.0.kind", pole.sensors[0].kind, "ld2450, to render tracks")
    return Ld2450Model(pole.pose, losses, f"{seed}/{pole.id}", fan=pole.radar)


def sensors_for(pole: SignPole, world: TrackWorld, seed: str, losses: Ld2450Losses = REAL) -> Render:
    """The usual sensors of a sign in a world."""
    pir = PirModel(pole.pose, f"{seed}/{pole.id}", cone=pole.pir)
    return Render(ld2450_of(pole, seed, losses), pir, world)
