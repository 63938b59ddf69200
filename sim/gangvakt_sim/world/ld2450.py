"""What a HLK-LD2450 sends: frames of 30 bytes, ten a second, with three slots for targets.

`AA FF 03 00 | target (8) x 3 | 55 CC`; a target is x, y (mm), speed (cm/s), resolution (mm), each u16
little-endian. x, y and speed are sign-magnitude with the sign inverted: bit 15 set means positive. Eight zero
bytes: no target.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

FRAME_PERIOD_S = 0.1
FRAME_BYTES = 30
SLOTS = 3
HEAD, TAIL = b"\xaa\xff\x03\x00", b"\x55\xcc"
POSITIVE = 0x8000
MAX_MAGNITUDE = 0x7FFF
RESOLUTION_MM = 320  # the distance gate that a real module reports
NO_TARGET = bytes(8)
TARGET = struct.Struct("<4H")


class Target(NamedTuple):
    """One slot as sent: x to the right, y along the look direction."""

    x_mm: int
    y_mm: int
    speed_cm_s: int
    resolution_mm: int = RESOLUTION_MM


def encode_frame(slots: Sequence[bytes]) -> bytes:
    """A frame of exactly three slots, each from `encode_target` or NO_TARGET."""
    if len(slots) != SLOTS:
        raise ValueError(f"{len(slots)} slots; allowed: {SLOTS}")
    return HEAD + b"".join(slots) + TAIL


def encode_target(target: Target) -> bytes:
    """Eight bytes; magnitudes beyond 15 bits are sent as the largest one."""
    x, y, speed = (_sign_magnitude(value) for value in target[:3])
    return TARGET.pack(x, y, speed, target.resolution_mm)


def _sign_magnitude(value: int) -> int:
    magnitude = min(abs(value), MAX_MAGNITUDE)
    return magnitude | POSITIVE if value > 0 else magnitude
