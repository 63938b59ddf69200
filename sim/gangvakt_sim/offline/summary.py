"""The table after a replay."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from rich.table import Table

from gangvakt_sim.offline.outcome import Outcome

TITLES = {
    "walkup": "walks up and crosses",
    "waited": "waits, then crosses",
    "waiting": "waits",
    "road": "on the road from the start",
    "cut": "recording ends before the kerb",
    "passer": "passes by",
}
HEADINGS = ("recordings", "all", "seen", "lit", "in time", "late", "missed", "lead", "in view")


def outcome_table(outcomes: Sequence[Outcome]) -> Table:
    """One row a class of tracks; recordings of bytes are one class of their own."""
    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="right" if number else "left")
    for kind, title in TITLES.items():
        of_kind = [outcome for outcome in outcomes if outcome.stride and outcome.stride.kind == kind]
        if of_kind:
            table.add_row(title, *_cells(of_kind))
    unjudged = [outcome for outcome in outcomes if outcome.stride is None]
    if unjudged:
        lit = sum(bool(outcome.lit) for outcome in unjudged)
        table.add_row("recorded bytes", str(len(unjudged)), "", str(lit), *[""] * 5)
    return table


def _cells(outcomes: Sequence[Outcome]) -> list[str]:
    seen = [outcome for outcome in outcomes if outcome.stride and outcome.stride.seen_s is not None]
    lit = sum(bool(outcome.lit) for outcome in seen)
    counts = [str(len(outcomes)), str(len(seen)), str(lit)]
    if not any(outcome.stride and outcome.stride.kind in ("walkup", "waited") for outcome in seen):
        return [*counts, *[""] * 5]
    leads = [outcome.lead_s for outcome in seen]
    in_time = sum(lead is not None and lead > 0 for lead in leads)
    missed = sum(lead is None for lead in leads)
    return [*counts, str(in_time), str(len(seen) - in_time - missed), str(missed), *_medians(seen)]


def _medians(seen: Sequence[Outcome]) -> tuple[str, str]:
    """Lead, 0 where nobody was warned, and time in view."""
    lead_s = statistics.median(max(0.0, outcome.lead_s or 0.0) for outcome in seen)
    view_s = statistics.median(outcome.stride.view_s or 0.0 for outcome in seen if outcome.stride)
    return f"{lead_s:.2f} s", f"{view_s:.2f} s"
