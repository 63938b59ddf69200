"""What a measurement says, and the statistics behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gangvakt_sim.errors import SimError


class Bound(StrEnum):
    """What a reference demands of a figure."""

    NONE = ""
    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Reference:
    """What a figure is compared with, in the figure's unit."""

    value: float
    text: str
    bound: Bound = Bound.NONE

    def missed_by(self, value: float) -> bool:
        """Whether a value is beyond the bound."""
        if self.bound is Bound.AT_MOST:
            return value > self.value
        return self.bound is Bound.AT_LEAST and value < self.value


@dataclass(frozen=True)
class Figure:
    """One line of the table. `value` is NaN where nothing could be measured; then `how` says why."""

    name: str
    value: float
    unit: str
    how: str
    reference: Reference | None = None

    @property
    def ratio(self) -> float | None:
        """The value in units of its reference; None without one."""
        if self.reference is None or not self.reference.value or math.isnan(self.value):
            return None
        return self.value / self.reference.value

    @property
    def missed(self) -> bool:
        """Whether the reference's bound is missed."""
        return self.reference is not None and self.reference.missed_by(self.value)


class Skipped(SimError):
    """A measurement that cannot be made here, and why."""


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two middle ones. ValueError without any."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("a median needs at least one value")
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of the values do not exceed (nearest rank).

    It is always one of the values: with fewer than 100 of them, the 99th percentile is the largest.
    ValueError without any, or for a percentage outside 0 to 100.
    """
    if not values or not 0 <= percent <= 100:
        raise ValueError(f"percentile {percent} of {len(values)} values")
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return sorted(values)[rank - 1]


def nothing(name: str, why: str) -> Figure:
    """A line that says why there is no figure."""
    return Figure(name, math.nan, "", why)
