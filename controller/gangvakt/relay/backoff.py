"""How long to wait before something is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_S = 2.0
LONGEST_S = 3600.0

Chance = Callable[[], float]
"""A number from 0 up to 1."""


def wait_s(attempts: int, asked_s: float | None = None, chance: Chance = random.random) -> float:
    """After the failure number `attempts` (from 0): doubled each time, up to LONGEST_S, and half of it by
    chance, so that not all come back at once. `asked_s` is what the target asks for, and is the least.
    """
    longest = min(LONGEST_S, FIRST_S * 2.0 ** min(attempts, 20))
    waited = longest * (0.5 + chance() / 2)
    return min(LONGEST_S, max(waited, asked_s or 0.0))
