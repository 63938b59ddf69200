"""Alarms, and what to do about each class. (English, Norwegian bokmål)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {}
