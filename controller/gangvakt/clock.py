"""The controller's clock, injected wherever time is told."""

from __future__ import annotations

import time
from collections.abc import Callable

ClockMs = Callable[[], int]
"""Gives the UTC time in ms since 1970."""


def utc_ms() -> int:
    """UTC time in ms since 1970."""
    return time.time_ns() // 1_000_000
