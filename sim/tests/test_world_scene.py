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
from gangvakt_sim.world.scene import SITES_DIR, Scene, Sensor, load_scene, scene_names
from gangvakt_sim.world.track import Actor

KERB = "kerb = 1\n"

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
        (KERB, KERB + 'sensor = [{ kind = "lidar" }]\n', "sign.1.sensor.0.kind"),
        (KERB, KERB + "lamps = { dim_pct = 101 }\n", "sign.1.lamps.dim_pct"),
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
        ('id = "north"', 'id = "south"', "another one for every sign"),
        ("x = 3.0", "x = 300.0", "sign north, x and y is (300.0, 7.4); allowed: within the bounds"),
        ('name = "storgata"', "name = ", "TOML"),
        ("[32.0, 0.0], [32.0, 7.0]", "[32.0, 7.0], [32.0, 0.0]", "do not cross"),
        ("azimuth_deg = -45.0", "azimuth_deg = 180.0", "view of kerb line 0 is '0%'; allowed: a pose"),
        (KERB, KERB + "policy = { hold_min_ms = 7 }\n", "policy.hold_min_ms is '7'; allowed: 3000..30000"),
        (KERB, KERB + "policy = { hold = 7 }\n", "policy.hold is '7'; allowed: no such field"),
        (KERB, KERB + 'sensor = [{ kind = "ld2450" }, { kind = "c4001" }]\n', "another one for"),
        (KERB, KERB + 'sensor = [{ kind = "ld2451" }]\n', "first one that sees people"),
        ("[-32.0, 12.0]],\n]", "[0.0, 3.0]],\n]", "do not cross"),
    ],
)
def test_what_does_not_fit_together_says_why(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert why in str(changed(tmp_path, old, new))


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("x = -3.0", "x = nan", "more than -1000, less than 1000"),
        ("x = -3.0", "x = 1000.0", "more than -1000, less than 1000"),
        (KERB, KERB + "height_m = 0.1\n", "at least 0.5, at most 6"),
        (KERB, KERB + "lamps = { dim_pct = 101 }\n", "at least 5, at most 100"),
        (KERB, KERB + "pir = { range_m = 0.0 }\n", "more than 0, at most 30"),
        (KERB, KERB + 'sensor = [{ kind = "c4001", range_m = 900 }]\n', "more than 0, at most 100"),
        (KERB, KERB + 'sensor = [{ kind = "lidar" }]\n', "'ld2450', 'c4001', 'ld2410' or 'ld2451'"),
        ("people_per_minute = 4.0", "people_per_minute = 61", "at least 0, at most 60"),
        ("speed_m_s = 11.0", "speed_m_s = 0.5", "more than 0.5, at most 40"),
        ("[[32.0, 5.0], ", "[[32.0, 5000.0], ", "more than -1000, less than 1000"),
        ('title = "Storgata"\n', "", "a value: the field is required"),
    ],
)
def test_a_value_out_of_bounds_is_told_all_that_is_allowed(
    tmp_path: Path, old: str, new: str, allowed: str
) -> None:
    error = changed(tmp_path, old, new)
    assert error.allowed == allowed
    assert str(error).startswith(str(tmp_path))


def test_a_road_that_the_firmware_cannot_take_is_refused(tmp_path: Path) -> None:
    path, text = tmp_path / "wide.toml", (SITES_DIR / "corner-a.toml").read_text()
    near, far = "[3.61, 10.16], [6.52, 7.27]]\n\n", "[33.61, 40.16], [36.52, 37.27]]\n\n"
    assert near in text
    path.write_text(text.replace(near, far))
    with pytest.raises(SceneError, match=r"crossing_width_mm is '51428'; allowed: 2000\.\.30000"):
        load_scene(path)


def test_an_unknown_scene_names_those_that_exist() -> None:
    with pytest.raises(SceneError, match="corner-a, corner-b, storgata"):
        load_scene("atlantis")


def test_the_sign_s_configuration_is_whole_millimetres_and_hundredths() -> None:
    scene = load_scene("corner-a")
    config = sign_config(scene, scene.sign("a"))
    assert config["sensor_azimuth_cdeg"] == -6318
    assert (config["kerb_a_x_mm"], config["kerb_b_y_mm"]) == (170, 3780)
    assert all(isinstance(value, int) for name, value in config.items() if name.endswith(("_mm", "_cdeg")))


def test_the_sign_s_configuration_names_the_radars_at_its_ports_and_their_poses() -> None:
    scene = load_scene("corner-a")
    one = sign_config(scene, scene.sign("a"))
    assert (one["radar_kind"], one["second_kind"]) == ("ld2450", "none")
    sensors = (Sensor(kind="c4001"), Sensor(kind="ld2410", port="near", x=-3.0, azimuth_deg=200.0))
    two = sign_config(scene, scene.sign("a").model_copy(update={"sensors": sensors}))
    assert (two["radar_kind"], two["second_kind"]) == ("c4001", "ld2410")
    assert (two["second_x_mm"], two["second_y_mm"], two["second_azimuth_cdeg"]) == (-3000, 4400, -16000)


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
