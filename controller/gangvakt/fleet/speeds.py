"""How fast vehicles come to a crossing, from the counts by speed that its signs send once an hour.

A sign counts each vehicle once, in a class of KMH_PER_CLASS (firmware: `core/vehicle_count.py`; event
`vehicles` of the wire contract). Within a class speeds are taken as evenly spread, as is usual for grouped
data: the p-th percentile is `L + (p n - F) / f * w`, with L the lower bound of the class in which it lies, n
all vehicles, F those in lower classes, f those in it and w its width; the mean is that of the middles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gangvakt.fleet.events import QUALITY_DOUBTFUL, SignEvent
from gangvakt.fleet.names import SignId

VEHICLES = "vehicles"  # the kind of event
KMH_PER_CLASS = 5
FASTEST_KMH = 180  # the last class has all that are faster than its lower bound
CLASSES = FASTEST_KMH // KMH_PER_CLASS
COUNTS = re.compile(r"\d{1,4}(?: \d{1,4}){8}", re.ASCII)
P85 = 0.85  # the speed that 85 of 100 vehicles do not exceed, the measure of road authorities


@dataclass(frozen=True)
class Period:
    """What one sign counted until `utc_ms`: vehicles by the lower bound of their class."""

    sign: SignId
    utc_ms: int
    period_ms: int
    counts: Mapping[int, int]

    @property
    def middle_ms(self) -> int:
        """When half of it was over: it begins and ends with an hour, but for seconds and restarts."""
        return self.utc_ms - self.period_ms // 2


@dataclass(frozen=True)
class Speeds:
    """Vehicles by class, from 0 km/h on, of any signs and time."""

    counts: tuple[int, ...] = (0,) * CLASSES

    @property
    def vehicles(self) -> int:
        return sum(self.counts)

    @property
    def mean_kmh(self) -> float | None:
        """None where there is no vehicle."""
        total = sum(count * (at + 0.5) * KMH_PER_CLASS for at, count in enumerate(self.counts))
        return total / self.vehicles if self.vehicles else None

    @property
    def p85_kmh(self) -> float | None:
        """None where there is no vehicle."""
        return self.percentile_kmh(P85)

    def percentile_kmh(self, share: float) -> float | None:
        """The speed that this share (above 0, at most 1) does not exceed."""
        wanted, below = share * self.vehicles, 0
        for at, count in enumerate(self.counts):
            if count and below + count >= wanted:
                return (at + (wanted - below) / count) * KMH_PER_CLASS
            below += count
        return None

    def share_above(self, limit_kmh: float) -> float | None:
        """The share that is faster; within a class as above. None where there is no vehicle."""
        if not self.vehicles:
            return None
        above = sum(
            count * min(1.0, max(0.0, at + 1 - limit_kmh / KMH_PER_CLASS))
            for at, count in enumerate(self.counts)
        )
        return above / self.vehicles


def period_of(event: SignEvent) -> Period | None:
    """What the event tells; None for another one, of an unknown time, or that makes no sense."""
    told = event.detail
    period_s, from_kmh, counts = told.get("period_s"), told.get("from_kmh"), told.get("counts")
    if event.kind != VEHICLES or event.quality == QUALITY_DOUBTFUL:
        return None
    if type(period_s) is not int or type(from_kmh) is not int or not isinstance(counts, str):
        return None
    if from_kmh % KMH_PER_CLASS or not 0 <= from_kmh < FASTEST_KMH or not COUNTS.fullmatch(counts):
        return None
    classes = {from_kmh + KMH_PER_CLASS * at: int(count) for at, count in enumerate(counts.split())}
    return Period(event.sign, event.utc_ms, period_s * 1000, classes)


def periods_of(events: Iterable[SignEvent]) -> tuple[Period, ...]:
    """Those that tell of vehicles, in their order."""
    return tuple(period for event in events if (period := period_of(event)) is not None)


def speeds_of(periods: Iterable[Period]) -> Speeds:
    """All of them together."""
    sums: dict[int, int] = defaultdict(int)
    for period in periods:
        for kmh, count in period.counts.items():
            sums[min(kmh, FASTEST_KMH - KMH_PER_CLASS)] += count
    return Speeds(tuple(sums[at * KMH_PER_CLASS] for at in range(CLASSES)))


def speeds_by_sign(periods: Iterable[Period]) -> dict[SignId, Speeds]:
    """Of each sign that counts, in the order of their names; each sees one way in which vehicles come."""
    found: dict[SignId, list[Period]] = defaultdict(list)
    for period in periods:
        found[period.sign].append(period)
    return {sign: speeds_of(found[sign]) for sign in sorted(found)}
