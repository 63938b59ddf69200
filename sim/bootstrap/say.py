"""What the set-up tells the person who waits: one line a step, and a sign of life in long ones."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable, TextIO

Alive = Callable[[], None]

# A terminal shows a ticking line; a log file gets a line only now and then.
LOG_INTERVAL_S = 10.0
CLEAR_LINE = "\r\x1b[K"


class Say:
    """Prints progress to `out`. `clock` counts seconds."""

    def __init__(self, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out or sys.stdout
        self._clock = clock

    def line(self, text: str) -> None:
        """Print one line at once."""
        self._write(f"setup: {text}\n")

    @contextmanager
    def step(self, what: str) -> Iterator[Alive]:
        """Name a step, and at its end how long it took. Call the value every second or so meanwhile."""
        ticker = _Ticker(what, self._out, self._clock)
        try:
            yield ticker.alive
        except BaseException:
            ticker.clear()
            raise
        ticker.clear()
        self.line(f"{what} ({ticker.elapsed():.1f} s)")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class _Ticker:
    """The sign of life of one step."""

    def __init__(self, what: str, out: TextIO, clock: Callable[[], float]) -> None:
        self._what = what
        self._out = out
        self._clock = clock
        self._begin = self._last = clock()
        self._is_terminal = out.isatty()

    def elapsed(self) -> float:
        return self._clock() - self._begin

    def alive(self) -> None:
        text = f"setup: {self._what} ... {self.elapsed():.0f} s"
        if self._is_terminal:
            self._write(CLEAR_LINE + text)
        elif self._clock() - self._last >= LOG_INTERVAL_S:
            self._last = self._clock()
            self._write(text + "\n")

    def clear(self) -> None:
        if self._is_terminal:
            self._write(CLEAR_LINE)

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
