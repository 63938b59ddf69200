"""What the firmware's tracker, rules and features make of a clip, frame by frame.

The score is asked only where the rules leave it open: these moments are what it is learned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from learning import fast
from learning.corpus import Clip
from sign.core import intent as intent_room
from sign.core.config import Config, load
from sign.core.features import COUNT
from sign.core.view import View
from sign.proto.ld2450 import Ld2450

assert fast
NEVER_MS = 1 << 30
LOWEST = -10_000


@dataclass
class Collected:
    """Moments at which the score was asked: clip, ms and bins of each. `ruled`: for each clip the first ms at
    which the rules alone wanted a warning.
    """

    clips: list[Clip]
    clip: np.ndarray
    ms: np.ndarray
    bins: np.ndarray
    ruled: np.ndarray


def loaded(values: dict[str, object]) -> Config:
    """A configuration that has no error."""
    config, errors = load(values)
    if errors:
        raise SystemExit(f"configuration refused: {errors}")
    return config


def collect(clips: Sequence[Clip], config: Config) -> Collected:
    """Play each clip at a view at rest, on a sign without a PIR."""
    rows, ruled = [], np.full(len(clips), NEVER_MS)
    asked: list[bytes] = []

    def ask(bins: bytearray) -> int:
        asked.append(bytes(bins))
        return LOWEST

    before, intent_room.score = intent_room.score, ask
    try:
        for number, clip in enumerate(clips):
            view = View(config)
            view.pir_usable = False
            radar = Ld2450()
            for ms, frame in clip.frames:
                radar.feed(frame, 0, len(frame))
                if radar.ready:
                    view.frame(0, radar.targets, radar.count, ms & 0x3FFFFFFF)
                    rows += [(number, ms, bins) for bins in asked]
                    asked.clear()
                    if view.reason and ms < ruled[number]:
                        ruled[number] = ms
    finally:
        intent_room.score = before
    return Collected(
        list(clips),
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        np.frombuffer(b"".join(row[2] for row in rows), np.uint8).reshape(-1, COUNT),
        ruled,
    )
