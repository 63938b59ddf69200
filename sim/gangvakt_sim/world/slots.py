"""The three slots of a LD2450's frame: who sits where, what stays behind, what changes places."""

from __future__ import annotations

import random
from collections.abc import Mapping

from gangvakt_sim.world.ld2450 import NO_TARGET, SLOTS
from gangvakt_sim.world.losses import Ld2450Losses


class Slots:
    """A target keeps its slot while it is seen; a fourth one is not reported."""

    def __init__(self, losses: Ld2450Losses, rng: random.Random) -> None:
        self._losses = losses
        self._random = rng
        self._holders: list[str | None] = [None] * SLOTS
        self._bytes = [NO_TARGET] * SLOTS

    @property
    def settled(self) -> bool:
        """Whether no slot is held: the frame stays as it is until there is a target."""
        return not any(self._holders)

    def step(self, targets: Mapping[str, bytes]) -> list[bytes]:
        """One frame on: the bytes of each slot. `targets` is in the order in which they get free slots."""
        for slot in range(SLOTS):
            self._free(slot, targets)
        for key in targets:
            if key not in self._holders and None in self._holders:
                self._holders[self._holders.index(None)] = key
        if not self.settled and self._random.random() < self._losses.slot_swap:
            self._swap()
        for slot, holder in enumerate(self._holders):
            if holder is not None:
                self._bytes[slot] = targets[holder]
        return list(self._bytes)

    def _free(self, slot: int, targets: Mapping[str, bytes]) -> None:
        holder = self._holders[slot]
        if holder is None or holder in targets:
            return
        self._holders[slot] = None
        if self._random.random() >= self._losses.stale_slot:
            self._bytes[slot] = NO_TARGET

    def _swap(self) -> None:
        a, b = self._random.sample(range(SLOTS), 2)
        self._holders[a], self._holders[b] = self._holders[b], self._holders[a]
        self._bytes[a], self._bytes[b] = self._bytes[b], self._bytes[a]
