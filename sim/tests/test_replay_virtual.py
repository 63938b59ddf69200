"""The real decision code in virtual time: as on CPython, with and without leaps, and fit for the judge."""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.errors import DriverFailed, FramesError, SceneError
from gangvakt_sim.offline.command import ReplayOptions, replay, site_of
from gangvakt_sim.offline.decision import read_decisions
from gangvakt_sim.offline.drive import decide
from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.offline.recording import parse_recordings, read_recordings
from gangvakt_sim.offline.render import Listener, sensors_for
from gangvakt_sim.offline.replay import LEAD_IN_S, Site, replay_each, replay_recordings, replay_together
from gangvakt_sim.offline.spool import Recording, Spool
from gangvakt_sim.offline.stream import SignStream
from gangvakt_sim.say import Say
from gangvakt_sim.scenarios.catalogue import SCENARIOS, make_life
from gangvakt_sim.world.crossing import Crossing, Stride
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import Sensor, SignPole, load_scene
from gangvakt_sim.world.track import Track, TrackWorld
from sign.proto.c4001 import C4001
from sign.proto.ld2410 import Ld2410
from sign.proto.ld2450 import Ld2450
from sign.proto.ld2451 import Ld2451

SCENE = load_scene("corner-a")
POLE = SCENE.signs[0]
CROSSING = Crossing(SCENE, POLE)
SITE = Site(SCENE, POLE)
SHARED = Path(__file__).parents[3] / "shared" / "data"
PEOPLE = [entry for entry in SCENARIOS if entry.people]


def walkers() -> list[Track]:
    """A few generated people who cross, pass and wait."""
    tracks = []
    for number, entry in enumerate(PEOPLE[:3] + PEOPLE[-6:-4]):
        track = make_life(entry, CROSSING, POLE, f"test/{number}").tracks[0]
        tracks.append(Track(f"{entry.name}-{number}", "pedestrian", track.t, track.x, track.y))
    return tracks


class Tape:
    """A listener that keeps every moment."""

    def __init__(self) -> None:
        self.moments: list[tuple[int, int, bytes | bool]] = []  # ms, port, what
        self.end_ms = 0
        self._last: dict[int, bytes] = {}

    def receive(self, at_ms: int, data: bytes, port: int = 0) -> None:
        self.moments.append((at_ms, port, data))
        self._last[port] = data

    def repeat(self, count: int, period_ms: int) -> None:
        at_ms = self.moments[-1][0]
        for number in range(1, count + 1):
            for port, data in list(self._last.items()):
                self.receive(at_ms + number * period_ms, data, port)

    def pir(self, at_ms: int, level: bool) -> None:
        self.moments.append((at_ms, 0, level))

    def end(self, at_ms: int) -> None:
        self.end_ms = at_ms


def on_cpython(tape: Tape) -> list[tuple[int, str]]:
    """(ms, on | off) as the Detector decides on this interpreter, driven by a loop of its own."""
    from sign.core.config import load
    from sign.core.detector import EV_OFF, EV_ON, Detector

    detector = Detector(load(sign_config(SCENE, POLE))[0], 0)
    pending, told, pir = list(tape.moments), [], 0
    for now_ms in range(10, tape.end_ms + 10, 10):
        data = b""
        while pending and pending[0][0] <= now_ms:
            *_, what = pending.pop(0)
            if isinstance(what, bool):
                pir = int(what)
            else:
                data += what
        if data:
            detector.feed(data, len(data), now_ms)
        happened = detector.tick(now_ms, pir, 0, now_ms // 1000)
        told += [(now_ms, name) for mask, name in ((EV_ON, "on"), (EV_OFF, "off")) if happened & mask]
    return told


@pytest.mark.parametrize("track", walkers(), ids=lambda track: track.id)
def test_the_interpreter_decides_as_cpython_does(track: Track) -> None:
    world = TrackWorld([track])
    tape = Tape()
    sensors_for(POLE, world, "7").write(tape, track.end_s + 30)

    def live(stream: SignStream) -> None:
        SITE.begin(stream)
        sensors_for(POLE, world, "7").write(stream, track.end_s + 30)

    (decision,) = decide(live)
    told = []
    for warned in decision.warned:
        told += [(warned.on_ms, "on")] + [(warned.off_ms, "off")] * (warned.off_ms is not None)
    assert told == on_cpython(tape)


@pytest.mark.parametrize("name", ["calm", "rain", "wind", "traffic", "sun", "two-radars", "stuck"])
def test_leaping_over_idle_stretches_changes_nothing(name: str) -> None:
    entry = next(entry for entry in SCENARIOS if entry.name == name)

    def life(may_skip: bool) -> Callable[[SignStream], None]:
        def live(stream: SignStream) -> None:
            made = make_life(entry, CROSSING, POLE, "leap", 2400.0)
            stream.begin(sign_config(SCENE, POLE), may_skip=may_skip)
            made.sensors.write(stream, made.duration_s)

        return live

    (leaping,), (stepping,) = decide(life(True)), decide(life(False))
    times = [(w.on_ms, w.off_ms, w.reason, w.t_kerb_ms, w.range_mm, w.track) for w in leaping.warned]
    assert times == [(w.on_ms, w.off_ms, w.reason, w.t_kerb_ms, w.range_mm, w.track) for w in stepping.warned]
    assert (leaping.faults, leaping.end_ms) == (stepping.faults, stepping.end_ms)
    assert leaping.stepped < stepping.stepped
    assert stepping.stepped == stepping.end_ms // 10


def test_a_sound_sign_leaps_over_most_of_an_empty_night() -> None:
    def live(stream: SignStream) -> None:
        SITE.begin(stream)
        sensors_for(POLE, TrackWorld([]), "night").write(stream, 4 * 3600.0)

    (decision,) = decide(live)
    assert decision.stepped < decision.end_ms // 10 // 5


def test_somebody_who_crosses_is_warned_for_and_somebody_far_away_is_not() -> None:
    crosser = walkers()[0]
    far = Track("far", "pedestrian", (0.0, 10.0), (-11.0, -11.0), (-15.0, -14.0))
    near, away = replay_each(SITE, [crosser, far]).outcomes
    assert near.lead_s is not None
    assert away.lit == ()
    assert away.stride is not None
    assert away.stride.seen_s is None


def test_times_are_those_of_the_track_s_own_clock() -> None:
    track = walkers()[0]
    (here,) = replay_each(SITE, [track]).outcomes
    (later,) = replay_each(SITE, [track.shifted(1000.0)]).outcomes
    assert [start for start, _ in later.lit] == pytest.approx([start + 1000 for start, _ in here.lit])


def test_each_alone_does_not_depend_on_who_else_is_in_the_file() -> None:
    tracks = walkers()
    alone = replay_each(SITE, tracks[2:3]).outcomes
    assert [o.lit for o in replay_each(SITE, tracks).outcomes][2:3] == [o.lit for o in alone]


def test_together_one_person_s_warning_is_everybody_s() -> None:
    crosser = walkers()[0]
    far = Track("far", "pedestrian", (crosser.start_s, crosser.end_s), (-11.0, -11.0), (-15.0, -14.0))
    outcomes = replay_together(SITE, [crosser, far]).outcomes
    assert [start for start, _ in outcomes[0].lit] == [start for start, _ in outcomes[1].lit] != []


def recorded(track: Track, site: Site) -> bytes:
    """What a site's sensors send while a track is walked, as JSON lines; ports by name and by number."""
    tape = Tape()
    end_s = track.end_s - track.start_s + LEAD_IN_S
    world = TrackWorld([track.shifted(LEAD_IN_S - track.start_s)])
    sensors_for(site.pole, world, f"1/{track.id}").write(tape, end_s)
    lines = []
    for number, (at_ms, port, what) in enumerate(tape.moments):
        value = {"pir": int(what)} if isinstance(what, bool) else {"hex": what.hex()}
        name = site.pole.sensors[port].port if number % 2 else port
        t_s = track.start_s - LEAD_IN_S + at_ms / 1000
        lines.append(json.dumps({"t": t_s, "track": track.id, "port": name, **value}))
    return "\n".join(lines).encode()


TWO = (Sensor(kind="c4001"), Sensor(kind="ld2450", port="near"))


@pytest.mark.parametrize("sensors", [POLE.sensors, TWO], ids=["one sensor", "two sensors"])
def test_recorded_bytes_give_what_the_rendered_track_gives(
    tmp_path: Path, sensors: tuple[Sensor, ...]
) -> None:
    track = walkers()[0]
    path = tmp_path / "frames.jsonl"
    site = replace(SITE, pole=POLE.model_copy(update={"sensors": sensors}))
    path.write_bytes(recorded(track, site))
    ports = [sensor.port for sensor in sensors]
    (from_bytes,) = replay_recordings(site, read_recordings(path, Spool(io.BytesIO()), ports)).outcomes
    (rendered,) = replay_each(site, [track]).outcomes
    assert from_bytes.name == track.id
    assert from_bytes.reasons == rendered.reasons
    assert rendered.lit
    assert [start for start, _ in from_bytes.lit] == pytest.approx([s for s, _ in rendered.lit], abs=0.011)


def test_a_json_line_is_what_the_judge_reads() -> None:
    outcome = Outcome("p", ((0.5004, 3.0), (4.0, None)), ("approach",), (), Stride("walkup", 4.5, 0.2))
    line = json.loads(outcome.as_json())
    assert line["on"] == [[0.5, 3.0], [4.0, None]]
    assert (line["track"], line["class"], line["kerb_s"], line["lead_s"]) == ("p", "walkup", 4.5, 0.5)


def test_light_that_ended_before_the_kerb_is_no_lead() -> None:
    stride = Stride("walkup", 10.0, 0.0)
    assert Outcome("p", ((1.0, 6.0),), ("approach",), (), stride).lead_s is None
    assert Outcome("p", ((10.5, None),), ("on_road",), (), stride).lead_s == -0.5
    assert Outcome("p", ((11.5, None),), ("on_road",), (), stride).lead_s is None


def test_the_judge_takes_the_file_and_agrees_on_the_classes(tmp_path: Path) -> None:
    if not (SHARED / "tracks.csv.gz").exists():
        pytest.skip(f"SKIPPED THE JUDGE: recorded tracks are not here: {SHARED}")
    spec = importlib.util.spec_from_file_location("judge", SHARED / "judge.py")
    assert spec is not None
    assert spec.loader is not None
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    path = tmp_path / "replay.jsonl"
    options = ReplayOptions("corner-a", tracks=SHARED / "tracks.csv.gz", json=path)
    replay(options, Say(silent()))
    verdict = judge.main(SHARED / "tracks.csv.gz", "A", path)
    assert verdict["missing"] == 0
    assert verdict["lit before in view"] == 0
    kinds: dict[str, int] = {}
    for line in path.read_text().splitlines():
        kind = json.loads(line)["class"]
        kinds[kind] = kinds.get(kind, 0) + 1
    assert sum(abs(kinds[kind] - count) for kind, count in verdict["classes"].items()) <= 4


def silent():
    from rich.console import Console

    return Console(file=io.StringIO())


def test_broken_firmware_is_named(tmp_path: Path) -> None:
    with pytest.raises(DriverFailed, match="sign"):
        decide(SITE.begin, tmp_path)


@pytest.mark.parametrize("line", ["on 1", "gone 3", "Traceback", "off"])
def test_a_strange_line_of_the_driver_is_refused(line: str) -> None:
    with pytest.raises(DriverFailed):
        read_decisions([line])


sends = st.tuples(st.sampled_from([b"a", b"b"]), st.integers(0, 1)) | st.booleans()


@given(
    st.lists(st.tuples(st.integers(0, 3).map(lambda n: 100 * n) | st.integers(1, 400), sends), max_size=60)
)
def test_the_stream_keeps_every_moment(moments: list[tuple[int, tuple[bytes, int] | bool]]) -> None:
    out, at_ms, expected = io.BytesIO(), 0, []
    stream: Listener = SignStream(out)
    for gap_ms, what in moments:
        at_ms += gap_ms
        expected.append((at_ms, what))
        if isinstance(what, bool):
            stream.pir(at_ms, what)
        else:
            stream.receive(at_ms, *what)
    stream.end(at_ms + 5)
    assert unpacked(out.getvalue()) == [*expected, (at_ms + 5, "end")]


def unpacked(data: bytes) -> list[tuple[int, object]]:
    """Reader written apart from the driver."""
    at = ms = 0
    told: list[tuple[int, object]] = []
    moment: list[tuple[bytes, int]] = []
    while at < len(data):
        kind, number = data[at], data[at + 1]
        length = int.from_bytes(data[at + 2 : at + 4], "little")
        gap_ms = int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length]
        at += 8 + length
        if kind == 2:
            for place in range(0, length, 2):
                ms += int.from_bytes(body[place : place + 2], "little")
                told += [(ms, sent) for sent in moment]
            continue
        ms += gap_ms
        if kind in (1, 5):
            moment = [*(moment if kind == 5 else []), (body, number)]
        told.append((ms, {1: (body, number), 5: (body, number), 3: bool(number), 4: "end"}[kind]))
    return told


def parsed(data: bytes) -> list[Recording]:
    return parse_recordings(io.BytesIO(data), "f.jsonl", Spool(io.BytesIO()), ("radar", "far"))


def refusal(lines: str) -> FramesError:
    with pytest.raises(FramesError) as caught:
        parsed(lines.encode())
    return caught.value


@pytest.mark.parametrize(
    ("lines", "line", "field"),
    [
        ("", 0, "lines"),
        ('{"t": 0, "hex": "00"}\nnonsense', 2, "line"),
        ("[1]", 1, "line"),
        ('{"t": 0, "hex": "0"}', 1, "hex"),
        ('{"t": 0, "hex": 7}', 1, "hex"),
        ('{"t": 0}', 1, "hex"),
        ('{"t": NaN, "hex": "00"}', 1, "t"),
        ('{"t": true, "hex": "00"}', 1, "t"),
        ('{"t": "0", "hex": "00"}', 1, "t"),
        ('{"t": 1, "hex": "00"}\n{"t": 0.5, "hex": "00"}', 2, "t"),
        ('{"t": 0, "hex": "00", "port": "west"}', 1, "port"),
        ('{"t": 0, "hex": "00", "port": 2}', 1, "port"),
        ('{"t": 0, "hex": "00", "port": true}', 1, "port"),
        ('{"t": 0, "hex": "00"}\n{"t": 1e9, "hex": "00"}', 2, "t"),
        ('{"t": 0, "hex": "00", "track": ""}', 1, "track"),
        ('{"t": 0, "pir": 2}', 1, "pir"),
        ('{"t": 0, "hex": "' + "00" * 5000 + '"}', 1, "line"),
    ],
)
def test_bad_frames_are_refused_with_their_line(lines: str, line: int, field: str) -> None:
    error = refusal(lines)
    assert (error.path, error.line, error.field) == ("f.jsonl", line, field)


def test_recordings_may_be_mixed_and_each_keeps_its_own_time() -> None:
    rows = [(5, "01", "a"), (1, "02", "b"), (6, "03", "a")]
    lines = "\n".join(json.dumps({"t": t, "hex": octets, "track": name}) for t, octets, name in rows)
    a, b = parsed(lines.encode())
    assert [sent.data for sent in a.sent()] == [b"\1", b"\3"]
    assert (b.id, b.start_s, b.end_s) == ("b", 1, 1)


def test_a_port_is_named_or_counted_and_what_else_a_line_tells_is_left_alone() -> None:
    lines = ('{"t": 0, "hex": "01", "port": "far", "by": "x"}', '{"t": 0, "hex": "02", "port": 1}')
    (recording,) = parsed("\n".join(lines).encode())
    assert [sent.port for sent in recording.sent()] == [1, 1]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=2000) | st.booleans()), min_size=1),
    st.integers(0, 10**10),
)
def test_recordings_of_any_length_are_given_back_as_they_were(
    sent: list[tuple[str, bytes | bool]], start_s: int
) -> None:
    rows, expected = [], {}
    for number, (name, what) in enumerate(sent):
        value = {"pir": int(what)} if isinstance(what, bool) else {"hex": what.hex()}
        rows.append(json.dumps({"t": start_s + number, "track": name, **value}))
        expected.setdefault(name, []).append((start_s + number, what))
    found = {r.id: [(s.t_s, s.data) for s in r.sent()] for r in parsed("\n".join(rows).encode())}
    assert found == expected


json_values = (
    st.none() | st.booleans() | st.floats() | st.text("aé\0\n", max_size=5) | st.just([]) | st.just({})
)
line_like = st.fixed_dictionaries(
    {},
    optional={
        "t": st.floats() | json_values,
        "hex": st.binary(max_size=8).map(bytes.hex) | json_values,
        "pir": st.integers(-1, 2) | json_values,
        "port": st.sampled_from(["radar", "far"]) | json_values,
        "track": st.text("aé\0", max_size=4) | json_values,
    },
)


@given(
    st.binary(max_size=200)
    | st.lists(line_like, max_size=5).map(lambda v: "\n".join(map(json.dumps, v)).encode())
)
def test_any_bytes_are_recordings_or_refused(data: bytes) -> None:
    try:
        recordings = parsed(data)
    except FramesError:
        return
    for recording in recordings:
        sent = list(recording.sent())
        assert [one.t_s for one in sent] == sorted(one.t_s for one in sent)
        assert all(one.port in (0, 1) for one in sent)


def rendered(sensor: str, tracks: list[Track]) -> dict[int, bytes]:
    """All bytes by port of the sign at corner A, for `--sensor`."""
    pole = site_of(ReplayOptions("corner-a", sensor=sensor)).pole
    tape = Tape()
    sensors_for(pole, TrackWorld(tracks), "1").write(tape, max(track.end_s for track in tracks))
    found: dict[int, bytes] = {}
    for _, port, data in tape.moments:
        if not isinstance(data, bool):
            found[port] = found.get(port, b"") + data
    return found


def reports(driver: Any, data: bytes) -> int:
    """How many reports a driver of the firmware reads; none may be bad."""
    at = count = 0
    while at < len(data):
        at = driver.feed(data, at, len(data))
        count += driver.ready
    assert driver.bad_frames == 0
    return count


@pytest.mark.parametrize(("kind", "driver"), [("ld2450", Ld2450), ("c4001", C4001), ("ld2410", Ld2410)])
def test_every_kind_of_sensor_sends_its_own_reports(kind: str, driver: type) -> None:
    track = walkers()[0]
    found = rendered(kind, [track])
    assert list(found) == [0]
    assert reports(driver(), found[0]) == pytest.approx(10 * track.end_s, abs=2)


def test_a_sensor_of_vehicles_comes_second_and_sees_the_car_only() -> None:
    car = Track("car", "car", (0.0, 10.0), (25.0, -5.0), (-60.0, 8.0))
    found = rendered("ld2451", [car])
    assert sorted(found) == [0, 1]
    assert reports(Ld2451(), found[1]) == 101
    assert not rendered("ld2451", walkers()[:1])[1].strip(b"\xf4\xf3\xf2\xf1\x00\xf8\xf7\xf6\xf5")


def test_a_sensor_of_vehicles_alone_is_no_sign() -> None:
    place = POLE.model_dump(include={"id", "x", "y", "azimuth_deg", "kerb"})
    with pytest.raises(ValueError, match="sees people"):
        SignPole.model_validate({**place, "sensor": [{"kind": "ld2451"}]})


def test_a_sensor_that_nobody_knows_is_refused() -> None:
    with pytest.raises(SceneError, match=r"ld2450 \| c4001"):
        site_of(ReplayOptions("corner-a", sensor="lidar"))
