"""Cost of one tick of the detection loop, in units that hold on any computer: empty loops of bytecode."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, cast

from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median
from gangvakt_sim.errors import StreetError
from gangvakt_sim.interpreter import find_interpreter

SCRIPT = Path(__file__).with_name("tick_on_chip.py")
TIMEOUT_S = 60
PEOPLE = (1, 3)
VEHICLES = 3
# Measured on an emulated ESP32 at 240 MHz: 2.8 us an iteration of an empty loop.
LOOP_MS_ON_CHIP = 2.8
WITH_TWO_FRAMES = Reference(1.6, "", Bound.AT_MOST)
WITHOUT_FRAME, WITH_FRAME = Reference(0.1, "", Bound.AT_MOST), Reference(0.8, "", Bound.AT_MOST)
NOTHING = Reference(0, "promised", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """Ticks without and with a frame, and what they allocate, without and with the flight recorder; and with
    frames of two radars at once."""
    rounds = bench.times(30, 5)
    alone, recorded = (_figures(bench, rounds, recorded=recorded) for recorded in (False, True))
    return [*alone, *_with_vehicles(bench, rounds), *recorded]


def _figures(bench: Bench, rounds: int, *, recorded: bool) -> list[Figure]:
    beside = " and recorder" if recorded else ""
    found = {people: _on_chip(rounds, people, recorded) for people in PEOPLE}
    ticks = sum(run["ticks"] for run in found.values())
    bench.say.step(f"tick{beside}: {ticks} ticks")
    idle = _loops(found[PEOPLE[0]], "idle_us")
    loop_us = median(found[PEOPLE[0]]["loop_us"])
    how = f"{_on_sign(idle)}; the loop took {loop_us:.0f} us"
    figures = [Figure(f"tick{beside}, without a frame", idle, "loops", how, WITHOUT_FRAME)]
    for people, run in found.items():
        loops, name = _loops(run, "frame_us"), f"tick{beside}, frame, tracks: {people}"
        figures.append(Figure(name, loops, "loops", _on_sign(loops), WITH_FRAME))
    allocated = sum(run["allocated"] for run in found.values())
    how = f"gc.mem_alloc around each of {ticks} ticks"
    return [*figures, Figure(f"tick{beside}, heap allocated", allocated, "bytes", how, NOTHING)]


def _with_vehicles(bench: Bench, rounds: int) -> list[Figure]:
    """Somebody in view and a queue that is counted, both radars' frames in one tick."""
    run = _on_chip(rounds, PEOPLE[0], recorded=False, vehicles=VEHICLES)
    bench.say.step(f"tick, vehicles too: {run['ticks']} ticks, {run['passed']} vehicles counted")
    if not run["passed"]:
        raise StreetError("tick: no vehicle was counted")
    loops, how = _loops(run, "frame_us"), f"gc.mem_alloc around each of {run['ticks']} ticks"
    name = f"tick, frames of two radars, tracks: {PEOPLE[0]}, vehicles: {VEHICLES}"
    return [
        Figure(name, loops, "loops", _on_sign(loops), WITH_TWO_FRAMES),
        Figure("tick, frames of two radars, heap allocated", run["allocated"], "bytes", how, NOTHING),
    ]


def _loops(found: dict[str, Any], name: str) -> float:
    """Median over the rounds, each compared with the loop of its own round."""
    return median([spent / loop for spent, loop in zip(found[name], found["loop_us"], strict=True)])


def _on_sign(loops: float) -> str:
    return f"median; about {loops * LOOP_MS_ON_CHIP:.1f} ms on the chip"


def _on_chip(rounds: int, people: int, recorded: bool, vehicles: int = 0) -> dict[str, Any]:
    """What the script measured. StreetError when it failed or the people gave other than one track each."""
    told = map(str, (rounds, people, int(recorded), vehicles))
    done = subprocess.run(
        (*find_interpreter().argv, "-O2", str(SCRIPT), *told),
        env={**os.environ, "MICROPYPATH": f"{FIRMWARE_DIR}:.frozen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise StreetError(f"tick: MicroPython failed: {(done.stdout + done.stderr).strip()[-400:]}")
    found = cast("dict[str, Any]", json.loads(done.stdout))
    if found["tracks"] != people:
        raise StreetError(f"tick: {found['tracks']} tracks instead of {people}")
    return found
