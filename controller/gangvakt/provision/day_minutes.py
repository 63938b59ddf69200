"""Minutes of the UTC day as people write them."""

from __future__ import annotations

from gangvakt.errors import SettingRefused
from gangvakt.fleet.power import DAY_MIN

HOUR_MIN = 60
CLOCK_PARTS = 2


def clock_of(minute: int) -> str:
    """`15:30` of 930."""
    return f"{minute // HOUR_MIN:02}:{minute % HOUR_MIN:02}"


def minute_of(text: str, field: str, allowed: str = "HH:MM in UTC, like 15:30") -> int:
    """930 of `15:30`; SettingRefused, naming `field`."""
    parts = text.split(":")
    if len(parts) == CLOCK_PARTS and all(part.isascii() and part.isdigit() for part in parts):
        hour, minute = int(parts[0]), int(parts[1])
        if hour < DAY_MIN // HOUR_MIN and minute < HOUR_MIN:
            return hour * HOUR_MIN + minute
    raise SettingRefused("options", field, text[:80], allowed)
