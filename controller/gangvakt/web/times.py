"""Times for people in the office."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Europe/Oslo")  # whose wall clock the pages show


def clock(time_ms: int | None) -> str:
    """A time for people in the office; a dash for none."""
    if time_ms is None:
        return "–"
    return f"{datetime.fromtimestamp(time_ms / 1000, OFFICE):%Y-%m-%d %H:%M}"
