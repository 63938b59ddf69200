"""Confidence intervals: Wilson's for shares, the exact one for counts of a Poisson process."""

from __future__ import annotations

import math
from collections.abc import Callable

Z_95 = 1.959964
HALF_TAIL = 0.025
REACH_SIGMA = 5  # the bounds lie within 2 of the count, but for the smallest counts
STEPS = 40  # of bisection: far beyond what is printed


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share; (0, 1) where there was nothing."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, Z_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson(count: int) -> tuple[float, float]:
    """95 % interval of the expected count, after Garwood."""
    reach = REACH_SIGMA * math.sqrt(count + 1) + REACH_SIGMA
    start, end = max(0.0, count - reach), count + reach
    low = 0.0 if count == 0 else _root(lambda mean: 1 - _below(count, mean) - HALF_TAIL, start, end)
    return low, _root(lambda mean: HALF_TAIL - _below(count + 1, mean), start, end)


def _below(count: int, mean: float) -> float:
    """Chance of fewer than `count` events, for a mean within `poisson`'s reach of it."""
    if mean == 0:
        return 1.0
    first = max(0, count - math.floor(3 * REACH_SIGMA * math.sqrt(count + 1)) - 3 * REACH_SIGMA)
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(first, count))
    return min(1.0, math.fsum(map(math.exp, logs)))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
