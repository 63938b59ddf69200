"""Replays a flight recording on the real interpreter and holds what it decides against what was recorded."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gangvakt_sim.errors import DriverFailed
from gangvakt_sim.interpreter import find_interpreter
from gangvakt_sim.offline.drive import HEAP
from gangvakt_sim.offline.flight import FAULT, OFF, ON, Asked, Checkpoint, Entry, Flight, Note
from gangvakt_sim.sign_code import FIRMWARE

DRIVER = Path(__file__).with_name("device") / "replay_flight.py"
DECISIONS = (ON, OFF, FAULT)
TIMEOUT_S = 60


@dataclass(frozen=True)
class Look:
    """What the sign knew from ticks `now_ms` on: whether it warned, how many sensors it could believe (`mode`
    of the firmware's detector), and its tracks as (ident, along the kerb mm, across it mm)."""

    now_ms: int
    lit: bool
    mode: int
    tracks: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class FlightReplay:
    """What was decided anew: `decided` beside `recorded`, and whether each later checkpoint was met (by its
    time in ticks). `looks` are there where they were asked for.
    """

    recorded: tuple[Note, ...]
    decided: tuple[Note, ...]
    checkpoints: tuple[tuple[int, bool], ...]
    looks: tuple[Look, ...] = ()

    @property
    def same(self) -> bool:
        """To the last bit."""
        return self.recorded == self.decided and all(met for _, met in self.checkpoints)


def replay_flight(flight: Flight, firmware: Path = FIRMWARE, *, looks: bool = False) -> FlightReplay:
    """Let `firmware` (the folder with the package `sign`) decide again, and tell its tracks where `looks` are
    wanted. DriverFailed when it cannot, for instance because its configuration has other fields.
    """
    argv = [*find_interpreter().argv, "-X", f"heapsize={HEAP}", "-O2", str(DRIVER), str(firmware)]
    argv += ["looks"] if looks else []
    lines = "".join(json.dumps(line) + "\n" for line in _lines(flight))
    done = subprocess.run(
        argv, input=lines, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, encoding="utf-8"
    )
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    if done.returncode or not told or told[-1] != ["end"]:
        said = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise DriverFailed(f"{flight.name}: the firmware cannot replay it: {' '.join(said)[:200]}")
    decided = tuple(Note(ms, kind, tuple(numbers)) for ms, kind, numbers in _only(told, "note"))
    checkpoints = tuple((ms, bool(met)) for ms, met in _only(told, "checkpoint"))
    recorded = tuple(e for e in flight.entries if isinstance(e, Note) and e.kind in DECISIONS)
    return FlightReplay(recorded, decided, checkpoints, tuple(_looks(told)))


def _looks(told: list[list[Any]]) -> Iterator[Look]:
    for now_ms, lit, mode, tracks in _only(told, "look"):
        yield Look(now_ms, bool(lit), mode, tuple((ident, along, across) for ident, along, across in tracks))


def _only(told: list[list[Any]], what: str) -> Iterator[list[Any]]:
    return (line[1:] for line in told if line[0] == what)


def _lines(flight: Flight) -> Iterator[list[object]]:
    yield ["begin", flight.config]
    for entry in flight.entries:
        yield _line(entry)


def _line(entry: Entry) -> list[object]:
    if isinstance(entry, Checkpoint):
        return ["checkpoint", entry.state.hex()]
    if isinstance(entry, Asked):
        return ["asked", entry.now_ms, entry.levels, [[port, data.hex()] for port, data in entry.reads]]
    return ["note", entry.kind, list(entry.numbers)]
