"""Recorded tracks in virtual time: the LD2450 model with its losses, the decision on MicroPython, the judge.

Tracks and judge are not part of the project; without them there is nothing to measure.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing import Pool
from pathlib import Path
from typing import Any, cast

from gangvakt_sim.bench.context import REPOSITORY, Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference, Skipped, median
from gangvakt_sim.children import END_SIGNALS
from gangvakt_sim.errors import StreetError
from gangvakt_sim.offline.replay import Site, replay_each
from gangvakt_sim.world.scene import load_scene
from gangvakt_sim.world.track_csv import read_tracks

DATA = REPOSITORY.parent / "shared" / "data"
TRACKS, JUDGE = DATA / "tracks.csv.gz", DATA / "judge.py"
CORNERS = {"A": "corner-a", "B": "corner-b"}
PROCESSES = 2
SEEDS = 5

TARGETS: dict[str, tuple[Bound, dict[str, float], str]] = {
    "warned_within_1s": (Bound.AT_LEAST, {"A": 0.99, "B": 0.99}, "share"),
    "on_before_kerb": (Bound.AT_LEAST, {"A": 0.99, "B": 0.99}, "share"),
    "waited_lead_2_5s": (Bound.AT_LEAST, {"A": 0.95, "B": 0.95}, "share"),
    "walkup_median_lead": (Bound.AT_LEAST, {"A": 1.0, "B": 2.2}, "s"),
    "passers_triggered": (Bound.AT_MOST, {"A": 0.07, "B": 0.07}, "share"),
    "dropped_on_road": (Bound.AT_MOST, {"A": 0.02, "B": 0.02}, "share"),
    "standing_lit": (Bound.AT_LEAST, {"A": 0.9, "B": 0.9}, "share"),
    "road_lit_within_1s": (Bound.AT_LEAST, {"A": 0.9, "B": 0.9}, "share"),
    "flicker": (Bound.AT_MOST, {"A": 0, "B": 0}, "flashes"),
}

Measures = dict[str, Any]


def measure(bench: Bench) -> list[Figure]:
    """Every measure at both corners. Skipped where there are no recordings."""
    for path in (TRACKS, JUDGE):
        if not path.exists():
            raise Skipped(f"no recorded tracks here ({path.name} is not in the folder beside the project)")
    seeds = bench.times(SEEDS, 1)
    jobs = [(corner, seed, bench.folder) for corner in CORNERS for seed in range(1, seeds + 1)]
    with Pool(PROCESSES, _end_quietly) as pool:
        judged = pool.starmap(replay, jobs)
    bench.say.step(f"tracks: {len(jobs)} replays")
    figures = []
    for corner in CORNERS:
        found = [measures for job, measures in zip(jobs, judged, strict=True) if job[0] == corner]
        figures += [_figure(corner, name, found) for name in TARGETS]
    return figures


def _end_quietly() -> None:
    """For the processes: their parent ends them by a signal that it has a handler for itself."""
    for number in END_SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def _figure(corner: str, name: str, found: Sequence[Measures]) -> Figure:
    """Median over the seeds; the worst of them stands beside it."""
    bound, targets, unit = TARGETS[name]
    values = [measures[name] for measures in found if measures[name] is not None]
    if not values:
        raise StreetError(f"tracks: the judge has no {name} for {corner}")
    worst = min(values) if bound is Bound.AT_LEAST else max(values)
    how = f"median of radar's seeds: {len(values)}, worst {worst:g}"
    return Figure(
        f"tracks {corner}, {name}", median(values), unit, how, Reference(targets[corner], "", bound)
    )


def replay(corner: str, seed: int, folder: Path) -> Measures:
    """All tracks at a corner's sign, as `gangvakt-sim replay` does it, judged."""
    scene = load_scene(CORNERS[corner])
    replayed = replay_each(Site(scene, scene.signs[0], seed), read_tracks(TRACKS))
    out = folder / f"{corner}-{seed}.jsonl"
    out.write_text("".join(outcome.as_json() + "\n" for outcome in replayed.outcomes))
    return _judge(corner, out)


def _judge(corner: str, replayed: Path) -> Measures:
    done = subprocess.run(
        (sys.executable, str(JUDGE), str(TRACKS), corner, str(replayed)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StreetError(f"tracks: the judge failed: {done.stderr.strip()[-400:]}")
    return cast("Measures", json.loads(done.stdout))
