"""A LD2410 on a pole: says that somebody moves or stays and how far away, never where."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gangvakt_sim.world.company import Company
from gangvakt_sim.world.delay import Delay
from gangvakt_sim.world.geometry import Pose, in_fan, polar
from gangvakt_sim.world.hlk_module import Command, HlkModule
from gangvakt_sim.world.radar_module import ModuleFaults
from gangvakt_sim.world.track import Actor

FRAME_PERIOD_S = 0.1
HEADER, FOOTER = b"\xf4\xf3\xf2\xf1", b"\xf8\xf7\xf6\xf5"
VERSION = bytes.fromhex("0001070116150922")  # V1.07.22091516
GATES = 9
GATE_M = 0.75
BASIC, ENGINEERING = 2, 1
MOVES, STAYS = 1, 2
SENSITIVITIES = bytes([20] * GATES + [25] * GATES)
CM_PER_M = 100
MAX_ENERGY = 100


@dataclass(frozen=True)
class Ld2410Traits:
    """How one module behaves. From the maker's papers, and otherwise assumed."""

    range_m: float = 5.0
    half_fan_deg: float = 60.0
    latency_s: float = 0.1  # assumed
    still_m_s: float = 0.2  # assumed: slower is staying
    distance_sigma_m: float = 0.15  # assumed; the gates are 0.75 m wide
    dropout: float = 0.02  # assumed, per report
    hold_s: float = 5.0  # the maker's default: so long after the last it still says that somebody stays
    energy_per_m: float = 14.0  # assumed loss with the distance
    energy_sigma: float = 8.0  # assumed


REAL = Ld2410Traits()


class Ld2410Model(HlkModule):
    """One module. The same seed, times, actors and commands give the same bytes."""

    def __init__(
        self,
        pose: Pose,
        seed: int | str,
        *,
        traits: Ld2410Traits = REAL,
        faults: ModuleFaults | None = None,
    ) -> None:
        super().__init__(VERSION, faults)
        self._pose, self._traits = pose, traits
        self._random = random.Random(f"{seed}/ld2410")
        self._delay = Delay(traits.latency_s)
        self._company = Company()
        self._last_m, self._last_s = 0.0, float("-inf")
        self._gates = bytes([0xAA, GATES - 1, GATES - 1, GATES - 1]) + SENSITIVITIES
        self._idle_s = 5
        self.engineering = False

    def commands(self) -> Mapping[int, Command]:
        """Those of every module and its own."""
        return {
            **super().commands(),
            0x60: lambda value: b"" if len(value) == 18 else None,
            0x61: lambda _: self._gates + struct.pack("<H", self._idle_s),
            0x62: lambda _: self._set_engineering(True),
            0x63: lambda _: self._set_engineering(False),
            0x64: lambda value: b"" if len(value) == 18 else None,
        }

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """The report sent at `t_s`, none while it is being configured; call it every 0.1 s."""
        self._company.note(t_s, actors)
        there = self._delay.push(t_s, actors)
        seen = [sight for actor in there if (sight := self._sight(actor)) is not None]
        moving = min((r for r, moves in seen if moves), default=None)
        static = min((r for r, moves in seen if not moves), default=None)
        body = self._body(t_s, moving, static)
        return HEADER + struct.pack("<H", len(body)) + body + FOOTER if self.reporting else b""

    def constant_until_s(self, t_s: float) -> float:
        """Until when what is sent after that of `t_s` is all like it, provided that nobody comes."""
        settled_s = self._traits.latency_s + self._traits.hold_s
        constant = not self.engineering  # the noise of the gates never is
        return math.inf if constant and self._company.gone_for(t_s, settled_s) else t_s

    def _set_engineering(self, on: bool) -> bytes:
        self.engineering = on
        return b""

    def _sight(self, actor: Actor) -> tuple[float, bool] | None:
        right, ahead = self._pose.to_sensor((actor.x, actor.y))
        lost = self._random.random() < self._traits.dropout
        if lost or not in_fan(right, ahead, self._traits.range_m, self._traits.half_fan_deg):
            return None
        reach = polar(right, ahead)[0] + self._random.gauss(0, self._traits.distance_sigma_m)
        return max(0.0, reach), actor.speed_m_s >= self._traits.still_m_s

    def _body(self, t_s: float, moving: float | None, static: float | None) -> bytes:
        nearest = min((r for r in (moving, static) if r is not None), default=None)
        if nearest is not None:
            self._last_m, self._last_s = nearest, t_s
        elif t_s - self._last_s < self._traits.hold_s:
            static = nearest = self._last_m
        status = (MOVES if moving is not None else 0) | (STAYS if static is not None else 0)
        kind = ENGINEERING if self.engineering else BASIC
        targets = _target(moving, self._energy(moving)) + _target(static, self._energy(static))
        body = bytes([kind, 0xAA, status]) + targets + struct.pack("<H", _cm(nearest))
        if self.engineering:
            body += bytes([GATES - 1, GATES - 1]) + self._energies(moving) + self._energies(static)
            body += bytes([0x80, 1 if status else 0])  # light (unlit photodiode: assumed), OUT pin
        return body + b"\x55\x00"

    def _energy(self, reach: float | None) -> int:
        if reach is None:
            return 0
        noise = self._random.gauss(0, self._traits.energy_sigma)
        return max(1, min(MAX_ENERGY, round(MAX_ENERGY - self._traits.energy_per_m * reach + noise)))

    def _energies(self, reach: float | None) -> bytes:
        """The target's gate, and noise in the others."""
        energies = [self._random.randint(0, 10) for _ in range(GATES)]
        if reach is not None:
            energies[min(GATES - 1, int(reach / GATE_M))] = self._energy(reach)
        return bytes(energies)


def _cm(reach: float | None) -> int:
    return 0 if reach is None else round(reach * CM_PER_M)


def _target(reach: float | None, energy: int) -> bytes:
    return struct.pack("<HB", _cm(reach), energy)
