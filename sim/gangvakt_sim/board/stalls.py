"""Stalls: times in which the chip runs no bytecode and no callback, as a table from TOML (milliseconds)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gangvakt_sim.board.regs import R
from gangvakt_sim.board.shm import SharedMemory
from gangvakt_sim.errors import BoardRefusal

DEFAULT_FILE = Path(__file__).with_name("stalls.toml")
# The table's figures for garbage collection are of 240 MHz; the chip boots at 160.
SLOW_FACTOR = 1.5
KINDS = ("gc", "tls_handshake", "flash_write", "flash_erase")


@dataclass(frozen=True)
class Stalls:
    """All in us. `gc`: (live bytes, us at 240 MHz), ascending; ranges are (least, most)."""

    gc: tuple[tuple[int, int], ...]
    tls_handshake_us: int
    flash_write_us: tuple[int, int]
    flash_erase_us: tuple[int, int]

    @classmethod
    def load(cls, path: Path = DEFAULT_FILE) -> Stalls:
        """Read a table. Raises BoardRefusal for a key that is missing or no time."""
        with path.open("rb") as file:
            table = tomllib.load(file)
        reader = _Reader(str(path), table)
        return cls(
            reader.collections(),
            reader.time_us("tls_handshake", "mutual_p256"),
            reader.range_us("flash", "write_4_kb"),
            reader.range_us("flash", "erase_4_kb"),
        )

    @classmethod
    def default(cls) -> Stalls:
        """The table that comes with the simulator."""
        return cls.load()

    def worst_us(self, kind: str) -> int:
        """The longest stall of a kind (KINDS)."""
        longest = {
            "gc": self.gc[-1][1],
            "tls_handshake": self.tls_handshake_us,
            "flash_write": self.flash_write_us[1],
            "flash_erase": self.flash_erase_us[1],
        }
        if kind not in longest:
            raise BoardRefusal("inject", "kind", kind, ", ".join(KINDS))
        return longest[kind]

    def store(self, memory: SharedMemory) -> None:
        """Tell the chip."""
        memory[R.STALL_TLS_US] = self.tls_handshake_us
        memory[R.STALL_WRITE_MIN_US], memory[R.STALL_WRITE_MAX_US] = self.flash_write_us
        memory[R.STALL_ERASE_MIN_US], memory[R.STALL_ERASE_MAX_US] = self.flash_erase_us
        memory[R.STALL_GC_POINTS] = len(self.gc)
        for i, (live, us) in enumerate(self.gc):
            memory[R.STALL_GC + 3 * i] = live
            memory[R.STALL_GC + 3 * i + 1] = us
            memory[R.STALL_GC + 3 * i + 2] = int(us * SLOW_FACTOR)


class _Reader:
    def __init__(self, source: str, table: dict[str, Any]) -> None:
        self._source, self._table = source, table

    def _value(self, section: str, key: str) -> Any:
        try:
            return self._table[section][key]
        except (KeyError, TypeError):
            raise BoardRefusal(self._source, f"{section}.{key}", None, "milliseconds") from None

    def _us(self, section: str, key: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 60_000:
            raise BoardRefusal(self._source, f"{section}.{key}", value, "0..60000 ms")
        return round(1000 * value)

    def time_us(self, section: str, key: str) -> int:
        return self._us(section, key, self._value(section, key))

    def range_us(self, section: str, key: str) -> tuple[int, int]:
        value = self._value(section, key)
        if not isinstance(value, list) or len(value) != 2 or value[0] > value[1]:
            raise BoardRefusal(self._source, f"{section}.{key}", value, "[least, most] in ms")
        low, high = (self._us(section, key, each) for each in value)
        return low, high

    def collections(self) -> tuple[tuple[int, int], ...]:
        section = self._table.get("gc")
        if not isinstance(section, dict) or not 1 <= len(section) <= R.STALL_GC_MAX_POINTS:
            raise BoardRefusal(self._source, "gc", section, f"1..{R.STALL_GC_MAX_POINTS} keys live_<n>_kb")
        points = []
        for key in section:
            number = key.removeprefix("live_").removesuffix("_kb")
            if not number.isdigit():
                raise BoardRefusal(self._source, f"gc.{key}", section[key], "a key live_<n>_kb")
            points.append((1024 * int(number), self.time_us("gc", key)))
        return tuple(sorted(points))
