"""Recordings decided again with changed configurations: `python -m ...`, for the controller.

A JSON object a line on stdin, `path` of a recording and `changes` to its configuration (null for a default);
one a line on stdout: `kind`, `before` and `after` with [ms, reason, ms to the kerb] for each activation,
`faithful` where the recorded configuration gives the recorded decisions, or `error`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gangvakt_sim.errors import SimError
from gangvakt_sim.interpreter import find_interpreter
from gangvakt_sim.offline.flight import ON, Flight, Note, read_flight
from gangvakt_sim.offline.flight_replay import replay_flight
from gangvakt_sim.sign_code import words

Told = dict[str, Any]


def decide(path: Path, changes: Mapping[str, object]) -> Told:
    """What is answered for one recording."""
    try:
        flight = read_flight(path)
    except SimError as error:
        return {"kind": "", "error": str(error)}
    try:
        before = replay_flight(flight)
        after = replay_flight(changed(flight, changes))
    except (SimError, subprocess.TimeoutExpired) as error:
        return {"kind": flight.kind, "error": str(error)}
    return {
        "kind": flight.kind,
        "before": _activations(flight, before.decided),
        "after": _activations(flight, after.decided),
        "faithful": before.same,
    }


def changed(flight: Flight, changes: Mapping[str, object]) -> Flight:
    """The same recording of a sign with another configuration."""
    config = {name: value for name, value in {**flight.config, **changes}.items() if value is not None}
    return replace(flight, config=config)


def _activations(flight: Flight, decided: Iterable[Note]) -> list[list[object]]:
    reasons = words("REASONS")
    return [
        [round(flight.s(one.now_ms) * 1000), reasons[one.numbers[0]], one.numbers[1]]
        for one in decided
        if one.kind == ON
    ]


def main() -> int:
    """Until stdin ends; the exit code."""
    try:
        find_interpreter()
    except SimError as error:
        print(error, file=sys.stderr)
        return 1
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(decide(Path(question["path"]), question["changes"])), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
