"""What the firmware's own tracker and features make of rendered tracks, frame by frame, with the answer.

The answer comes from the judge's classes: somebody who will walk onto the crossing (or is there) within
HORIZON_S means it, a passer-by never does. Whom the judge counts apart (waiting, cut off, on the road from
the start) teaches nothing.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from learning.corpus import FRAME_MS, Rendered, rendered, site_config
from learning.evaluate import CACHE, TICK_MS, judge_of, loaded
from sign.core.detector import Detector
from sign.core.intent_features import COUNT, Features

HORIZON_S = 3.0
AFTER_KERB_S = 0.3
WAITED_WEIGHT = 0.2  # they stand first, and standing at the kerb warns by itself


@dataclass(frozen=True)
class Example:
    """One track in one frame: its features' bins, whether it means to cross, and how much that counts."""

    track: str
    bins: bytes
    means_it: bool
    weight: float


@dataclass(frozen=True)
class Truth:
    """What the judge says about a track at a site, in s from its start."""

    kind: str
    kerb_s: float | None
    seen: bool

    def answer(self, t_s: float) -> tuple[bool, float] | None:
        """Whether somebody means to cross at a time, and its weight; None where nobody can say."""
        if not self.seen:
            return None
        if self.kind == "passer":
            return False, 1.0
        if self.kind not in ("walkup", "waited") or self.kerb_s is None:
            return None
        if not self.kerb_s - HORIZON_S <= t_s <= self.kerb_s + AFTER_KERB_S:
            return None
        return True, 1.0 if self.kind == "walkup" else WAITED_WEIGHT


def truths(data: Path, site: str) -> dict[str, Truth]:
    """The judge's classes of all tracks at a site."""
    judge: ModuleType = judge_of(data)
    rows: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    with gzip.open(data / "tracks.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            rows[row["track"]].append((float(row["t"]), float(row["x"]), float(row["y"])))
    found = {}
    for track, samples in rows.items():
        kind, kerb_s, _ = judge.classify(track, samples, site)
        kerb_s = None if kerb_s is None else kerb_s - samples[0][0]
        found[track] = Truth(kind, kerb_s, judge.first_seen(samples, site) is not None)
    return found


def examples(data: Path, site: str, variant: str, seed: int) -> list[Example]:
    """All frames of all tracks at a site, as one radar sees them."""
    answers = truths(data, site)
    found = []
    for seen in rendered(data / "tracks.csv.gz", site, variant, seed, CACHE):
        for t_s, bins in watched(seen, site_config(site)):
            answer = answers[seen.track].answer(t_s)
            if answer is not None:
                found.append(Example(seen.track, bins, *answer))
    return found


def watched(seen: Rendered, values: dict[str, object]) -> Iterator[tuple[float, bytes]]:
    """Time in s and the features' bins of every track that the firmware judges."""
    detector = Detector(loaded(values))
    features = _Listening(detector.intent._geometry)
    detector.intent.features = features
    for ms, frame in seen.frames:
        detector.feed(frame, len(frame), ms)
        for later_ms in range(0, FRAME_MS, TICK_MS):
            detector.tick(ms + later_ms)
        for bins in features.heard:
            yield ms / 1000, bins
        features.heard.clear()


class _Listening(Features):  # type: ignore[misc]
    """Features that remember what they have been."""

    def __init__(self, geometry: object) -> None:
        super().__init__(geometry)
        self.heard: list[bytes] = []

    def follow(self, i: int, hits: int, age_ms: int) -> None:
        super().follow(i, hits, age_ms)
        self.heard.append(bytes(self.bins[:COUNT]))
