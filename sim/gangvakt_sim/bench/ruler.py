"""How late this computer itself is: what a program that only sleeps measures, beside all else."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

NAP_S = 0.01  # a board's tick


class Ruler:
    """Naps in a process of its own while it is open; `late_ms` afterwards, one value a nap."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_nap, args=(there,), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._here.send(None)
        self.late_ms = self._here.recv()
        self._process.join()


def _nap(end: Connection) -> None:
    late_ms = []
    while not end.poll():
        due_s = time.monotonic() + NAP_S
        time.sleep(NAP_S)
        late_ms.append(1000 * (time.monotonic() - due_s))
    end.send(late_ms)
