"""What can go wrong between a laptop and a board, by name."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gangvakt_sim.errors import BoardRefusal

HIGHEST = 0xFFFFFFFF
# Bytes on the line between two that are garbled, on average: most blocks of a kilobyte arrive damaged.
NOISE_DISTANCE = 1024


@dataclass(frozen=True)
class Faults:
    """None or False = not that fault."""

    cable_pulled: int | None = None  # the connection and the power end after so many bytes received
    worn_block: int | None = None  # the byte at this address does not keep what is written
    noise: int | None = None  # seed
    brown_out: int | None = None  # the supply dips after so many bytes were written to the flash
    wrong_chip: bool = False  # another chip than the board's file says
    port_busy: bool = False  # somebody else holds the port


NUMBERED = {
    "cable-pulled": "cable_pulled",
    "worn-block": "worn_block",
    "noise": "noise",
    "brown-out": "brown_out",
}
PLAIN = {"wrong-chip": "wrong_chip", "port-busy": "port_busy"}
NAMES = ", ".join((*(f"{name}@NUMBER" for name in NUMBERED), *PLAIN))


def parse_faults(texts: Iterable[str]) -> Faults:
    """Faults from their names, such as `brown-out@70000`. BoardRefusal says which there are."""
    fields: dict[str, Any] = {}
    for text in texts:
        name, _, number = text.partition("@")
        if text in PLAIN:
            fields[PLAIN[text]] = True
        elif name in NUMBERED:
            fields[NUMBERED[name]] = _number(text, number)
        else:
            raise BoardRefusal("board", "fault", text, f"one of {NAMES}")
    return Faults(**fields)


def _number(fault: str, text: str) -> int:
    try:
        number = int(text, 0)
    except ValueError:
        number = -1
    if not 0 <= number <= HIGHEST:
        raise BoardRefusal("board", "fault", fault, f"a number from 0 to {HIGHEST:#x} after the @")
    return number


class Noise:
    """Changes a bit of a byte now and then; the same seed does it at the same places."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._left = self._distance()

    def _distance(self) -> int:
        return int(self._rng.expovariate(1 / NOISE_DISTANCE)) + 1

    def garble(self, data: bytes) -> bytes:
        """What arrives of what was sent."""
        if self._left > len(data):
            self._left -= len(data)
            return data
        arrived = bytearray(data)
        at = self._left - 1
        while at < len(arrived):
            arrived[at] ^= 1 << self._rng.randrange(8)
            at += self._distance()
        self._left = at - len(arrived) + 1
        return bytes(arrived)
