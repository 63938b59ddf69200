"""Recorded tracks as a sign's radar would report them: bytes of a modelled LD2450, rendered once and kept.

The recordings lie outside the project (`tracks.csv.gz` in the shared data folder) and are never committed.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.losses import NONE, REAL, Ld2450Losses
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import load_scene
from gangvakt_sim.world.track import Track
from gangvakt_sim.world.track_csv import read_tracks

SITES = ("A", "B")
FRAME_MS = 100
PROCESSES = 2

# The radar as stalls.toml has it, and radars that are better or worse in one respect each.
VARIANTS: dict[str, Ld2450Losses] = {
    "real": REAL,
    "quiet": REAL.model_copy(update={"radial_sigma_mm": 30.0, "angle_sigma_deg": 1.2, "dropout": 0.01}),
    "noisy": REAL.model_copy(update={"radial_sigma_mm": 90.0, "angle_sigma_deg": 3.5, "dropout": 0.05}),
    "white": REAL.model_copy(update={"noise_correlation": 0.3}),
    "sluggish": REAL.model_copy(update={"noise_correlation": 0.9}),
    "quick": REAL.model_copy(update={"latency_ms": 100.0}),
    "late": REAL.model_copy(update={"latency_ms": 250.0}),
    "reversed": REAL,
    "speechless": REAL,
    "none": NONE,
}


@dataclass(frozen=True)
class Rendered:
    """One track seen by the radar: (ms since the track's start, frame), until `end_ms`."""

    track: str
    start_s: float
    end_ms: int
    frames: tuple[tuple[int, bytes], ...]


def site_config(site: str) -> dict[str, object]:
    """Contents of config.json of the sign at crossing A or B of the recordings' corner."""
    scene = load_scene(f"aschaffenburg-{site.lower()}")
    return dict(sign_config(scene, scene.signs[0]))


def rendered(tracks_csv: Path, site: str, variant: str, seed: int, cache: Path) -> list[Rendered]:
    """All tracks as the sign at `site` sees them; read from `cache` when rendered before."""
    key = json.dumps([VARIANTS[variant].model_dump(), site, seed, tracks_csv.stat().st_size])
    kept = cache / f"{site}-{variant}-{seed}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.pickle"
    if kept.exists():
        found: list[Rendered] = pickle.loads(kept.read_bytes())
        return found
    made = [_render(track, site, variant, seed + n) for n, track in enumerate(read_tracks(tracks_csv))]
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(made))
    return made


def render_all(tracks_csv: Path, variants: Sequence[str], seeds: Sequence[int], cache: Path) -> None:
    """Fill the cache, two processes at a time."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        jobs = [
            pool.submit(rendered, tracks_csv, site, variant, seed, cache)
            for variant in variants
            for seed in seeds
            for site in SITES
        ]
        for job in jobs:
            job.result()


def _render(track: Track, site: str, variant: str, seed: int) -> Rendered:
    scene = load_scene(f"aschaffenburg-{site.lower()}")
    pole = scene.signs[0]
    sign_of_approach = {"reversed": 1, "speechless": 0}.get(variant, -1)  # of the speeds it reports
    model = Ld2450Model(
        pole.pose, VARIANTS[variant], f"{seed}/{pole.id}", fan=pole.radar, approach_sign=sign_of_approach
    )
    end_ms = int((track.end_s - track.start_s) * 1000)
    frames = []
    for ms in range(0, end_ms + 1, FRAME_MS):
        actor = track.at(track.start_s + ms / 1000)
        frames.append((ms, model.frame(track.start_s + ms / 1000, [actor] if actor else [])))
    return Rendered(track.id, track.start_s, end_ms, tuple(frames))
