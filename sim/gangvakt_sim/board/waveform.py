"""What an RMT channel puts out, computed from what was written to it: exact, without sampling. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

SOURCE_MHZ = 80
MAX_SOURCES = 200_000  # of a line; then the oldest half is forgotten


class Edge(NamedTuple):
    """From `t_us` (CLOCK_MONOTONIC) on, `pin` has `level`."""

    t_us: int
    pin: int
    level: int


@dataclass(frozen=True)
class Train:
    """Pulses as written: (ticks, level) each, from `start_us`, in ticks of the divided clock.

    A train that is no loop ends by itself; a loop at `end_us`, the end of a pass (None = it still runs).
    """

    start_us: int
    pulses: tuple[tuple[int, int], ...]
    div: int
    idle: int
    loop: bool
    end_us: int | None = None

    @property
    def pass_ticks(self) -> int:
        """Length of a pass in ticks of the divided clock."""
        return sum(ticks for ticks, _ in self.pulses)

    def ticks_us(self, ticks: int) -> int:
        """Ticks since the start as a time, whole us downwards."""
        return self.start_us + ticks * self.div // SOURCE_MHZ

    def last_us(self) -> int | None:
        """When the line falls back to idle; None = never."""
        own_end = None if self.loop and self.pass_ticks else self.ticks_us(self.pass_ticks)
        ends = [end for end in (own_end, self.end_us) if end is not None]
        return min(ends) if ends else None

    def pass_end_us(self, t_us: int) -> int:
        """The end of the pass that runs at `t_us`."""
        if not self.pass_ticks:
            return t_us
        passed = max(t_us - self.start_us, 0) * SOURCE_MHZ // self.div // self.pass_ticks
        while self.ticks_us((passed + 1) * self.pass_ticks) <= t_us:
            passed += 1
        return self.ticks_us((passed + 1) * self.pass_ticks)

    def changes(self, t0_us: int, t1_us: int) -> Iterator[tuple[int, int]]:
        """(t_us, level) at every pulse boundary in [t0_us, t1_us), the return to idle included."""
        last_us = self.last_us()
        for t_us, level in self._boundaries(t0_us):
            if t_us >= t1_us or (last_us is not None and t_us >= last_us):
                break
            if t_us >= t0_us:
                yield t_us, level
        if last_us is not None and t0_us <= last_us < t1_us:
            yield last_us, self.idle

    def _boundaries(self, t0_us: int) -> Iterator[tuple[int, int]]:
        if not self.pass_ticks:
            return
        elapsed = max(t0_us - self.start_us, 0) * SOURCE_MHZ // self.div
        number = elapsed // self.pass_ticks if self.loop else 0
        while True:
            ticks = number * self.pass_ticks
            for length, level in self.pulses:
                yield self.ticks_us(ticks), level
                ticks += length
            if not self.loop:
                return
            number += 1

    def level_at(self, t_us: int) -> int:
        """The level at a time not before the start."""
        last_us = self.last_us()
        if last_us is not None and t_us >= last_us:
            return self.idle
        # Ticks whose boundary lies at or before t_us, by the same rounding as ticks_us.
        ticks = ((t_us - self.start_us + 1) * SOURCE_MHZ - 1) // self.div
        return self._level_of_tick(ticks % self.pass_ticks)

    def _level_of_tick(self, ticks: int) -> int:
        ends, total = [], 0
        for length, _ in self.pulses:
            total += length
            ends.append(total)
        return self.pulses[min(bisect_right(ends, ticks), len(ends) - 1)][1]


@dataclass(frozen=True)
class Quiet:
    """An idle line from `start_us` on."""

    start_us: int
    idle: int

    def level_at(self, t_us: int) -> int:
        """Always idle."""
        return self.idle

    def changes(self, t0_us: int, t1_us: int) -> Iterator[tuple[int, int]]:
        """Its beginning, if that lies in [t0_us, t1_us)."""
        if t0_us <= self.start_us < t1_us:
            yield self.start_us, self.idle


@dataclass(frozen=True)
class Dimmed:
    """A PWM from `start_us` on: `hz`, `duty` 0..65535; the phase begins at the start."""

    start_us: int
    hz: int
    duty: int

    def level_at(self, t_us: int) -> int:
        """The level of the modulated line."""
        if self.duty in (0, 65535):
            return int(self.duty > 0)
        phase = (t_us - self.start_us) * self.hz % 1_000_000
        return int(phase * 65536 < self.duty * 1_000_000)

    def changes(self, t0_us: int, t1_us: int) -> Iterator[tuple[int, int]]:
        """Every edge in [t0_us, t1_us), the first with the start."""
        if self.duty in (0, 65535):
            yield from Quiet(self.start_us, int(self.duty > 0)).changes(t0_us, t1_us)
            return
        number = max(t0_us - self.start_us, 0) * self.hz // 1_000_000
        while True:
            rise = self.start_us + number * 1_000_000 // self.hz
            fall = self.start_us + (number * 65536 + self.duty) * 1_000_000 // (self.hz * 65536)
            if rise >= t1_us:
                return
            for t_us, level in ((rise, 1), (fall, 0)):
                if t0_us <= t_us < t1_us:
                    yield t_us, level
            number += 1


Source = Train | Quiet | Dimmed


class Timeline:
    """What drove a line when: each source from its start until the next one's."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._sources: list[Source] = []

    def add(self, source: Source, start_us: int | None = None) -> None:
        """Append a source; `start_us` if the line gets it later than the source itself began."""
        start = source.start_us if start_us is None else start_us
        if self._starts:
            start = max(start, self._starts[-1])
        self._starts.append(start)
        self._sources.append(source)
        if len(self._starts) > MAX_SOURCES:
            del self._starts[: MAX_SOURCES // 2], self._sources[: MAX_SOURCES // 2]

    def replace_last(self, source: Source) -> None:
        """The last source's end has become known."""
        self._sources[-1] = source

    @property
    def last(self) -> Source | None:
        """What drives the line now."""
        return self._sources[-1] if self._sources else None

    def level_at(self, t_us: int) -> int:
        """The level at `t_us`; 0 before anything drove the line."""
        at = bisect_right(self._starts, t_us) - 1
        return self._sources[at].level_at(t_us) if at >= 0 else 0

    def changes(self, t0_us: int, t1_us: int) -> Iterator[tuple[int, int]]:
        """(t_us, level) of every real change in [t0_us, t1_us)."""
        level = self.level_at(t0_us - 1)
        for t_us, new in self._raw_changes(t0_us, t1_us):
            if new != level:
                level = new
                yield t_us, new

    def _raw_changes(self, t0_us: int, t1_us: int) -> Iterator[tuple[int, int]]:
        first = max(bisect_right(self._starts, t0_us - 1) - 1, 0)
        for at in range(first, len(self._starts)):
            begin = max(self._starts[at], t0_us)
            end = min(self._starts[at + 1], t1_us) if at + 1 < len(self._starts) else t1_us
            if begin >= t1_us:
                return
            if begin < end:
                if begin == self._starts[at]:
                    yield begin, self._sources[at].level_at(begin)
                yield from self._sources[at].changes(begin, end)
