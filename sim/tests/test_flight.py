"""What a sign recorded of itself is replayed to the same decisions, bit for bit, whatever happened to it."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import math
import os
import random
import struct
import subprocess
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gangvakt_sim.cli import main
from gangvakt_sim.errors import FlightError
from gangvakt_sim.interpreter import find_interpreter
from gangvakt_sim.offline.flight import BODY, HEAD, ON, Asked, Checkpoint, Flight, Note, parse_flight
from gangvakt_sim.offline.flight_replay import replay_flight
from gangvakt_sim.offline.render import sensors_for
from gangvakt_sim.offline.stream import SignStream
from gangvakt_sim.sign_code import FIRMWARE
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
TROUBLE = (
    8  # of 1000 ticks bring a stall, noise, split reads, a press of the button, another season or a fault
)
FUZZ = settings(max_examples=int(os.environ.get("GANGVAKT_FUZZ", "100")), deadline=None)


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
    argv = [
        *find_interpreter().argv,
        "-X",
        "heapsize=4m",
        "-O2",
        str(SIGN),
        str(FIRMWARE),
        str(seed),
        str(trouble),
    ]
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


@functools.cache
def recorded_tracks() -> list[Track]:
    """People whom somebody really saw."""
    return list(read_tracks(TRACKS)) if TRACKS.exists() else []


def people(seed: int, count: int) -> list[Track]:
    """Some of them."""
    if not recorded_tracks():
        pytest.skip(f"no recorded tracks at {TRACKS}")
    return random.Random(seed).sample(recorded_tracks(), count)


def pole_with(*kinds: str) -> SignPole:
    """The sign with those radars, one beside the other."""
    place = POLE.sensors[0].model_dump(exclude={"kind", "port", "range_m", "half_fan_deg"})
    ports = zip(kinds, ("radar", "second"), strict=False)
    sensors = tuple(Sensor.model_validate({**place, "kind": kind, "port": port}) for kind, port in ports)
    return POLE.model_copy(update={"sensors": sensors})


@pytest.fixture(scope="module")
def recording() -> bytes:
    """A recording with a warning in it."""
    return fly(people(1, 4), 1, 0).recordings[-2]


@pytest.mark.parametrize("seed", [1, 2])
def test_real_people_are_decided_upon_again_bit_for_bit(seed: int) -> None:
    flights = check(fly(people(seed, 12), seed, 0))
    assert sum(flight.kind == "warning" for flight in flights) >= 2
    assert any(flight.s(flight.end_ms) > 60 for flight in flights)


@pytest.mark.parametrize("seed", [3, 4])
def test_so_it_is_with_stalls_noise_button_seasons_and_faults_in_between(seed: int) -> None:
    flights = check(fly(people(seed, 10), seed, TROUBLE))
    assert sum(len(flight.entries) for flight in flights) > 500


@pytest.mark.parametrize(
    "kinds",
    [("c4001",), ("ld2450", "ld2450"), ("ld2450", "ld2451"), ("ld2450", "c4001"), ("ld2450", "ld2410")],
)
def test_every_kind_of_radar_can_be_replayed(kinds: tuple[str, ...]) -> None:
    assert check(fly(people(5, 6), 5, TROUBLE, pole_with(*kinds)))


def test_a_replay_that_knows_better_is_told_from_the_recording(recording: bytes) -> None:
    flight = parse_flight(recording, "recording")
    other = Flight(**{**vars(flight), "config": {**flight.config, "sensor_x_mm": 40_000}})
    assert replay_flight(flight).same
    assert not replay_flight(other).same


def test_the_command_compares_and_draws(
    recording: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, plot = tmp_path / "accident.gvfr", tmp_path / "accident.svg"
    path.write_bytes(recording)
    words = ["replay", "--recording", str(path), "--site", "corner-a", "--plot", str(plot)]
    monkeypatch.setattr("sys.argv", ["gangvakt-sim", *words])
    assert main() == 0
    assert "the same decisions, bit for bit" in capsys.readouterr().out
    assert plot.read_text().startswith("<svg")


def test_the_command_fails_where_the_decisions_differ(
    recording: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flight = parse_flight(recording, "recording")
    told = json.dumps({"config": {**flight.config, "sensor_x_mm": 40_000}}).encode()
    values = list(HEAD.unpack_from(recording))
    entries = recording[BODY + values[3] :]
    values[3], values[10] = len(told), zlib.crc32(told + entries)
    head = HEAD.pack(*values)
    head += struct.pack("<I", zlib.crc32(head))
    path = tmp_path / "other.gvfr"
    path.write_bytes(head.ljust(BODY, b"\xff") + told + entries)
    monkeypatch.setattr("sys.argv", ["gangvakt-sim", "replay", "--recording", str(path)])
    assert main() == 1
    assert "not the same" in capsys.readouterr().out


def test_a_damaged_file_is_refused_by_its_checksum(recording: bytes) -> None:
    for at in (0, 4, 9, 30, BODY, len(recording) - 1):
        damaged = bytearray(recording)
        damaged[at] ^= 0x10
        with pytest.raises(FlightError, match="damaged"):
            parse_flight(bytes(damaged), "damaged")
    with pytest.raises(FlightError, match="length"):
        parse_flight(recording[:-1], "short")


def test_the_marks_of_a_held_recording_change_nothing(recording: bytes) -> None:
    held = recording[:64] + bytes(4) + recording[68:]
    assert parse_flight(held, "held").entries == parse_flight(recording, "loose").entries


@FUZZ
@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(FlightError) as refused:
        parse_flight(data, "file")
    assert "\n" not in str(refused.value)


@FUZZ
@given(st.binary(max_size=400), st.binary(max_size=30))
def test_any_entries_are_read_or_refused(data: bytes, state: bytes) -> None:
    checkpoint = b"\xff\x01" + len(state).to_bytes(2, "little") + state
    with contextlib.suppress(FlightError):
        check_bounds(parse_flight(as_file(4, 1, checkpoint + data, {}), "file"))


def check_bounds(flight: Flight) -> None:
    """Whatever was read is what a sign could have been told."""
    assert isinstance(flight.entries[0], Checkpoint)
    for entry in flight.entries:
        assert 0 <= entry.now_ms <= 0x3FFFFFFF
        if isinstance(entry, Asked):
            assert all(len(read) <= 512 for _, read in entry.reads)


WALK = Path(__file__).parents[2] / "controller" / "tests" / "web" / "walk.gvfr"
"""What the tests of the pages look at: one person who walks to the kerb and over."""


def walk() -> Track:
    """Straight over the crossing, from six metres before its kerb."""
    (here, there) = SCENE.kerbs
    start, end = (tuple((a + b) / 2 for a, b in zip(*kerb, strict=True)) for kerb in (here, there))
    way = [b - a for a, b in zip(start, end, strict=True)]
    length = math.hypot(*way)
    walked = [0.13 * n - 6 for n in range(110)]
    places = ([at + w * d / length for w in walked] for at, d in zip(start, way, strict=True))
    x, y = (tuple(values) for values in places)
    return Track("walker", "pedestrian", tuple(0.1 * n for n in range(len(walked))), x, y)


def test_the_recording_that_the_pages_are_tested_with_is_of_this_firmware() -> None:
    if os.environ.get("GANGVAKT_RENEW"):
        WALK.write_bytes(fly([walk()], 1, 0).recordings[-1])
    flight = parse_flight(WALK.read_bytes(), str(WALK))
    replayed = replay_flight(flight, looks=True)
    assert replayed.same, "the firmware decides otherwise now: run this test with GANGVAKT_RENEW=1"
    (on, *_) = (note for note in replayed.decided if note.kind == ON)
    before = [look for look in replayed.looks if flight.s(look.now_ms) < flight.s(on.now_ms)]
    assert any(look.tracks for look in before)
    assert not any(look.lit for look in before)
    assert any(look.lit for look in replayed.looks)
