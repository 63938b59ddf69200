"""The memory that host and chip share, seen from the host."""

from __future__ import annotations

import json
import mmap
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gangvakt_sim.board.regs import R

TICKS_PERIOD_US = 1 << 30
COUNT_MASK = (1 << 30) - 1


def now_us() -> int:
    """CLOCK_MONOTONIC in us, as every time stamp of the board."""
    return time.monotonic_ns() // 1000


def unwrap_us(low: int, near_us: int) -> int:
    """The time next to `near_us` whose low 30 bits are `low`."""
    half = TICKS_PERIOD_US // 2
    return near_us + (low - near_us + half) % TICKS_PERIOD_US - half


@dataclass(frozen=True)
class Record:
    """A line of the chip's log: LOG_* kind, time, four values."""

    kind: int
    t_us: int
    values: tuple[int, int, int, int]


class SharedMemory:
    """Words and byte areas as _regs.py lays them out. The file descriptor is handed to the chip."""

    def __init__(self) -> None:
        self.fd = os.memfd_create("gangvakt-board")
        os.ftruncate(self.fd, R.SIZE)
        self._map = mmap.mmap(self.fd, R.SIZE)
        self.bytes = memoryview(self._map)
        self._words = self.bytes.cast("i")
        self[R.MAGIC] = R.MAGIC_VALUE
        self.clock: Callable[[], int] = now_us  # of the board; another one where time is virtual

    def __getitem__(self, word: int) -> int:
        return self._words[word]

    def __setitem__(self, word: int, value: int) -> None:
        self._words[word] = value

    def count_up(self, word: int) -> None:
        """Add one to a counter that the chip compares with what it saw."""
        self[word] = (self[word] + 1) & COUNT_MASK

    def set_config(self, config: Mapping[str, Any]) -> None:
        """What the chip is told about the world outside."""
        text = json.dumps(config).encode()
        if len(text) > R.CONFIG_SIZE - 2:
            raise ValueError(f"configuration of {len(text)} bytes; allowed: {R.CONFIG_SIZE - 2}")
        start = R.CONFIG_BYTE
        self.bytes[start + 2 : start + 2 + len(text)] = text
        self.bytes[start : start + 2] = len(text).to_bytes(2, "little")

    def records(self) -> Iterator[Record]:
        """The log since last asked."""
        near_us = self.clock()
        while self[R.LOG_TAIL] != self[R.LOG_HEAD]:
            at = R.LOG + self[R.LOG_TAIL] % R.LOG_RECORDS * R.LOG_WORDS
            kind, low, a, b, c, d = self._words[at : at + R.LOG_WORDS]
            yield Record(kind, unwrap_us(low, near_us), (a, b, c, d))
            self[R.LOG_TAIL] += 1

    def pulses(self, start: int, count: int) -> tuple[tuple[int, int], ...]:
        """(ticks, level) of `count` pulses from position `start`."""
        words = (self[R.PULSE + (start + i) % R.PULSES] for i in range(count))
        return tuple((word >> 1, word & 1) for word in words)

    def close(self) -> None:
        """Give the memory back."""
        self._words.release()
        self.bytes.release()
        self._map.close()
        os.close(self.fd)
