"""How good is the sign's decision on recorded tracks, for several radars and seeds?

    PYTHONPATH=controller:sim:firmware .venv/bin/python -m learning.evaluate ../shared/data

Needs the folder of recorded tracks with its `judge.py`, which lies outside the project. The tracks are
rendered to radar bytes and go through the firmware's own detector, 100 ticks a second; `judge.py` judges the
lit intervals. Prints one line a site, radar and seed, and the means.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

from learning.corpus import PROCESSES, SITES, VARIANTS, Rendered, rendered, site_config
from sign.core.config import Config, load
from sign.core.detector import EV_OFF, EV_ON, Detector

TICK_MS = 10
CACHE = Path(tempfile.gettempdir()) / "gangvakt-learning"
MEASURES = (
    "warned_within_1s",
    "on_before_kerb",
    "waited_lead_2_5s",
    "walkup_median_lead",
    "passers_triggered",
    "dropped_on_road",
    "standing_lit",
    "road_lit_within_1s",
    "flicker",
)
Lit = list[list[float | None]]


def lit_intervals(detector: Any, seen: Rendered) -> Lit:
    """Play one track at a fresh detector; when it was lit, in the track's time."""
    on: Lit = []
    frames = dict(seen.frames)
    for ms in range(0, seen.end_ms + 1, TICK_MS):
        frame = frames.get(ms)
        if frame:
            detector.feed(frame, len(frame), ms)
        happened = detector.tick(ms)
        if happened & EV_ON:
            on.append([seen.start_s + ms / 1000, None])
        if happened & EV_OFF:
            on[-1][1] = seen.start_s + ms / 1000
    return on


def loaded(values: dict[str, object]) -> Config:
    """A configuration that has no error."""
    config, errors = load(values)
    if errors:
        raise SystemExit(f"configuration refused: {errors}")
    return config


def judge_of(data: Path) -> ModuleType:
    """The shared judge as a module."""
    spec = importlib.util.spec_from_file_location("judge", data / "judge.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{data}: no judge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judged(data: Path, site: str, lit: dict[str, Lit]) -> dict[str, Any]:
    """The judge's measures for one site."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as replay:
        for track, on in lit.items():
            replay.write(json.dumps({"track": track, "on": on}) + "\n")
        replay.flush()
        result: dict[str, Any] = judge_of(data).main(data / "tracks.csv.gz", site, replay.name)
        return result


def measure(data: Path, site: str, variant: str, seed: int, values: dict[str, object]) -> dict[str, Any]:
    """One site, one radar, one seed."""
    config = loaded({**site_config(site), **values})
    tracks = rendered(data / "tracks.csv.gz", site, variant, seed, CACHE)
    return judged(data, site, {seen.track: lit_intervals(Detector(config), seen) for seen in tracks})


def table(rows: Sequence[tuple[str, dict[str, Any]]], say: Callable[[str], None] = print) -> None:
    """One line a run, and the mean of each site."""
    say(" " * 16 + " ".join(f"{name[:12]:>12}" for name in MEASURES))
    for name, row in rows:
        say(f"{name:16}" + " ".join(f"{row[m]:12}" for m in MEASURES))
    for site in SITES:
        of_site = [row for name, row in rows if name.startswith(site)]
        if len(of_site) > 1:
            means = [statistics.mean(row[m] for row in of_site) for m in MEASURES]
            say(f"{site + ' mean':16}" + " ".join(f"{mean:12.3f}" for mean in means))


def main() -> None:
    """Evaluate as told by the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with tracks.csv.gz and judge.py")
    parser.add_argument("--variants", nargs="+", default=["real"], choices=list(VARIANTS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 1001, 2001])
    parser.add_argument(
        "--set", nargs="*", default=[], metavar="FIELD=VALUE", help="integer configuration fields"
    )
    options = parser.parse_args()
    values: dict[str, object] = {name: int(value) for name, value in (s.split("=") for s in options.set)}
    runs = [(site, v, seed) for site in SITES for v in options.variants for seed in options.seeds]
    with ProcessPoolExecutor(PROCESSES) as pool:
        jobs = [pool.submit(measure, options.data, *run, values) for run in runs]
        table([("-".join(map(str, run)), job.result()) for run, job in zip(runs, jobs, strict=True)])


if __name__ == "__main__":
    main()
