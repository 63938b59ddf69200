"""`gangvakt-sim evaluate`: all scenarios through the real decision code, and a table of the figures."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from gangvakt_sim.errors import SimRefusal
from gangvakt_sim.evaluation.report import as_json, group_table, verdict
from gangvakt_sim.evaluation.run import jobs_for, results_of
from gangvakt_sim.say import Progress, Say, announce_interpreter
from gangvakt_sim.scenarios.catalogue import SCENARIOS, Group
from gangvakt_sim.world.scene import load_scene

ORDER: tuple[Group, ...] = ("crossing", "passing", "staying", "nobody", "fault")
MOST_DAYS, MOST_PEOPLE = 3650.0, 100_000


@dataclass(frozen=True)
class EvaluateOptions:
    """What `gangvakt-sim evaluate` was told."""

    site: str
    days: float
    people: int
    seed: int
    names: tuple[str, ...]
    json: Path | None
    firmware: Path


def evaluate(options: EvaluateOptions, say: Say) -> None:
    """Run, print, and write what was asked for. SimError when that cannot be done."""
    _check(options)
    announce_interpreter(say)
    start = time.monotonic()
    jobs = jobs_for(options.site, options.seed, options.days, options.people, options.names)
    jobs = [replace(job, firmware=options.firmware) for job in jobs]
    results = results_of(jobs, Progress(say))
    took_s = time.monotonic() - start
    virtual_s = sum(result.virtual_s for result in results.values())
    say.step(f"{virtual_s / 86_400:.1f} days: {virtual_s / took_s:.0f} times real time")
    for group in ORDER:
        table = group_table(group, results)
        if table:
            say.line()
            say.table(table)
    say.line()
    for line in verdict(results):
        say.line(line)
    if options.json:
        options.json.write_text(as_json(results, options.seed, options.site))


def _check(options: EvaluateOptions) -> None:
    load_scene(options.site)
    known = [scenario.name for scenario in SCENARIOS]
    for name in options.names:
        if name not in known:
            raise SimRefusal("options", "--scenario", name, ", ".join(known))
    if not 0 < options.days <= MOST_DAYS:
        raise SimRefusal("options", "--days", options.days, f"more than 0, up to {MOST_DAYS:g}")
    if not 1 <= options.people <= MOST_PEOPLE:
        raise SimRefusal("options", "--people", options.people, f"1 to {MOST_PEOPLE}")
