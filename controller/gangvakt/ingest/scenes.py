"""Simulated crossings: from checked JSON to the values of the live model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gangvakt.fleet import Actor, Point, Scene, SceneSign, SiteId, World
from gangvakt.fleet.scene import OrderFate, SceneFault
from gangvakt.ingest.schema import check


def parse_scene(site: SiteId, message: dict[str, Any]) -> Scene:
    check("Scene", message)
    x_min, y_min, x_max, y_max = map(float, message["bounds"])
    return Scene(
        site=site,
        name=message["name"],
        bounds_m=(x_min, y_min, x_max, y_max),
        road=_outline(message["road"]),
        pavements=tuple(_outline(pavement) for pavement in message["pavements"]),
        crossing=_outline(message["crossing"]),
        kerbs=tuple((_point(begin), _point(end)) for begin, end in message["kerbs"]),
        signs=tuple(_sign(sign) for sign in message["signs"]),
        faults=tuple(message.get("faults", ())),
    )


def parse_world(site: SiteId, message: dict[str, Any], received_ms: int) -> World:
    check("World", message)
    return World(
        site=site,
        t_s=float(message["t_s"]),
        actors=tuple(_actor(actor) for actor in message["actors"]),
        lamps={sign: (bool(left), bool(right)) for sign, (left, right) in message["lamps"].items()},
        received_ms=received_ms,
        faults=tuple(SceneFault(**fault) for fault in message.get("faults", ())),
        order=OrderFate(**message["order"]) if "order" in message else None,
    )


def _outline(points: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    return tuple(_point(point) for point in points)


def _point(point: Sequence[float]) -> Point:
    return float(point[0]), float(point[1])


def _sign(sign: dict[str, Any]) -> SceneSign:
    numbers = (float(sign[name]) for name in ("x", "y", "azimuth_deg", "range_m", "half_fan_deg"))
    return SceneSign(sign["sign"], *numbers)


def _actor(actor: dict[str, Any]) -> Actor:
    numbers = (float(actor[name]) for name in ("x", "y", "heading_deg", "speed_m_s"))
    return Actor(actor["id"], actor["kind"], *numbers)
