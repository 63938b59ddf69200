"""Clips to learn from and to judge by: what one radar reports while one recording goes by.

Recorded tracks lie outside the project (`tracks.csv.gz` in the shared data folder) and are never committed.
Each is rendered by several models of the radar, better and worse than the one of the benchmark.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.losses import REAL, Ld2450Losses
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import load_scene
from gangvakt_sim.world.track import Track
from gangvakt_sim.world.track_csv import read_tracks

CORNERS = {"A": "corner-a", "B": "corner-b"}
FRAME_MS = 100

# The radar as the benchmark has it, and radars that are better or worse in one respect each; the last number
# is the sign of the speed that it reports of somebody who comes nearer, 0 for none.
RADARS: dict[str, tuple[Ld2450Losses, int]] = {
    "real": (REAL, -1),
    "quiet": (
        REAL.model_copy(update={"radial_sigma_mm": 30.0, "angle_sigma_deg": 1.2, "dropout": 0.01}),
        -1,
    ),
    "noisy": (
        REAL.model_copy(update={"radial_sigma_mm": 90.0, "angle_sigma_deg": 3.5, "dropout": 0.05}),
        -1,
    ),
    "white": (REAL.model_copy(update={"noise_correlation": 0.2}), -1),
    "sluggish": (REAL.model_copy(update={"noise_correlation": 0.9}), -1),
    "late": (REAL.model_copy(update={"latency_ms": 220.0}), -1),
    "reversed": (REAL, 1),
    "speechless": (REAL, 0),
}


@dataclass(frozen=True)
class Person:
    """What somebody does at the crossing, in s of the clip: class, time at the kerb, first time in view."""

    kind: str
    kerb_s: float | None
    seen_s: float | None


@dataclass(frozen=True)
class Clip:
    """Frames (ms since the clip's start, bytes), and who is there."""

    name: str
    site: str
    person: Person
    frames: tuple[tuple[int, bytes], ...]

    @property
    def scene(self) -> str:
        """Recordings of one scene (`starting-778_4`, `stopping-778_4`) are of the same people."""
        return self.name.split("-")[1].split("_")[0]


def configuration(site: str) -> dict[str, object]:
    """Contents of config.json of a site's first sign."""
    scene = load_scene(site)
    return dict(sign_config(scene, scene.signs[0]))


def recorded(tracks_csv: Path, corner: str, radar: str, seed: int, cache: Path) -> list[Clip]:
    """All recorded tracks at a corner as one radar sees them; kept in `cache`."""
    return _kept(
        cache / f"{corner}-{radar}-{seed}.pickle", lambda: list(_render(tracks_csv, corner, radar, seed))
    )


def _kept(path: Path, make: Callable[[], list[Clip]]) -> list[Clip]:
    if path.exists():
        found: list[Clip] = pickle.loads(path.read_bytes())
        return found
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(made))
    return made


def _render(tracks_csv: Path, corner: str, radar: str, seed: int) -> Iterator[Clip]:
    scene = load_scene(CORNERS[corner])
    pole = scene.signs[0]
    crossing = Crossing(scene, pole)
    losses, approach_sign = RADARS[radar]
    for track in read_tracks(tracks_csv):
        model = Ld2450Model(
            pole.pose,
            losses,
            f"learn/{seed}/{track.id}/{pole.id}",
            fan=pole.radar,
            approach_sign=approach_sign,
        )
        frames = []
        for ms in range(0, int((track.end_s - track.start_s) * 1000) + 1, FRAME_MS):
            t_s = track.start_s + ms / 1000
            actor = track.at(t_s)
            frames.append((ms, model.frame(t_s, [actor] if actor else [])))
        yield Clip(track.id, CORNERS[corner], _person(crossing, track), tuple(frames))


def _person(crossing: Crossing, track: Track) -> Person:
    origin_s = track.start_s
    stride = crossing.stride(track)
    kerb_s = None if stride.kerb_s is None else stride.kerb_s - origin_s
    return Person(stride.kind, kerb_s, None if stride.seen_s is None else stride.seen_s - origin_s)
