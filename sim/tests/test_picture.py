"""The picture of a replayed track: well-formed SVG that shows what it should."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest

from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.offline.sighting import sightings
from gangvakt_sim.offline.spool import Recording, Sent, Spool
from gangvakt_sim.picture.plan import DARK, LIT
from gangvakt_sim.picture.recorded import draw_recorded
from gangvakt_sim.picture.replayed import draw_replayed
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.ld2410_model import Ld2410Model
from gangvakt_sim.world.ld2450 import NO_TARGET, Target, encode_frame, encode_target
from gangvakt_sim.world.scene import Sensor, SignPole, load_scene, scene_names
from gangvakt_sim.world.track import Actor, Track


def texts(svg: str) -> str:
    return " ".join(element.text or "" for element in ET.fromstring(svg).iter())


@pytest.mark.parametrize("name", scene_names())
def test_a_warned_crosser_is_drawn_with_light_and_kerb(name: str) -> None:
    scene = load_scene(name)
    pole = scene.signs[0]
    crossing = Crossing(scene, pole)
    x, y = zip(*(crossing.place(-5 + t, crossing.length_m / 2) for t in range(11)), strict=True)
    track = Track("<p> & q", "pedestrian", tuple(range(11)), x, y)
    outcome = Outcome(track.id, ((2.0, None),), ("approach",), (), crossing.stride(track), track)
    svg = draw_replayed(scene, pole, outcome)
    assert all(
        word in texts(svg) for word in ("<p> & q", "2 m", "kerb", "warning begins", "approach", "10 s")
    )
    assert LIT in svg


def test_a_track_of_one_sample_can_be_drawn() -> None:
    scene = load_scene("corner-a")
    track = Track("p", "pedestrian", (3.0,), (0.0,), (0.0,))
    stride = Crossing(scene, scene.signs[0]).stride(track)
    assert "no warning" in texts(
        draw_replayed(scene, scene.signs[0], Outcome("p", (), (), (), stride, track))
    )


def test_without_a_track_there_is_nothing_to_draw() -> None:
    scene = load_scene("corner-a")
    with pytest.raises(ValueError, match="no track"):
        draw_replayed(scene, scene.signs[0], Outcome("p", (), (), ()))


def recorded(pole: SignPole, *lines: tuple[float, int, bytes | bool]) -> Recording:
    first, *rest = (Sent(*line) for line in lines)
    recording = Recording("r", first, Spool(io.BytesIO()))
    for sent in rest:
        recording.add(sent)
    return recording


def test_recorded_targets_are_where_the_sensor_puts_them() -> None:
    pole = load_scene("corner-a").signs[0]
    frame = encode_frame([encode_target(Target(500, 3000, 0)), NO_TARGET, NO_TARGET])
    recording = recorded(pole, (0.0, 0, frame[:7]), (0.1, 0, frame[7:]), (0.2, 0, True), (0.3, 0, b"junk"))
    (seen,) = sightings(recording, pole)
    assert (seen.t_s, seen.port) == (0.1, 0)
    assert seen.place == pytest.approx(pole.pose.to_site(0.5, 3.0))


def test_a_recording_is_drawn_with_its_targets_and_the_report_that_decided() -> None:
    scene = load_scene("corner-a")
    pole = scene.signs[0]
    frames = [
        encode_frame([encode_target(Target(100, 4000 - 140 * n, 0)), NO_TARGET, NO_TARGET]) for n in range(20)
    ]
    recording = recorded(pole, *((n / 10, 0, frame) for n, frame in enumerate(frames)))
    outcome = Outcome("r", ((1.02, None),), ("approach",), ())
    svg = draw_recorded(scene, pole, outcome, sightings(recording, pole), (0.0, 1.9))
    assert "20 targets reported; warned for “approach” at 1.02 s" in texts(svg)
    circles = [e.attrib for e in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}circle")]
    dots = [c for c in circles if c["fill"] in (LIT, DARK) and c["r"] == "3.5"]
    rings = [c for c in circles if c["fill"] == "none"]
    assert len(dots) == 20 + 2  # and two in the legend
    assert (rings[0]["cx"], rings[0]["cy"]) == (dots[10]["cx"], dots[10]["cy"])


def test_a_distance_without_a_direction_is_an_arc() -> None:
    scene = load_scene("corner-a")
    sensors = (Sensor(kind="c4001"), Sensor(kind="ld2410", port="near"))
    pole = scene.signs[0].model_copy(update={"sensors": sensors})
    line, report = b"$DFDMD,1,1,3.000,-1.200,900, , *\r\n", Ld2410Model(pole.pose, 1)
    somebody = Actor("a", "pedestrian", *pole.pose.to_site(0.0, 2.0), 0.0, 1.4)
    reports = [report.frame(n / 10, [somebody]) for n in range(5)]
    recording = recorded(pole, (0.0, 0, line), *((n / 10, 1, data) for n, data in enumerate(reports)))
    seen = sightings(recording, pole)
    assert [one.place for one in seen] == [None] * len(seen)
    assert {one.port for one in seen} == {0, 1}
    assert draw_recorded(scene, pole, Outcome("r", (), (), ()), seen, (0.0, 1.0)).count("<polyline") == len(
        seen
    )
