"""When the ticks of a sign began, seen from outside: in a copy of the firmware each toggles a free pin."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from gangvakt_sim.bench.latency import with_short_hold
from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.board.regs import R
from gangvakt_sim.errors import StreetError

PIN = 23  # nothing is connected to it
TIMER = 0  # that of the detection loop
PERIOD_US = 10_000
DETECTION = Path("sign", "services", "detection.py")
# (in the sources, in the copy)
PROBE = (
    ("from machine import Timer\n", "from machine import Pin, Timer\n"),
    ("\n\nclass Detection:", f"\n_pin = Pin({PIN}, Pin.OUT)\n\n\nclass Detection:"),
    ("(self, timer):\n        try:\n", "(self, timer):\n        _pin.value(self.ticks & 1)\n        try:\n"),
)

Span = tuple[int, int]  # (from, to), us


@dataclass(frozen=True)
class Served:
    """A time at which a tick was due, and when the next tick after it began (us)."""

    due_us: int
    began_us: int

    @property
    def late_ms(self) -> float:
        return (self.began_us - self.due_us) / 1000


class Spans:
    """Times that may overlap; asked which others they touch."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._begins = [begin_us for begin_us, _ in ordered]
        self._ends = list(accumulate((end_us for _, end_us in ordered), max))

    def touch(self, begin_us: int, end_us: int) -> bool:
        """Whether one of them has a moment in common with this time."""
        at = bisect_right(self._begins, end_us) - 1
        return at >= 0 and self._ends[at] >= begin_us


def with_probe(folder: Path) -> Path:
    """A copy of the firmware that may go dark soon and shows its ticks; nothing else differs."""
    file = with_short_hold(folder) / DETECTION
    text = file.read_text()
    for old, new in PROBE:
        if text.count(old) != 1:
            raise StreetError(f"lateness: {DETECTION} of the firmware has no place for the probe: {old!r}")
        text = text.replace(old, new)
    file.write_text(text)
    return folder


def served(board: VirtualBoard, begin_us: int, end_us: int) -> list[Served]:
    """Every due time from the first to the last tick that began in this time, without a reset in between."""
    began = [edge.t_us for edge in board.gpio.waveform(PIN, begin_us, end_us)]
    return serving(began, board.memory[R.TIMER + R.TIMER_WORDS * TIMER + R.T_NEXT_US] % PERIOD_US)


def serving(began_us: Sequence[int], phase_us: int) -> list[Served]:
    """The same of ticks that began then, by a timer whose due times have this remainder."""
    if not began_us:
        return []
    first_us = began_us[0] + (phase_us - began_us[0]) % PERIOD_US
    dues = range(first_us, began_us[-1] + 1, PERIOD_US)
    return [Served(due_us, began_us[bisect_left(began_us, due_us)]) for due_us in dues]
