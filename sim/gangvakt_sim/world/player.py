"""Plays a world in real time into the sensors of signs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.ld2451_model import Ld2451Model
from gangvakt_sim.world.losses import REAL, Ld2450Losses
from gangvakt_sim.world.pir import PirModel, pir_of
from gangvakt_sim.world.scene import VEHICLES_ONLY, SignPole
from gangvakt_sim.world.track import Actor, World

GIVE_UP_S = 1.0  # a computer that lags more skips frames instead of pouring them out in a burst

Wait = Callable[[float], bool]
OnStep = Callable[[float, Sequence[Actor]], None]


class Outlets(Protocol):
    """Where the cables of a sign's sensors end."""

    def radar(self, frame: bytes) -> None:
        """The radar's bytes, as they go into the sign's UART."""

    def second(self, frame: bytes) -> None:
        """The same of the second radar."""

    def pir(self, level: bool) -> None:
        """The PIR's output."""


@dataclass
class SignSensors:
    """The sensors of one sign."""

    radar: Ld2450Model
    pir: PirModel | None
    outlets: Outlets
    vehicles: Ld2451Model | None = None

    def step(self, t_s: float, actors: Sequence[Actor]) -> None:
        """One radar period on."""
        self.outlets.radar(self.radar.frame(t_s, actors))
        if self.vehicles:
            self.outlets.second(self.vehicles.frame(t_s, actors))
        if self.pir:
            self.outlets.pir(self.pir.level(t_s, actors))


def sensors_of(
    sign: SignPole,
    outlets: Outlets,
    seed: int,
    losses: Ld2450Losses = REAL,
    vehicles: Ld2451Model | None = None,
) -> SignSensors:
    """The sensors that a scene gives a sign; the sign's name is part of their seed. `vehicles` is the module
    of `vehicles_of`, where it is wired to the sign."""
    stream = f"{seed}/{sign.id}"
    radar = Ld2450Model(sign.pose, losses, stream, fan=sign.radar)
    return SignSensors(radar, pir_of(sign, stream), outlets, vehicles)


def vehicles_of(sign: SignPole, seed: int) -> Ld2451Model | None:
    """The radar for vehicles that a scene gives a sign, set as a start before has left it."""
    for sensor in sign.sensors:
        if sensor.kind == VEHICLES_ONLY:
            return Ld2451Model(sign.pose_of(sensor), f"{seed}/{sign.id}", bluetooth=False)
    return None


def play(
    world: World,
    signs: Sequence[SignSensors],
    wait: Wait,
    *,
    end_s: float = float("inf"),
    on_step: OnStep = lambda t_s, actors: None,
    clock: Callable[[], float] = time.monotonic,
) -> float:
    """Play from 0 to `end_s` in steps of the radar's period; gives the clock's time of the world's 0.

    `wait(seconds)` returns early with True to end it (as `threading.Event.wait`). Each step's time is counted
    from the start, so that lateness never adds up.
    """
    origin = clock()
    step = 0
    while (t_s := step * FRAME_PERIOD_S) <= end_s:
        if wait(max(0.0, origin + t_s - clock())):
            break
        actors = world.actors(t_s)
        for sign in signs:
            sign.step(t_s, actors)
        on_step(t_s, actors)
        late = clock() - origin - t_s
        step += 1 if late < GIVE_UP_S else int(late / FRAME_PERIOD_S)
    return origin
