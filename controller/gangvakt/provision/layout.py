"""What goes where in a board's flash."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """Bytes for the flash from `offset` on."""

    name: str
    offset: int
    data: bytes
