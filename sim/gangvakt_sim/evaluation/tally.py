"""Counts of what detectors did in the lives of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gangvakt_sim.offline.decision import Interval
from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.track import Track

PEOPLE = ("pedestrian", "cyclist")
IN_VIEW_S = 1.0  # whoever is seen for less before the kerb cannot be warned for in time


@dataclass
class Tally:
    """What one detector did. Crossers are people in view for at least 1 s before the kerb.

    `warned`: light at the kerb or within 1 s after; `in_time` of these: before the kerb.
    """

    crossers: int = 0
    warned: int = 0
    in_time: int = 0
    leads_s: list[float] = field(default_factory=list)
    passing: int = 0  # lives with people in view of whom nobody crosses or waits
    needless: int = 0  # lit lives of these
    lit_s: list[float] = field(default_factory=list)  # of each life
    days: float = 0.0
    activations: int = 0

    def add(self, other: Tally) -> None:
        """Take in the counts of more lives."""
        self.crossers += other.crossers
        self.warned += other.warned
        self.in_time += other.in_time
        self.leads_s += other.leads_s
        self.passing += other.passing
        self.needless += other.needless
        self.lit_s += other.lit_s
        self.days += other.days
        self.activations += other.activations


def tally_life(crossing: Crossing, tracks: Sequence[Track], lit: Sequence[Interval], end_s: float) -> Tally:
    """One life of a sign."""
    lit_s = sum((end_s if end is None else end) - start for start, end in lit)
    tally = Tally(lit_s=[lit_s], days=end_s / 86_400, activations=len(lit))
    people = [track for track in tracks if track.kind in PEOPLE]
    kinds = set()
    for track in people:
        outcome = Outcome(track.id, tuple(lit), (), (), crossing.stride(track), track)
        stride = outcome.stride
        if stride is None or stride.seen_s is None:
            continue
        kinds.add(stride.kind)
        if stride.kerb_s is not None and (stride.view_s or 0.0) >= IN_VIEW_S:
            _add_crosser(tally, outcome)
    if kinds == {"passer"}:
        tally.passing, tally.needless = 1, int(bool(lit))
    return tally


def _add_crosser(tally: Tally, outcome: Outcome) -> None:
    lead_s = outcome.lead_s
    tally.crossers += 1
    tally.leads_s.append(max(0.0, lead_s or 0.0))
    if lead_s is not None:
        tally.warned += 1
        tally.in_time += lead_s > 0
