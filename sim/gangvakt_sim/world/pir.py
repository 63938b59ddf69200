"""A PIR of the HC-SR501 class: a digital output with dead time and false triggers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from gangvakt_sim.world.geometry import Pose, in_fan
from gangvakt_sim.world.scene import PirCone, SignPole
from gangvakt_sim.world.track import Actor

DEFAULT_CONE = PirCone()


@dataclass(frozen=True)
class PirTraits:
    """How one PIR behaves: the pulse is prolonged while something warm moves; the dead time follows it."""

    pulse_s: float = 2.5
    dead_s: tuple[float, float] = (2.5, 3.0)
    least_speed_m_s: float = 0.3
    false_per_hour: float = 2.0  # sun, wind, temperature


DEFAULT_TRAITS = PirTraits()


def pir_of(pole: SignPole, seed: int | str, traits: PirTraits = DEFAULT_TRAITS) -> PirModel | None:
    """The PIR of a sign, if it has one."""
    return PirModel(pole.pose, seed, cone=pole.pir, traits=traits) if pole.pir else None


class PirModel:
    """One PIR. The same seed, times and actors give the same levels."""

    def __init__(
        self, pose: Pose, seed: int | str, *, cone: PirCone = DEFAULT_CONE, traits: PirTraits = DEFAULT_TRAITS
    ) -> None:
        self._pose = Pose(pose.x, pose.y, pose.azimuth_deg + cone.turn_deg)
        self._cone, self._traits = cone, traits
        self._random = random.Random(f"{seed}/pir")
        self._high_until_s = self._blind_until_s = float("-inf")
        self._high = False
        self._next_false_s = self._false_gap_s()

    def level(self, t_s: float, actors: Sequence[Actor]) -> bool:
        """The output at `t_s`; times must not decrease."""
        triggered = self._false_trigger(t_s) or any(self._warm_motion(actor) for actor in actors)
        if triggered and t_s >= self._blind_until_s:
            self._high, self._high_until_s = True, t_s + self._traits.pulse_s
        elif self._high and t_s >= self._high_until_s:
            self._high, self._blind_until_s = False, t_s + self._random.uniform(*self._traits.dead_s)
        return self._high

    def constant_until_s(self) -> float:
        """Until when the output stays as it is, provided that nobody comes."""
        return self._high_until_s if self._high else self._next_false_s

    def _warm_motion(self, actor: Actor) -> bool:
        right, ahead = self._pose.to_sensor((actor.x, actor.y))
        moves = actor.kind != "clutter" and actor.speed_m_s >= self._traits.least_speed_m_s
        return moves and in_fan(right, ahead, self._cone.range_m, self._cone.half_cone_deg)

    def _false_trigger(self, t_s: float) -> bool:
        if t_s < self._next_false_s:
            return False
        self._next_false_s = t_s + self._false_gap_s()
        return True

    def _false_gap_s(self) -> float:
        rate = self._traits.false_per_hour / 3600
        return self._random.expovariate(rate) if rate > 0 else float("inf")
