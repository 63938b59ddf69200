"""The table of an evaluation, and the same as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    "staying": "people who stay at the kerb",
    "nobody": "nobody",
}
HEADINGS: Mapping[Group, tuple[str, ...]] = {
    "crossing": ("crossers", "warned %", "95 %", "late %", "lead s", "PIR", "presence", "distance"),
    "fault": ("crossers", "warned %", "95 %", "late %", "lead s", "PIR", "presence", "distance"),
    "passing": ("lives", "lit %", "95 %", "PIR", "presence", "distance"),
    "staying": ("lives", "lit %", "lit s, median", "longest", "PIR", "presence", "distance"),
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


@dataclass(frozen=True)
class Target:
    """What the sign is to reach over all scenarios of a group, what it reached, and within which 95 %."""

    name: str
    found: float
    interval: tuple[float, float]
    wanted: float
    at_least: bool
    cases: str

    @property
    def reached(self) -> bool:
        """By the figure itself, not by its interval."""
        return self.found >= self.wanted if self.at_least else self.found <= self.wanted


def targets(results: Mapping[str, Result]) -> list[Target]:
    """Recall and spurious activations, as far as such scenarios were run."""
    found = []
    crossing = _sum_of("crossing", results)
    if crossing.crossers:
        share, of = crossing.warned / crossing.crossers, crossing.crossers
        interval = wilson(crossing.warned, of)
        found.append(Target("people warned for", share, interval, WARNED, True, f"{of} people"))
    nobody = _sum_of("nobody", results)
    if nobody.days:
        low, high = poisson(nobody.activations)
        rate, interval = nobody.activations / nobody.days, (low / nobody.days, high / nobody.days)
        days = f"{nobody.days:.1f} days"
        found.append(Target("warnings a day with nobody there", rate, interval, PER_DAY, False, days))
    return found


def verdict(results: Mapping[str, Result]) -> list[str]:
    """A line for each target: what was found, what was to be reached, and whether it was."""
    return [_line(target) for target in targets(results)]


def _line(target: Target) -> str:
    shown = (target.found, *target.interval, target.wanted)
    found, low, high, wanted = (f"{v:.2%}" if target.at_least else f"{v:.2f}" for v in shown)
    bound = "at least" if target.at_least else "at most"
    ending = "[green]reached[/]" if target.reached else "[red]missed[/]"
    return f"{target.name}: {found} ({low} to {high}, {target.cases}), to reach {bound} {wanted}: {ending}"


def _sum_of(group: Group, results: Mapping[str, Result]) -> Tally:
    return total([r for name, r in results.items() if scenario(name).group == group]).tallies[SIGN]


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
    if group == "staying":
        return _staying_cells(result.lives, tallies)
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


def _staying_cells(lives: int, tallies: Sequence[Tally]) -> list[str]:
    """Whoever stays at the kerb is warned for: what counts is for how long."""
    seconds = [statistics.median(tally.lit_s) for tally in tallies]
    lit = _percent(sum(lit_s > 0 for lit_s in tallies[0].lit_s), lives)
    cells = [str(lives), lit, f"{seconds[0]:.0f}", f"{max(tallies[0].lit_s):.0f}"]
    return [*cells, *(f"{median_s:.0f}" for median_s in seconds[1:])]


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
        "median_lit_s": round(statistics.median(tally.lit_s), 1) if tally.lit_s else None,
        "days": round(tally.days, 4),
        "activations": tally.activations,
        "per_day_95": tuple(round(bound / days, 4) for bound in poisson(tally.activations)),
    }
