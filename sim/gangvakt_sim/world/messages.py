"""What a scene means to others: a sign's config.json, and the messages `scene` and `world` for the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.track import Actor

if TYPE_CHECKING:  # a scene is checked by what it means to a sign
    from gangvakt_sim.world.scene import Scene, SignPole

MESSAGE_VERSION = 1


def sign_config(scene: Scene, sign: SignPole) -> dict[str, object]:
    """Contents of config.json for a sign; what is left out keeps the firmware's default."""
    (ax, ay), (bx, by) = scene.kerbs[sign.kerb]
    lengths = {
        "sensor_x_mm": sign.pose.x,
        "sensor_y_mm": sign.pose.y,
        "kerb_a_x_mm": ax,
        "kerb_a_y_mm": ay,
        "kerb_b_x_mm": bx,
        "kerb_b_y_mm": by,
        "crossing_width_mm": scene.crossing_width_m,
    }
    millimetres = {name: round(value * 1000) for name, value in lengths.items()}
    lamps = {"pattern": sign.lamps.pattern, "dim_pct": sign.lamps.dim_pct}
    azimuth = {"sensor_azimuth_cdeg": _cdeg(sign.pose.azimuth_deg)}
    radars = {"radar_kind": sign.sensors[0].kind, **_second(sign)}
    senses = {} if sign.pir else {"pir_enabled": False}
    return {
        "version": 1,
        "mode": "active",
        **senses,
        **lamps,
        **azimuth,
        **millimetres,
        **radars,
        **sign.policy,
    }


def _second(sign: SignPole) -> dict[str, object]:
    """Kind and pose of the sensor at port 1."""
    if len(sign.sensors) == 1:
        return {"second_kind": "none"}
    second = sign.sensors[1]
    pose = sign.pose_of(second)
    return {
        "second_kind": second.kind,
        "second_x_mm": round(pose.x * 1000),
        "second_y_mm": round(pose.y * 1000),
        "second_azimuth_cdeg": _cdeg(pose.azimuth_deg),
    }


def _cdeg(azimuth_deg: float) -> int:
    """Hundredths of a degree from -18000 to 17999."""
    return (round(azimuth_deg * 100) + 18000) % 36000 - 18000


def scene_message(scene: Scene) -> dict[str, object]:
    """The retained message that says what to draw; metres and degrees."""
    return {
        "v": MESSAGE_VERSION,
        "name": scene.title,
        "bounds": list(scene.bounds),
        "road": _points(scene.road),
        "pavements": [_points(pavement) for pavement in scene.pavements],
        "crossing": _points(scene.crossing),
        "kerbs": [_points(kerb) for kerb in scene.kerbs],
        "signs": [_sign_view(sign) for sign in scene.signs],
    }


def _points(points: Iterable[Point]) -> list[list[float]]:
    return [list(point) for point in points]


def _sign_view(sign: SignPole) -> dict[str, object]:
    return {
        "sign": sign.id,
        "x": sign.pose.x,
        "y": sign.pose.y,
        "azimuth_deg": sign.pose.azimuth_deg,
        "range_m": sign.radar.range_m,
        "half_fan_deg": sign.radar.half_fan_deg,
    }


def world_message(
    t_s: float,
    actors: Iterable[Actor],
    lamps: Mapping[str, tuple[bool, bool]],
    faults: Mapping[str, Iterable[tuple[str, int]]] | None = None,
    order: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """One moment of the street; `lamps` is the light that really leaves each sign, left and right, `faults`
    what is wrong with each and for how many seconds more, `order` what became of the last one."""
    more: dict[str, object] = {} if order is None else {"order": dict(order)}
    if faults is not None:
        more["faults"] = [
            {"sign": sign, "fault": name, "left_s": left_s}
            for sign, standing in faults.items()
            for name, left_s in standing
        ]
    return more | {
        "v": MESSAGE_VERSION,
        "t_s": round(t_s, 3),
        "actors": [_actor_view(actor) for actor in actors],
        "lamps": {sign: [int(left), int(right)] for sign, (left, right) in lamps.items()},
    }


def _actor_view(actor: Actor) -> dict[str, object]:
    return {
        "id": actor.id,
        "kind": actor.kind,
        "x": round(actor.x, 2),
        "y": round(actor.y, 2),
        "heading_deg": round(actor.heading_deg, 1),
        "speed_m_s": round(actor.speed_m_s, 2),
    }
