"""What a sign recorded of itself is replayed to the same decisions, bit for bit, whatever happened to it."""

from __future__ import annotations

import functools
import io
import json
import random
import struct
import subprocess
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from gangvakt_sim.interpreter import find_interpreter
from gangvakt_sim.offline.flight import BODY, HEAD, KINDS, ON, Checkpoint, Flight, Note, parse_flight
from gangvakt_sim.offline.flight_replay import DECISIONS, replay_flight
from gangvakt_sim.offline.render import sensors_for
from gangvakt_sim.offline.stream import SignStream
from gangvakt_sim.scenarios.catalogue import SCENARIOS, make_life
from gangvakt_sim.sign_code import FIRMWARE
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.losses import REAL
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import Sensor, SignPole, load_scene
from gangvakt_sim.world.track import Track, TrackWorld
from gangvakt_sim.world.track_csv import read_tracks

SCENE = load_scene("corner-a")
POLE = SCENE.signs[0]
SIGN = Path(__file__).with_name("flying_sign.py")
TRACKS = Path(__file__).parents[3] / "shared" / "data" / "tracks.csv.gz"
TIMEOUT_S = 100
EVERY_S = 12.0  # somebody comes, so that sometimes there are two


@dataclass(frozen=True)
class Flown:
    """What a sign in trouble has decided, and its recordings."""

    decided: list[Note]
    recordings: list[bytes]


def as_file(kind: int, end_ms: int, entries: bytes, config: dict[str, object]) -> bytes:
    """The file of a recording."""
    particulars = json.dumps({"sign": "hedemora/corner-a/north", "fw": "1", "config": config}).encode()
    crc = zlib.crc32(particulars + entries)
    head = HEAD.pack(b"GVFR", 1, kind, len(particulars), 7, 3, 12, 999, len(entries), end_ms, crc)
    head += struct.pack("<I", zlib.crc32(head))
    return head + b"\xff" * (BODY - len(head)) + particulars + entries


def fly(tracks: Sequence[Track], seed: int, trouble: int, pole: SignPole = POLE, **config: object) -> Flown:
    """The whole detection loop of a sign whom these people pass, one every few seconds."""
    told = {**sign_config(SCENE, pole), **config}
    stream = io.BytesIO()
    starts = [1.0 + EVERY_S * number for number in range(len(tracks))]
    world = TrackWorld([t.shifted(s - t.start_s) for t, s in zip(tracks, starts, strict=True)])
    sign = SignStream(stream)
    sign.begin(told)
    sensors_for(pole, world, str(seed), REAL).write(sign, starts[-1] + 60.0)
    argv = [*find_interpreter().argv, "-X", "heapsize=4m", "-O2", str(SIGN), str(FIRMWARE), str(seed), str(trouble)]
    done = subprocess.run(argv, input=stream.getvalue(), capture_output=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-800:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    decided = [Note(ms, kind, tuple(n)) for what, ms, kind, n in lines if what == "decided"]
    files = [as_file(k, ms, bytes.fromhex(n), told) for what, k, ms, n in lines if what == "recording"]
    return Flown(decided, files)


def check(flown: Flown) -> list[Flight]:
    """Every recording holds what was decided in its time, and is replayed to just that."""
    flights = [parse_flight(data, f"recording {n}") for n, data in enumerate(flown.recordings)]
    for flight in flights:
        replayed = replay_flight(flight)
        assert replayed.decided == replayed.recorded
        assert replayed.same, replayed.checkpoints
        told = [note for note in flown.decided if 0 < flight.s(note.now_ms) <= flight.s(flight.end_ms)]
        assert list(replayed.recorded) == told
    return flights
