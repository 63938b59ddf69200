"""What a broken radar sends in place of what it should."""

from __future__ import annotations

import random
from collections.abc import Set

from gangvakt_sim.world.ld2450 import NO_TARGET, Target, encode_frame, encode_target

SOMEBODY = encode_frame([encode_target(Target(300, 2500, 0)), NO_TARGET, NO_TARGET])


def distorted(frame: bytes, faults: Set[str], rng: random.Random) -> bytes | None:
    """The bytes that come, None for silence. `faults` are names of the catalogue."""
    if "radar-silent" in faults:
        return None
    if "radar-stuck" in faults:
        return SOMEBODY
    return rng.randbytes(len(frame)) if "radar-garbled" in faults else frame
