"""A LD2451 on a pole: vehicles at a distance, with angle, direction and speed."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gangvakt_sim.world.closing import closing_m_s
from gangvakt_sim.world.company import Company
from gangvakt_sim.world.delay import Delay
from gangvakt_sim.world.geometry import Pose, polar
from gangvakt_sim.world.hlk_module import Command, HlkModule
from gangvakt_sim.world.radar_module import ModuleFaults
from gangvakt_sim.world.track import Actor

FRAME_PERIOD_S = 0.1
HEADER, FOOTER = b"\xf4\xf3\xf2\xf1", b"\xf8\xf7\xf6\xf5"
VERSION = bytes.fromhex("5124010116150922")
VEHICLES = ("car", "cyclist")
KMH_PER_M_S = 3.6
ANGLE_ZERO = 0x80
U8 = 255
LEAVING, APPROACHING, ANY_WAY = 0, 1, 2  # as two public drivers have it


@dataclass(frozen=True)
class Ld2451Traits:
    """How one module behaves. From the maker's papers, and otherwise assumed."""

    near_m: float = 10.0
    far_m: float = 100.0
    half_fan_deg: float = 20.0
    most_targets: int = 5
    latency_s: float = 0.2  # assumed
    distance_sigma_m: float = 1.0  # assumed
    angle_sigma_deg: float = 1.5  # assumed
    speed_sigma_km_h: float = 1.0  # assumed
    dropout: float = 0.05  # assumed, per report and vehicle
    snr_at_near: int = 40  # assumed; it falls with the distance


REAL = Ld2451Traits()


@dataclass(frozen=True)
class _Sight:
    distance_m: float
    angle_deg: float
    closing_km_h: float


class Ld2451Model(HlkModule):
    """One module. The same seed, times, actors and commands give the same bytes.

    `approach_value` is the direction byte of a vehicle that comes nearer: the maker contradicts himself.
    `silent_alone`: nothing is sent without vehicles, instead of reports of length 0.
    """

    def __init__(
        self,
        pose: Pose,
        seed: int | str,
        *,
        traits: Ld2451Traits = REAL,
        approach_value: int = 1,
        silent_alone: bool = False,
        faults: ModuleFaults | None = None,
        bluetooth: bool = True,
    ) -> None:
        super().__init__(VERSION, faults, bluetooth=bluetooth)
        self._pose, self._traits = pose, traits
        self._approach_value, self._silent_alone = approach_value, silent_alone
        self._random = random.Random(f"{seed}/ld2451")
        self._delay = Delay(traits.latency_s)
        self._company = Company()
        self.detection = bytes([100, ANY_WAY, 1, 2])  # distance m, direction, least km/h, delay s
        self.sensitivity = bytes([1, 4, 0, 0])

    def commands(self) -> Mapping[int, Command]:
        """Those of every module and its own."""
        return {
            **super().commands(),
            0x02: self._set_detection,
            0x12: lambda _: self.detection,
            0x03: self._set_sensitivity,
            0x13: lambda _: self.sensitivity,
        }

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """What is sent at `t_s`, nothing while it is being configured; call it every 0.1 s."""
        self._company.note(t_s, actors)
        there = self._delay.push(t_s, actors)
        seen = [sight for actor in there if (sight := self._sight(actor)) is not None]
        seen.sort(key=lambda sight: sight.distance_m)
        targets = seen[: self._traits.most_targets]
        if not self.reporting or (self._silent_alone and not targets):
            return b""
        body = bytes([len(targets), 1]) + b"".join(map(self._encoded, targets)) if targets else b""
        return HEADER + struct.pack("<H", len(body)) + body + FOOTER

    def constant_until_s(self, t_s: float) -> float:
        """Until when what is sent after that of `t_s` is all like it, provided that nobody comes."""
        return math.inf if self._company.gone_for(t_s, self._traits.latency_s) else t_s

    def _sight(self, actor: Actor) -> _Sight | None:
        lost = self._random.random() < self._traits.dropout
        if lost or actor.kind not in VEHICLES:
            return None
        right, ahead = self._pose.to_sensor((actor.x, actor.y))
        distance, angle = polar(right, ahead)
        sight = _Sight(distance, angle, closing_m_s(self._pose, actor) * KMH_PER_M_S)
        return sight if self._detects(sight) else None

    def _detects(self, sight: _Sight) -> bool:
        far_m, direction, least_km_h = min(self._traits.far_m, self.detection[0]), *self.detection[1:3]
        there = self._traits.near_m <= sight.distance_m <= far_m
        wanted = direction == ANY_WAY or (direction == APPROACHING) == (sight.closing_km_h > 0)
        fast = abs(sight.closing_km_h) >= least_km_h
        return there and wanted and fast and abs(sight.angle_deg) <= self._traits.half_fan_deg

    def _encoded(self, sight: _Sight) -> bytes:
        noise, traits = self._random.gauss, self._traits
        approaches = sight.closing_km_h > 0
        return bytes(
            _u8(value)
            for value in (
                ANGLE_ZERO + sight.angle_deg + noise(0, traits.angle_sigma_deg),
                sight.distance_m + noise(0, traits.distance_sigma_m),
                self._approach_value if approaches else 1 - self._approach_value,
                abs(sight.closing_km_h) + noise(0, traits.speed_sigma_km_h),
                traits.snr_at_near * traits.near_m / sight.distance_m + 5,
            )
        )

    def _set_detection(self, value: bytes) -> bytes | None:
        if len(value) != 4 or not 10 <= value[0] <= 255 or value[1] > ANY_WAY:
            return None
        self.detection = value
        return b""

    def _set_sensitivity(self, value: bytes) -> bytes | None:
        if len(value) != 4:
            return None
        self.sensitivity = value
        return b""


def _u8(value: float) -> int:
    return max(0, min(U8, round(value)))
