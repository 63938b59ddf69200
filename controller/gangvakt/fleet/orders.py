"""What a sign shall be, and what it says to a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a sign said to a command; `field`, `value` and `allowed` where it refused.

    `told` is what goes on after the first answer.
    """

    id: str | None
    ok: bool
    answer: Any = None
    told: Any = None
    repeated: bool = False
    field: str | None = None
    value: Any = None
    allowed: str | None = None


@dataclass(frozen=True)
class WantedConfig:
    """All values that shall differ from the defaults of the table that `schema` names."""

    version: int
    schema: str
    values: Mapping[str, object] = field(default_factory=dict)
