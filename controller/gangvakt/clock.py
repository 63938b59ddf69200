"""The controller's clock, injected wherever time is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

ClockMs = Callable[[], int]
"""Gives the UTC time in ms since 1970."""


def utc_ms() -> int:
    """UTC time in ms since 1970."""
    return time.time_ns() // 1_000_000


def day(time_ms: int) -> str:
    """A time for people."""
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
