"""State machines as diagrams, made from the very tables that the code works by."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


def mermaid(table: Mapping[tuple[Enum, Enum], Enum]) -> str:
    """A Mermaid state diagram of (state, event) -> state; the state of the first row is the beginning, and
    what no row leads out of is an end."""
    begin = next(iter(table))[0]
    ends = dict.fromkeys(after for after in table.values() if all(before != after for before, _ in table))
    lines = ["stateDiagram-v2", f"    [*] --> {begin.value}"]
    lines += [
        f"    {before.value} --> {after.value}: {event.value}" for (before, event), after in table.items()
    ]
    return "\n".join([*lines, *(f"    {end.value} --> [*]" for end in ends)])
