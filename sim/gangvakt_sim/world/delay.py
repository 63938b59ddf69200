"""The past of the street, for sensors that show what was."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from gangvakt_sim.world.geometry import lerp
from gangvakt_sim.world.track import Actor


class Delay:
    """Gives back what was `latency_s` ago, interpolated between the moments it was told."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._past: deque[tuple[float, dict[str, Actor]]] = deque()

    def push(self, t_s: float, actors: Sequence[Actor]) -> list[Actor]:
        """Tell the present, get the past; nobody before the first moment. Times must increase."""
        if self._past and t_s <= self._past[-1][0]:
            raise ValueError(f"t_s is {t_s}; allowed: later than {self._past[-1][0]}")
        self._past.append((t_s, {actor.id: actor for actor in actors}))
        then = t_s - self._latency_s
        while len(self._past) > 1 and self._past[1][0] <= then:
            self._past.popleft()
        return self._look(then)

    def _look(self, then: float) -> list[Actor]:
        t0, before = self._past[0]
        if then < t0:
            return []
        if then == t0 or len(self._past) == 1:
            return list(before.values())
        t1, after = self._past[1]
        share = (then - t0) / (t1 - t0)
        return [_between(actor, after.get(key), share) for key, actor in before.items()]


def _between(before: Actor, after: Actor | None, share: float) -> Actor:
    if after is None:
        return before
    x, y = lerp((before.x, before.y), (after.x, after.y), share)
    nearer = before if share < 0.5 else after
    return replace(nearer, x=x, y=y)
