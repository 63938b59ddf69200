"""The page of a crossing, and the recorder's replay. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {}
