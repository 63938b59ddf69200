"""Light as it came out of a sign, compared with what a pattern's table says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Edge = tuple[int, str, int]  # time in us, lamp, level

# `alternating`: about 1 Hz, each lamp lit for half of the time, in turn. Written here once more, and not
# taken from the firmware, so that a wrong duration there is seen.
PERIOD_US = 1_000_000
HALF_US = 500_000
ALTERNATING = ((0, "left", 1), (HALF_US, "left", 0), (HALF_US, "right", 1), (PERIOD_US, "right", 0))


@dataclass(frozen=True)
class Verdict:
    """Comparison of captured edges with the table; times in us."""

    edges: int
    worst_us: int
    missing: tuple[Edge, ...]
    extra: tuple[Edge, ...]

    def within(self, tolerance_us: int) -> bool:
        """Whether each edge was there, none besides, and all in time."""
        return not self.missing and not self.extra and self.worst_us <= tolerance_us


def compare(edges: Sequence[Edge], end_us: int, tolerance_us: int) -> Verdict:
    """Match edges one by one with the table, whose time starts at the first lighting of the left lamp.

    `end_us` is the end of the capture; an edge is looked for within half a step of its time, so that a
    pattern that drifts shows as a deviation and not as missing edges. ValueError if it never lit.
    """
    start_us = min(t for t, lamp, level in edges if (lamp, level) == ("left", 1))
    # The end of the period before may come a little later: the two lamps' loops start some us apart.
    matched = {edge for edge in edges if edge[1:] == ("right", 0) and abs(edge[0] - start_us) <= tolerance_us}
    missing: list[Edge] = []
    worst = max((abs(edge[0] - start_us) for edge in matched), default=0)
    for wanted in _table(start_us, end_us - tolerance_us):
        near = _nearest(edges, wanted)
        if near is None:
            missing.append(wanted)
            continue
        matched.add(near)
        worst = max(worst, abs(near[0] - wanted[0]))
    begun_us = start_us + tolerance_us  # the right lamp may go dark just after the left one lights up
    extra = [edge for edge in edges if begun_us < edge[0] < end_us - HALF_US and edge not in matched]
    return Verdict(len(matched), worst, tuple(missing), tuple(extra))


def _nearest(edges: Sequence[Edge], wanted: Edge) -> Edge | None:
    """The edge of that lamp and level within half a step of the wanted time."""
    t_us, *what = wanted
    candidates = [edge for edge in edges if list(edge[1:]) == what and abs(edge[0] - t_us) <= HALF_US // 2]
    return min(candidates, key=lambda edge: abs(edge[0] - t_us), default=None)


def _table(start_us: int, end_us: int) -> Iterator[Edge]:
    period = 0
    while True:
        for offset, lamp, level in ALTERNATING:
            t_us = start_us + period * PERIOD_US + offset
            if t_us >= end_us:
                return
            yield t_us, lamp, level
        period += 1
