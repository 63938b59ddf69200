"""How a rollout is watched: a bar for each group, and one for each sign that fetches."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, TaskID, TextColumn

if TYPE_CHECKING:
    from rich.console import Console

    from gangvakt.provision.rollout_wire import RolloutDetailOut, RolloutSignOut

# What is watched for: it comes to an end, or somebody has to decide.
ENDED = frozenset({"draft", "paused", "back_paused", "aborted", "rolled_back", "done"})
THROUGH = frozenset({"confirmed", "failed", "skipped", "left", "rolled_back", "stranded"})
ON_THE_WAY = frozenset({"offered", "fetching", "trial", "returning"})
MOST_SHOWN = 20  # signs at once on a terminal


class Board:
    """Bars on a terminal; on anything else nothing is drawn."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"))
        self._progress = Progress(*columns, console=console, transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, one: RolloutDetailOut) -> None:
        """As it stands now."""
        for at, name in enumerate(one.groups):
            signs = [sign for sign in one.entries if sign.group == at]
            mark = "▶ " if at == one.group else "  "
            through = sum(sign.state in THROUGH for sign in signs)
            self._put(f"group {at}", f"{mark}{name}", through, len(signs), counted(states_of(signs)))
        under_way = [sign for sign in one.entries if sign.state in ON_THE_WAY][:MOST_SHOWN]
        for sign in under_way:
            self._put(sign.sign, f"    {sign.sign}", sign.fetched_pct, 100, sign.state)
        kept = {sign.sign for sign in under_way}
        for name in [name for name in self._tasks if "/" in name and name not in kept]:
            self._progress.remove_task(self._tasks.pop(name))

    def _put(self, name: str, text: str, done: int, total: int, told: str) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(text, total=total, told=told)
        self._progress.update(self._tasks[name], description=text, completed=done, total=total, told=told)


def states_of(signs: list[RolloutSignOut]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sign in signs:
        found[sign.state] = found.get(sign.state, 0) + 1
    return found


def counted(counts: Mapping[str, int]) -> str:
    """How many are in which state, the most first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in ordered)
