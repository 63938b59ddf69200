"""Scenes: what ships is sound, what does not fit is refused, and the messages keep the contract's shape."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.errors import SceneError
from gangvakt_sim.world.geometry import Pose, contains
from gangvakt_sim.world.messages import scene_message, sign_config, world_message
from gangvakt_sim.world.scene import SITES_DIR, Scene, load_scene, scene_names
from gangvakt_sim.world.track import Actor

places = st.floats(-50, 50)


def changed(tmp_path: Path, old: str, new: str) -> SceneError:
    """The refusal of the storgata scene with one text changed."""
    text = (SITES_DIR / "storgata.toml").read_text()
    assert old in text
    path = tmp_path / "changed.toml"
    path.write_text(text.replace(old, new))
    with pytest.raises(SceneError) as caught:
        load_scene(path)
    return caught.value


@pytest.mark.parametrize("name", scene_names())
def test_shipped_scenes_carry_the_name_of_their_file(name: str) -> None:
    assert load_scene(name).name == name


@pytest.mark.parametrize("name", scene_names())
def test_the_road_is_on_the_right_of_every_sign_s_kerb(name: str) -> None:
    scene = load_scene(name)
    for sign in scene.signs:
        (ax, ay), (bx, by) = scene.kerbs[sign.kerb]
        to_the_right = (ax + bx) / 2 + (by - ay) * 0.1, (ay + by) / 2 - (bx - ax) * 0.1
        assert contains(scene.crossing, to_the_right)
        assert not contains(scene.crossing, (sign.x, sign.y))


def test_the_recorded_sites_are_nine_metres_wide() -> None:
    widths = [load_scene(f"corner-{site}").crossing_width_m for site in "ab"]
    assert widths == pytest.approx([9.0, 9.0], abs=0.01)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("x = -3.0", 'x = "left"', "sign.0.x"),
        ("x = -3.0", "x = nan", "sign.0.x"),
        ("kerb = 1", "kerb = 2", "sign.1.kerb"),
        ("people_per_minute = 4.0", "people_per_minute = -1", "traffic.people_per_minute"),
        ('title = "Storgata"', 'titel = "Storgata"', "title"),
        ('kind = "cyclist"', 'kind = "tram"', "traffic.lanes.2.kind"),
        ("kerb = 1\n", 'kerb = 1\nsensor = [{ kind = "lidar" }]\n', "sign.1.sensor.0.kind"),
        ("kerb = 1\n", "kerb = 1\nlamps = { dim_pct = 101 }\n", "sign.1.lamps.dim_pct"),
        ("speed_limit_km_h = 50", "speed_limit_km_h = 500", "speed_limit_km_h"),
    ],
)
def test_a_bad_field_is_named(tmp_path: Path, old: str, new: str, field: str) -> None:
    assert changed(tmp_path, old, new).field == field


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            "[[2.0, 0.0], [-2.0, 0.0], [-2.0, 7.0], [2.0, 7.0]]",
            "[[-2.0, 0.0], [2.0, 0.0], [2.0, 7.0], [-2.0, 7.0]]",
            "clockwise",
        ),
        ("bounds = [-32.0", "bounds = [40.0", "xmin < xmax"),
        ('id = "north"', 'id = "south"', "id of its own"),
        ("x = 3.0", "x = 300.0", "outside"),
        ('name = "storgata"', "name = ", "TOML"),
        ("[32.0, 0.0], [32.0, 7.0]", "[32.0, 7.0], [32.0, 0.0]", "do not cross"),
        ("azimuth_deg = -45.0", "azimuth_deg = 180.0", "at least half of its kerb"),
        ("kerb = 1\n", "kerb = 1\npolicy = { hold_min_ms = 7 }\n", "hold_min_ms is 7; allowed: 3000..30000"),
        ("kerb = 1\n", "kerb = 1\npolicy = { hold = 7 }\n", "hold is 7; allowed: no such field"),
        ("kerb = 1\n", 'kerb = 1\nsensor = [{ kind = "ld2450" }, { kind = "c4001" }]\n', "port of its own"),
    ],
)
def test_what_does_not_fit_together_says_why(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert why in str(changed(tmp_path, old, new))


def test_an_unknown_scene_names_those_that_exist() -> None:
    with pytest.raises(SceneError, match="corner-a, corner-b, storgata"):
        load_scene("atlantis")


def test_the_sign_s_configuration_is_whole_millimetres_and_hundredths() -> None:
    scene = load_scene("corner-a")
    config = sign_config(scene, scene.sign("a"))
    assert config["sensor_azimuth_cdeg"] == -6318
    assert (config["kerb_a_x_mm"], config["kerb_b_y_mm"]) == (170, 3780)
    assert all(isinstance(value, int) for name, value in config.items() if name.endswith(("_mm", "_cdeg")))


def test_the_scene_message_is_json_and_complete() -> None:
    message = json.loads(json.dumps(scene_message(load_scene("storgata"))))
    assert list(message) == ["v", "name", "bounds", "road", "pavements", "crossing", "kerbs", "signs"]
    assert message["signs"][0] == {
        "sign": "south", "x": -3.0, "y": -0.4, "azimuth_deg": -45.0, "range_m": 6.0, "half_fan_deg": 60.0,
    }  # fmt: skip


def test_the_world_message_shows_actors_and_light() -> None:
    actor = Actor("p1", "pedestrian", 1.23456, -2.0, 90.0, 1.4)
    message = world_message(12.3000004, [actor], {"north": (True, False)})
    assert message == {
        "v": 1,
        "t_s": 12.3,
        "actors": [
            {"id": "p1", "kind": "pedestrian", "x": 1.23, "y": -2.0, "heading_deg": 90.0, "speed_m_s": 1.4}
        ],
        "lamps": {"north": [1, 0]},
    }


def test_a_sensor_s_x_axis_points_to_the_right_of_its_look_direction() -> None:
    assert Pose(1.0, 1.0, 90.0).to_sensor((3.0, 5.0)) == pytest.approx((2.0, 4.0))


@given(places, places, st.floats(-360, 360), places, places)
def test_sensor_and_site_coordinates_are_inverse(
    x: float, y: float, azimuth: float, px: float, py: float
) -> None:
    pose = Pose(x, y, azimuth)
    assert pose.to_site(*pose.to_sensor((px, py))) == pytest.approx((px, py), abs=1e-6)


def test_a_scene_without_that_sign_says_which_it_has() -> None:
    scene: Scene = load_scene("storgata")
    with pytest.raises(SceneError, match="south, north"):
        scene.sign("west")


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: f"name = {text}".encode()))
def test_any_bytes_are_a_scene_or_refused(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(data)
        file.flush()
        with pytest.raises(SceneError):
            load_scene(file.name)


def test_policy_and_lamps_go_into_the_configuration(tmp_path: Path) -> None:
    text = (SITES_DIR / "corner-a.toml").read_text()
    extra = 'lamps = { pattern = "steady", dim_pct = 40 }\npolicy = { hold_min_ms = 9000 }\nkerb = 0'
    path = tmp_path / "site.toml"
    path.write_text(text.replace("kerb = 0", extra))
    scene = load_scene(path)
    config = sign_config(scene, scene.signs[0])
    assert (config["pattern"], config["dim_pct"], config["hold_min_ms"]) == ("steady", 40, 9000)


def test_a_sensor_may_have_a_pose_and_a_reach_of_its_own(tmp_path: Path) -> None:
    text = (SITES_DIR / "corner-a.toml").read_text()
    path = tmp_path / "site.toml"
    path.write_text(text.replace('kind = "ld2450"', 'kind = "ld2450"\nx = -3.0\nrange_m = 5.5'))
    sign = load_scene(path).signs[0]
    assert (sign.pose.x, sign.pose.y, sign.radar.range_m, sign.radar.half_fan_deg) == (-3.0, 4.4, 5.5, 60.0)
