"""Vehicles that come past the town's signs, and how fast: what signs with a radar for them tell each hour."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping

# Vehicles of a quiet hour, by the crossing whose northern sign counts them.
QUIET_HOUR: Mapping[str, int] = {"storgata": 40, "rosenkrantzgata": 60, "svelvikveien": 90}
COUNTS = "north"
KMH_PER_CLASS, CLASSES_TOLD, EVENTS = 5, 9, 4
ABOVE_KMH, SPREAD_KMH = 1, 5.5  # most drive about the limit


def vehicles_told(
    dice: random.Random, site: str, limit_kmh: int, people: int
) -> Iterator[dict[str, str | int]]:
    """Details of the events at the end of an hour in which so many people are about."""
    speeds = (
        dice.gauss(limit_kmh + ABOVE_KMH, SPREAD_KMH)
        for _ in range(QUIET_HOUR.get(site, 0) * (1 + people // 3))
    )
    driven = Counter(int(kmh) // KMH_PER_CLASS for kmh in speeds)
    for first in range(0, EVENTS * CLASSES_TOLD, CLASSES_TOLD):
        counts = [driven[at] for at in range(first, first + CLASSES_TOLD)]
        if not first or any(counts):
            told = " ".join(map(str, counts))
            yield {"period_s": 3600, "from_kmh": first * KMH_PER_CLASS, "counts": told}
