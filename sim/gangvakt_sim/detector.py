"""The firmware's pure detector, run by CPython: bytes in, decisions out, in a time of its own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.errors import SimRefusal

TICK_MS = 10
FRAME_MS = 100


def make_detector(config: Mapping[str, object]) -> Any:
    """A `sign.core.detector.Detector` at time 0. SimRefusal when the firmware refuses a field."""
    if str(FIRMWARE_DIR) not in sys.path:
        sys.path.append(str(FIRMWARE_DIR))
    loaded, errors = importlib.import_module("sign.core.config").load(dict(config))
    for field, value, allowed in errors:
        raise SimRefusal("config", field, value, allowed)
    return importlib.import_module("sign.core.detector").Detector(loaded, 0)


def deciding_frame(config: Mapping[str, object], frames: Sequence[bytes]) -> int | None:
    """Index of the frame after which the warning begins; None when it never does."""
    detector = make_detector(config)
    for index, frame in enumerate(frames):
        detector.feed(frame, len(frame), index * FRAME_MS)
        for tick in range(FRAME_MS // TICK_MS):
            detector.tick(index * FRAME_MS + tick * TICK_MS)
            if detector.lit:
                return index
    return None


def first_light_ms(
    config: Mapping[str, object], shown: Sequence[tuple[int, bytes, bool]], end_ms: int
) -> int | None:
    """When a sign to which nothing else happens warns, that is shown (ms, the radar's frame, the PIR's level)
    from 0 on; None when it does not until the end."""
    detector, warm, waiting = make_detector(config), False, list(reversed(shown))
    for now_ms in range(0, end_ms, TICK_MS):
        while waiting and waiting[-1][0] <= now_ms:
            _, frame, warm = waiting.pop()
            detector.feed(frame, len(frame), now_ms)
        detector.tick(now_ms, warm)
        if detector.lit:
            return now_ms
    return None
