"""A sign of the live street with what is wrong with it just now."""

from __future__ import annotations

import heapq
import itertools
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.faults import afflict
from gangvakt_sim.faults.bench import NoNetwork
from gangvakt_sim.faults.schedule import Fault
from gangvakt_sim.faults.sensors import distorted
from gangvakt_sim.virtual_sign import VirtualSign

SECOND_US = 1_000_000


@dataclass(frozen=True)
class Standing:
    """A fault until a time of the monotonic clock."""

    fault: Fault
    until_s: float


class AfflictedSign:
    """Where the sensors' cables end, and a Life as faults need it. `radio` is its world (`set_config`)."""

    def __init__(
        self,
        sign: VirtualSign,
        board: VirtualBoard,
        radio: Mapping[str, Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.board, self.network = board, NoNetwork()
        self.sensors: set[str] = set()
        self.channel = 1
        self._sign, self._radio, self._clock = sign, radio, clock
        self._random = random.Random(1)
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._standing: dict[str, Standing] = {}

    def radar(self, frame: bytes) -> None:
        """The radar's bytes, or what its fault makes of them."""
        told = distorted(frame, self.sensors, self._random)
        if told is not None:
            self._sign.radar(told)

    def second(self, frame: bytes) -> None:
        """The second radar's bytes; what is wrong with a radar is wrong with the first."""
        self._sign.second(frame)

    def pir(self, level: bool) -> None:
        """The PIR's level, or that of its fault."""
        self._sign.pir(level or "pir-stuck" in self.sensors)

    def lamps(self) -> tuple[bool, bool]:
        """Light that leaves the lamps now."""
        return self._sign.lamps()

    def cause(self, fault: Fault) -> None:
        """From now on; one that stands already begins anew."""
        self.mend(fault.name)
        afflict.begin(self, fault)
        self._standing[fault.name] = Standing(fault, self._clock() + fault.for_s)
        self._follow_button()

    def mend(self, name: str | None = None) -> None:
        """That fault, or all. A sign without power has it back at its own time."""
        for held in [one for one in self._standing if name in (None, one)]:
            afflict.end(self, self._standing.pop(held).fault)
        self._follow_button()

    def step(self) -> None:
        """What is due now."""
        now_s = self._clock()
        while self._due and self._due[0][0] <= now_s:
            heapq.heappop(self._due)[2]()
        for name, held in list(self._standing.items()):
            if held.until_s <= now_s:
                self.mend(name)

    def standing(self) -> list[tuple[str, int]]:
        """Names of the faults that stand, with the seconds that are left."""
        now_s = self._clock()
        return [(name, max(0, round(held.until_s - now_s))) for name, held in self._standing.items()]

    def later(self, us: int, do: Callable[[], None]) -> None:
        """Do something after a while."""
        heapq.heappush(self._due, (self._clock() + us / SECOND_US, next(self._order), do))

    def access_point(self, is_there: bool) -> None:
        """Switch it on or off, for this sign."""
        wifi = self._radio["wifi"] if is_there else {}
        self.board.set_config({**self._radio, "wifi": wifi, "channel": self.channel})

    def _follow_button(self) -> None:
        held = "button-stuck" in self.sensors
        self.board.gpio.drive(self.board.spec.pins.button, 0 if held else None)
