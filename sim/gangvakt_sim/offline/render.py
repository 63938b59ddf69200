"""What the sensors of a sign send while a world goes by, as records for the driver."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from gangvakt_sim.world import c4001_model, ld2410_model, ld2451_model
from gangvakt_sim.world.c4001_model import C4001Model
from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.ld2410_model import Ld2410Model
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.ld2451_model import Ld2451Model
from gangvakt_sim.world.losses import REAL, Ld2450Losses
from gangvakt_sim.world.pir import PirModel, pir_of
from gangvakt_sim.world.scene import Sensor, SignPole
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
        """All that came at the last moment, `count` more times, every `period_ms`."""

    def pir(self, at_ms: int, level: bool) -> None:
        """A change of the PIR's output."""

    def end(self, at_ms: int) -> None:
        """Nothing more comes."""


class Render:
    """The sensors of one sign, from 0 s of the world on; the same seed makes the same records.

    `radars` are those at the sign's ports, in their order.
    """

    def __init__(self, radars: Sequence[Radar], pir: PirModel | None, world: TrackWorld) -> None:
        self._radars, self._pir, self._world = radars, pir, world
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
        level = self._pir is not None and self._pir.level(t_s, actors)
        if level != self._level:
            self._level = level
            listener.pir(step * PERIOD_MS, level)
        for port, radar in enumerate(self._radars):
            data = radar.frame(t_s, actors)
            if data:
                listener.receive(step * PERIOD_MS, data, port)

    def _free_until(self, t_s: float) -> float:
        """The first step at which something may change."""
        change_s = min(
            self._world.next_start_s(t_s),
            self._pir.constant_until_s() if self._pir else math.inf,
            *(radar.constant_until_s(t_s) for radar in self._radars),
        )
        return change_s / FRAME_PERIOD_S if change_s < math.inf else math.inf

    def _same_steps(self, step: int, until: float) -> int:
        """How many steps after this one are like it and end before `until`, one to spare for rounding."""
        return max(0, math.ceil(until) - step - 2)


def radar_of(pole: SignPole, port: int, seed: str, losses: Ld2450Losses = REAL) -> Radar:
    """The model of one of the pole's sensors; `losses` are those of a LD2450, the others have their own.

    A C4001 reports in speed mode, as a sign sets it up.
    """
    sensor = pole.sensors[port]
    pose = pole.pose_of(sensor)
    seed = f"{seed}/{pole.id}" + (f"/{port}" if port else "")
    if sensor.kind == "ld2450":
        return Ld2450Model(pose, losses, seed, fan=sensor.fan)
    return _of_other_kind(sensor, pose, seed)


def _of_other_kind(sensor: Sensor, pose: Pose, seed: str) -> Radar:
    reach_m, half_fan_deg = sensor.fan.range_m, sensor.fan.half_fan_deg
    if sensor.kind == "ld2410":
        presence = replace(ld2410_model.REAL, range_m=reach_m, half_fan_deg=half_fan_deg)
        return Ld2410Model(pose, seed, traits=presence)
    if sensor.kind == "ld2451":
        vehicles = replace(ld2451_model.REAL, far_m=reach_m, half_fan_deg=half_fan_deg)
        return Ld2451Model(pose, seed, traits=vehicles)
    far = replace(c4001_model.REAL, far_m=reach_m, half_fan_deg=half_fan_deg)
    model = C4001Model(pose, seed, traits=far)
    model.mode = c4001_model.SPEED
    return model


def sensors_for(pole: SignPole, world: TrackWorld, seed: str, losses: Ld2450Losses = REAL) -> Render:
    """The usual sensors of a sign in a world."""
    radars = [radar_of(pole, port, seed, losses) for port in range(len(pole.sensors))]
    return Render(radars, pir_of(pole, f"{seed}/{pole.id}"), world)
