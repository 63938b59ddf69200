"""How often the sign warns of generated people, and how often with nobody there."""

from __future__ import annotations

from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference
from gangvakt_sim.evaluation.report import Target, targets
from gangvakt_sim.evaluation.run import Result, jobs_for, results_of
from gangvakt_sim.say import Progress
from gangvakt_sim.scenarios.catalogue import scenario

SITE = "corner-a"
SEED = 1
DAYS, PEOPLE = 14.0, 150  # as `gangvakt-sim evaluate` has it
QUICK_DAYS, QUICK_PEOPLE = 1, 10  # a day is what seven lives of six hours hold at least


def measure(bench: Bench) -> list[Figure]:
    """Recall over all who cross and warnings a day with nobody there, each with the worst scenario."""
    days, people = bench.times(round(DAYS), QUICK_DAYS), bench.times(PEOPLE, QUICK_PEOPLE)
    results = results_of(jobs_for(SITE, SEED, days, people, ()), Progress(bench.say))
    bench.say.step(f"scenarios: {len(results)}")
    return [_figure(target, results) for target in targets(results)]


def _figure(target: Target, results: dict[str, Result]) -> Figure:
    bound = Bound.AT_LEAST if target.at_least else Bound.AT_MOST
    low, high = target.interval
    name, worst = _worst_warned(results) if target.at_least else _worst_spurious(results)
    how = f"{target.cases}, 95 % {low:.3g} to {high:.3g}; worst: {name}, {worst:.3g}"
    unit = "share" if target.at_least else "a day"
    return Figure(f"scenarios, {target.name}", target.found, unit, how, Reference(target.wanted, "", bound))


def _worst_warned(results: dict[str, Result]) -> tuple[str, float]:
    tallies = {n: r.tallies["sign"] for n, r in results.items() if scenario(n).group == "crossing"}
    return min(((n, t.warned / t.crossers) for n, t in tallies.items() if t.crossers), key=lambda w: w[1])


def _worst_spurious(results: dict[str, Result]) -> tuple[str, float]:
    tallies = {n: r.tallies["sign"] for n, r in results.items() if scenario(n).group == "nobody"}
    return max(((n, t.activations / t.days) for n, t in tallies.items() if t.days), key=lambda w: w[1])
