"""The picture of a replayed track: well-formed SVG that shows what it should."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.picture.replayed import LIT, draw_replayed
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.scene import load_scene, scene_names
from gangvakt_sim.world.track import Track


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
