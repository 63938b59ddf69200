"""The push button at the pole: some of those who come to it press it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.track import Actor


@dataclass(frozen=True)
class ButtonTraits:
    """Assumptions on people."""

    reach_m: float = 0.8
    share: float = 0.3  # of those who come into reach press it, once
    press_s: tuple[float, float] = (0.2, 0.8)
    fastest_m_s: float = 2.5  # who runs by presses nothing


DEFAULT_TRAITS = ButtonTraits()


class ButtonModel:
    """One button. The same seed, times and actors give the same levels."""

    def __init__(self, place: Point, seed: int | str, *, traits: ButtonTraits = DEFAULT_TRAITS) -> None:
        self._place, self._traits, self._seed = place, traits, seed
        self._asked: set[str] = set()
        self._until_s = float("-inf")

    def pressed(self, t_s: float, actors: Sequence[Actor]) -> bool:
        """Whether it is held down at `t_s`; times must not decrease."""
        for actor in actors:
            if actor.id not in self._asked and self._in_reach(actor):
                self._asked.add(actor.id)
                chance = random.Random(f"{self._seed}/button/{actor.id}")
                if chance.random() < self._traits.share:
                    self._until_s = max(self._until_s, t_s + chance.uniform(*self._traits.press_s))
        return t_s < self._until_s

    def _in_reach(self, actor: Actor) -> bool:
        near = math.dist(self._place, (actor.x, actor.y)) <= self._traits.reach_m
        return near and actor.kind == "pedestrian" and actor.speed_m_s <= self._traits.fastest_m_s
