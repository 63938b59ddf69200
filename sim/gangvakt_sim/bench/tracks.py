"""Recorded tracks, offline: the LD2450 model with all its losses, the firmware's detector, the judge.

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
from gangvakt_sim.bench.firmware import FRAME_MS, TICK_MS, make_detector
from gangvakt_sim.children import END_SIGNALS
from gangvakt_sim.errors import StreetError
from gangvakt_sim.world.ld2450 import FRAME_BYTES
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.losses import REAL
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import load_scene
from gangvakt_sim.world.track import Track
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
    """All tracks at a corner's sign, judged. The radar's losses depend on the seed and the track alone."""
    scene = load_scene(CORNERS[corner])
    pole = scene.signs[0]
    config = sign_config(scene, pole)
    out = folder / f"{corner}-{seed}.jsonl"
    with out.open("w") as file:
        for number, track in enumerate(read_tracks(TRACKS)):
            radar = Ld2450Model(pole.pose, REAL, f"{seed + number}/{pole.id}", fan=pole.radar)
            lit = [[round(s, 3) for s in interval] for interval in _lit(config, radar, track)]
            file.write(json.dumps({"track": track.id, "on": [[*i, None] if len(i) == 1 else i for i in lit]}))
            file.write("\n")
    return _judge(corner, out)


def _lit(config: dict[str, object], radar: Ld2450Model, track: Track) -> list[list[float]]:
    """Lit intervals in the track's own time; one that outlasts the track has no end."""
    detector = make_detector(config)
    intervals: list[list[float]] = []
    lit = False
    for now_ms in range(0, int((track.end_s - track.start_s) * 1000) + 1, TICK_MS):
        t_s = track.start_s + now_ms / 1000
        if now_ms % FRAME_MS == 0:
            actor = track.at(t_s)
            detector.feed(radar.frame(t_s, [actor] if actor else []), FRAME_BYTES, now_ms)
        detector.tick(now_ms)
        if detector.lit != lit:
            lit = detector.lit
            if lit:
                intervals.append([t_s])
            else:
                intervals[-1].append(t_s)
    return intervals


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
