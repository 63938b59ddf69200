"""Light compared with the table of `alternating`."""

from __future__ import annotations

import pytest

from gangvakt_sim.light import ALTERNATING, HALF_US, PERIOD_US, Edge, compare

TOLERANCE_US = 2_000
PERIODS = 5
END_US = PERIODS * PERIOD_US


def alternating(skew_us: int = 0) -> list[Edge]:
    """Light that keeps to the table, the right lamp later than the left one by `skew_us`."""
    edges = [
        (period * PERIOD_US + offset + (skew_us if lamp == "right" else 0), lamp, level)
        for period in range(PERIODS)
        for offset, lamp, level in ALTERNATING
    ]
    return sorted(edges)


def test_the_table_itself_has_no_deviation() -> None:
    verdict = compare(alternating(), END_US, TOLERANCE_US)
    assert (verdict.worst_us, verdict.missing, verdict.extra) == (0, (), ())
    assert verdict.within(TOLERANCE_US)


def test_a_capture_may_begin_with_the_end_of_the_period_before() -> None:
    skew_us = 15
    verdict = compare([(skew_us, "right", 0), *alternating(skew_us)], END_US, TOLERANCE_US)
    assert verdict.within(TOLERANCE_US), verdict
    assert verdict.worst_us == skew_us


@pytest.mark.parametrize("late_us", [700, 3_000])
def test_a_late_edge_is_a_deviation(late_us: int) -> None:
    edges = [(t + late_us * (n == 6), lamp, level) for n, (t, lamp, level) in enumerate(alternating())]
    verdict = compare(edges, END_US, TOLERANCE_US)
    assert verdict.worst_us == late_us
    assert verdict.within(TOLERANCE_US) == (late_us < TOLERANCE_US)


def test_missing_and_additional_edges_are_named() -> None:
    edges = alternating()
    assert compare(edges[:5] + edges[6:], END_US, TOLERANCE_US).missing == (edges[5],)
    flash = (HALF_US + 200_000, "left", 1)
    assert compare(sorted([*edges, flash]), END_US, TOLERANCE_US).extra == (flash,)
