"""The table of an evaluation, and the same as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence

from rich.table import Table

from gangvakt_sim.evaluation.baselines import BASELINES
from gangvakt_sim.evaluation.intervals import poisson, wilson
from gangvakt_sim.evaluation.run import SIGN, Result
from gangvakt_sim.evaluation.tally import Tally
from gangvakt_sim.scenarios.catalogue import SCENARIOS, Group, scenario

WARNED = 0.99  # of those who cross: what the sign is to reach
PER_DAY = 0.5  # with nobody there
DETECTORS = (SIGN, *BASELINES)
TITLES: Mapping[Group, str] = {
    "crossing": "people who cross",
    "fault": "people who cross, radar broken",
    "passing": "people who do not cross",
    "nobody": "nobody",
}
HEADINGS: Mapping[Group, tuple[str, ...]] = {
    "crossing": ("crossers", "warned %", "95 %", "late %", "lead s", "PIR", "presence", "distance"),
    "fault": ("crossers", "warned %", "95 %", "late %", "lead s", "PIR", "presence", "distance"),
    "passing": ("lives", "lit %", "95 %", "PIR", "presence", "distance"),
    "nobody": ("days", "lit a day", "95 %", "PIR", "presence", "distance"),
}


def group_table(group: Group, results: Mapping[str, Result]) -> Table | None:
    """The scenarios of one group and their sum; None where none was run."""
    of_group = [results[s.name] for s in SCENARIOS if s.group == group and s.name in results]
    if not of_group:
        return None
    table = Table(box=None, pad_edge=False, title=None)
    table.add_column(f"[bold]{TITLES[group]}[/]", min_width=34)
    for heading in HEADINGS[group]:
        table.add_column(heading, justify="right", no_wrap=True)
    for result in of_group:
        table.add_row(scenario(result.scenario).title, *_cells(group, result))
    if group != "fault":
        table.add_row("[bold]all[/]", *_cells(group, total(of_group)))
    return table


def verdict(results: Mapping[str, Result]) -> list[str]:
    """A line for each target: what was found, what was to be reached, and whether it was."""
    lines = []
    crossing = _sum_of("crossing", results)
    if crossing.crossers:
        share = crossing.warned / crossing.crossers
        lines.append(_line("people warned for", f"{share:.2%}", f"{WARNED:.0%} or more", share >= WARNED))
    nobody = _sum_of("nobody", results)
    if nobody.days:
        rate = nobody.activations / nobody.days
        allowed = f"{PER_DAY:g} or less"
        lines.append(_line("warnings a day with nobody there", f"{rate:.2f}", allowed, rate <= PER_DAY))
    return lines


def _sum_of(group: Group, results: Mapping[str, Result]) -> Tally:
    return total([r for name, r in results.items() if scenario(name).group == group]).tallies[SIGN]


def _line(what: str, found: str, wanted: str, reached: bool) -> str:
    return f"{what}: {found}, to reach {wanted}: {'[green]reached[/]' if reached else '[red]missed[/]'}"


def total(results: Sequence[Result]) -> Result:
    """All scenarios as one."""
    everything = Result("all")
    for result in results:
        everything.add(result)
    return everything


def _cells(group: Group, result: Result) -> list[str]:
    tallies = [result.tallies[name] for name in DETECTORS]
    if group == "nobody":
        return _empty_cells(tallies)
    return _passing_cells(tallies) if group == "passing" else _crossing_cells(tallies)


def _crossing_cells(tallies: Sequence[Tally]) -> list[str]:
    sign = tallies[0]
    low, high = wilson(sign.warned, sign.crossers)
    late = _percent(sign.warned - sign.in_time, sign.crossers)
    lead = f"{statistics.median(sign.leads_s):.2f}" if sign.leads_s else ""
    cells = [str(sign.crossers), _percent(sign.warned, sign.crossers), f"{low * 100:.1f}-{high * 100:.1f}"]
    return [*cells, late, lead, *(_percent(t.warned, t.crossers) for t in tallies[1:])]


def _passing_cells(tallies: Sequence[Tally]) -> list[str]:
    sign = tallies[0]
    low, high = wilson(sign.needless, sign.passing)
    cells = [str(sign.passing), _percent(sign.needless, sign.passing), f"{low * 100:.0f}-{high * 100:.0f}"]
    return [*cells, *(_percent(t.needless, t.passing) for t in tallies[1:])]


def _empty_cells(tallies: Sequence[Tally]) -> list[str]:
    sign = tallies[0]
    low, high = poisson(sign.activations)
    days = max(sign.days, 1e-9)
    cells = [f"{sign.days:.1f}", f"{sign.activations / days:.2f}", f"{low / days:.2f}-{high / days:.2f}"]
    return [*cells, *(f"{t.activations / days:.0f}" for t in tallies[1:])]


def _percent(hits: int, of: int) -> str:
    return f"{100 * hits / of:.1f}" if of else ""


def as_json(results: Mapping[str, Result], seed: int, site: str) -> str:
    """All counts and intervals; `warned`, `needless` and `per_day` carry their 95 % interval."""
    rows = {name: _row(result) for name, result in results.items()}
    return json.dumps({"v": 1, "site": site, "seed": seed, "scenarios": rows}, indent=1) + "\n"


def _row(result: Result) -> dict[str, object]:
    return {
        "group": scenario(result.scenario).group,
        "lives": result.lives,
        "virtual_s": round(result.virtual_s, 1),
        "faults": result.faults,
        "reasons": result.reasons,
        "detectors": {name: _figures(tally) for name, tally in result.tallies.items()},
    }


def _figures(tally: Tally) -> dict[str, object]:
    days = max(tally.days, 1e-9)
    return {
        "crossers": tally.crossers,
        "warned": tally.warned,
        "warned_95": wilson(tally.warned, tally.crossers),
        "in_time": tally.in_time,
        "median_lead_s": round(statistics.median(tally.leads_s), 3) if tally.leads_s else None,
        "passing": tally.passing,
        "needless": tally.needless,
        "needless_95": wilson(tally.needless, tally.passing),
        "days": round(tally.days, 4),
        "activations": tally.activations,
        "per_day_95": tuple(round(bound / days, 4) for bound in poisson(tally.activations)),
    }
