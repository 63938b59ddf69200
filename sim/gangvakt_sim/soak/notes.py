"""What happened in a sign's life. Times in us of the board's clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from gangvakt_sim.board.reset import Reset
from gangvakt_sim.faults.schedule import Fault
from gangvakt_sim.soak.street import Visit


@dataclass
class Notes:
    """For the judgement."""

    visits: list[Visit] = field(default_factory=list)
    faults: list[tuple[int, int, Fault]] = field(default_factory=list)
    starts: list[tuple[int, Reset]] = field(default_factory=list)
    online: list[tuple[int, bool]] = field(default_factory=list)
    lit: list[tuple[int, bool]] = field(default_factory=list)
    memory_errors: list[tuple[int, str]] = field(default_factory=list)  # when it was read, the line
    leapt_us: int = 0


def note(changes: list[tuple[int, bool]], now_us: int, value: bool) -> None:
    """Remember a change."""
    if not changes or changes[-1][1] != value:
        changes.append((now_us, value))
