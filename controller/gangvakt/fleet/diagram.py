"""Draws a table of transitions, so that a guide shows what the code does and nothing else."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from enum import Enum
from typing import TypeVar

State = TypeVar("State", bound=Enum)
Move = TypeVar("Move", bound=Hashable)


def mermaid(table: Mapping[tuple[State, Move], State]) -> str:
    """A Mermaid state diagram: it begins at the table's first state and ends in each that nothing leaves.

    Moves between the same two states share an arrow.
    """
    arrows: dict[tuple[State, State], list[str]] = {}
    for (before, move), after in table.items():
        arrows.setdefault((before, after), []).append(_word(move))
    lines = [
        f"    {before.value} --> {after.value}: {', '.join(moves)}"
        for (before, after), moves in arrows.items()
    ]
    first = next(iter(table))[0]
    left = {before for before, _ in table}
    ends = dict.fromkeys(after for after in table.values() if after not in left)
    return "\n".join(
        [
            "stateDiagram-v2",
            f"    [*] --> {first.value}",
            *lines,
            *(f"    {end.value} --> [*]" for end in ends),
        ]
    )


def _word(move: object) -> str:
    return str(move.value if isinstance(move, Enum) else move).replace("_", " ")
