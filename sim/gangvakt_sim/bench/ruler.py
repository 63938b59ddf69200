"""How late this computer itself is: what programs measure that only sleep, one on each core."""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from gangvakt_sim.board.shm import now_us

NAP_US = 2000  # short against a board's tick of 10 ms: what is shorter than a nap goes unseen


@dataclass(frozen=True)
class Nap:
    """One sleep: when it should have ended, and when it did (us of the monotonic clock)."""

    due_us: int
    ended_us: int

    @property
    def late_ms(self) -> float:
        return (self.ended_us - self.due_us) / 1000

    def disturbs(self, begin_us: int, end_us: int) -> bool:
        """Whether part of its lateness lies in the interval."""
        return self.due_us < end_us and self.ended_us > begin_us


class Ruler:
    """Naps on every core while it is open, in processes of its own; `naps` afterwards."""

    def __init__(self) -> None:
        self.naps: list[Nap] = []
        context = multiprocessing.get_context("spawn")
        self._ends: list[Connection] = []
        self._processes = []
        for core in sorted(os.sched_getaffinity(0)):
            here, there = context.Pipe()
            self._ends.append(here)
            self._processes.append(context.Process(target=_nap, args=(there, core), daemon=True))

    def __enter__(self) -> Self:
        for process in self._processes:
            process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end, process in zip(self._ends, self._processes, strict=True):
            end.send(None)
            self.naps += end.recv()
            process.join()

    def later_than(self, least_ms: float) -> list[Nap]:
        """The naps that ended later than they should by at least so much."""
        return [nap for nap in self.naps if nap.late_ms >= least_ms]


def _nap(end: Connection, core: int) -> None:
    os.sched_setaffinity(0, {core})
    naps = []
    while not end.poll():
        due_us = now_us() + NAP_US
        time.sleep(NAP_US / 1e6)
        naps.append(Nap(due_us, now_us()))
    end.send(naps)
