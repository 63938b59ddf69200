"""What an action changed, line by line, from what was before it and what is after it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 300  # characters of a value
MOST_LINES = 60


@dataclass(frozen=True)
class Line:
    """One field; None where it was not there, or is not any more."""

    field: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        if self.before == self.after:
            return "same"
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Line, ...]:
    """What differs first, in the order of the fields; what stayed as it was stands behind."""
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    lines = [Line(name, old.get(name), new.get(name)) for name in sorted({*old, *new})]
    return tuple(sorted(lines, key=lambda line: line.kind == "same")[:MOST_LINES])


def _flat(held: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in held.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{path}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield path, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
