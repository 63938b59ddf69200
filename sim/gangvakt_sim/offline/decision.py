"""What the driver tells: when a sign was lit and why, and its faults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gangvakt_sim.errors import DriverFailed

Interval = tuple[float, float | None]


@dataclass(frozen=True)
class Warned:
    """One warning, in ms since the sign's beginning; `off_ms` is None while it stands at the end."""

    on_ms: int
    off_ms: int | None
    reason: str
    t_kerb_ms: int
    range_mm: int
    track: int
    cause: str | None = None


@dataclass
class Decision:
    """All that one sign decided until `end_ms`; `stepped` counts the ticks that were really run."""

    warned: list[Warned] = field(default_factory=list)
    faults: list[tuple[int, str, bool]] = field(default_factory=list)
    end_ms: int = 0
    stepped: int = 0

    def lit(self) -> list[Interval]:
        """Lit intervals in s."""
        return [(w.on_ms / 1000, None if w.off_ms is None else w.off_ms / 1000) for w in self.warned]


def read_decisions(lines: Iterable[str]) -> list[Decision]:
    """One Decision for each sign that was watched to its end. DriverFailed for a line of another kind."""
    decisions, now = [], _Reading()
    for line in lines:
        if now.take(line):
            decisions.append(now.decision)
            now = _Reading()
    return decisions


class _Reading:
    def __init__(self) -> None:
        self.decision = Decision()
        self._open: Warned | None = None

    def take(self, line: str) -> bool:
        """Read a line; True after the last one of a sign."""
        match line.split():
            case ["on", ms, reason, t_kerb_ms, range_mm, track]:
                self._open = Warned(int(ms), None, reason, int(t_kerb_ms), int(range_mm), int(track))
            case ["off", ms, cause]:
                self._close(int(ms), cause)
            case ["fault", ms, code, active]:
                self.decision.faults.append((int(ms), code, active == "1"))
            case ["end", ms, stepped]:
                self._close(None, None)
                self.decision.end_ms, self.decision.stepped = int(ms), int(stepped)
                return True
            case _:
                raise DriverFailed(f"the driver printed {line.strip()[:200]!r}")
        return False

    def _close(self, off_ms: int | None, cause: str | None) -> None:
        if self._open is not None:
            o = self._open
            self.decision.warned.append(
                Warned(o.on_ms, off_ms, o.reason, o.t_kerb_ms, o.range_mm, o.track, cause)
            )
            self._open = None
