"""A recording as it is looked at: `python -m gangvakt_sim.offline.flight_scene FILE`, for the controller.

One JSON object on stdout: `sign`, `kind`, `length_s`, `faithful` (the same decisions, bit for bit), `kerb`
(its two ends in m, in the plane of the site; null where the sign has no kerb line), `looks` with [s, lit,
mode, tracks], each track as [ident, along the kerb m, across it m], and `decisions` with [s, kind, words,
ms to the kerb, mm away]; or `error`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from gangvakt_sim.errors import SimError
from gangvakt_sim.offline.flight import FAULT, OFF, ON, Flight, Note, read_flight
from gangvakt_sim.offline.flight_replay import replay_flight
from gangvakt_sim.sign_code import words

KERB = ("kerb_a_x_mm", "kerb_a_y_mm", "kerb_b_x_mm", "kerb_b_y_mm")
KINDS = {ON: "on", OFF: "off", FAULT: "fault"}
WORDS = {ON: "REASONS", OFF: "OFF_CAUSES", FAULT: "FAULTS"}


def scene_of(path: Path) -> dict[str, Any]:
    """What is answered for one recording."""
    try:
        flight = read_flight(path)
        replayed = replay_flight(flight, looks=True)
    except (SimError, subprocess.TimeoutExpired) as error:
        return {"error": str(error)}
    looks = [
        [round(flight.s(look.now_ms), 3), look.lit, look.mode, [_metres(*track) for track in look.tracks]]
        for look in replayed.looks
    ]
    return {
        "sign": flight.sign,
        "kind": flight.kind,
        "length_s": flight.s(flight.entries[-1].now_ms),
        "faithful": replayed.same,
        "kerb": _kerb(flight),
        "looks": looks,
        "decisions": [_decision(flight, note) for note in replayed.decided],
    }


def _metres(ident: int, along_mm: int, across_mm: int) -> list[float]:
    return [ident, along_mm / 1000, across_mm / 1000]


def _kerb(flight: Flight) -> list[list[float]] | None:
    values = [flight.config.get(name, 0) for name in KERB]
    ax, ay, bx, by = (value / 1000 if isinstance(value, int) else 0.0 for value in values)
    return [[ax, ay], [bx, by]] if (ax, ay) != (bx, by) else None


def _decision(flight: Flight, note: Note) -> list[object]:
    code, *rest = note.numbers
    way = rest[:2] if note.kind == ON else [None, None]
    return [round(flight.s(note.now_ms), 3), KINDS[note.kind], words(WORDS[note.kind])[code], *way]


if __name__ == "__main__":
    print(json.dumps(scene_of(Path(sys.argv[1]))))
