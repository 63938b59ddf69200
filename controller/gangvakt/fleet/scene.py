"""Simulated crossings: the street as drawn (Scene) and who moves on it (World). Metres, degrees, m/s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gangvakt.fleet.names import SiteId

Point = tuple[float, float]


@dataclass(frozen=True)
class SceneSign:
    """Where a sign stands, where its radar looks (degrees counter-clockwise from x) and how far."""

    sign: str
    x_m: float
    y_m: float
    azimuth_deg: float
    range_m: float
    half_fan_deg: float


@dataclass(frozen=True)
class Scene:
    """The street; `bounds_m` is (x min, y min, x max, y max).

    `faults` are those that its simulator causes when it is ordered to; none, and it takes no orders.
    """

    site: SiteId
    name: str
    bounds_m: tuple[float, float, float, float]
    road: tuple[Point, ...]
    pavements: tuple[tuple[Point, ...], ...]
    crossing: tuple[Point, ...]
    kerbs: tuple[tuple[Point, Point], ...]
    signs: tuple[SceneSign, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Actor:
    """Somebody on the street."""

    id: str
    kind: str
    x_m: float
    y_m: float
    heading_deg: float
    speed_m_s: float


@dataclass(frozen=True)
class SceneFault:
    """What the simulator does to a sign, for so many seconds more."""

    sign: str
    fault: str
    left_s: int


@dataclass(frozen=True)
class OrderFate:
    """What became of the newest order; `field`, `value` and `allowed` where it was refused."""

    id: str
    ok: bool
    field: str = ""
    value: str = ""
    allowed: str = ""


@dataclass(frozen=True)
class World:
    """One instant; `lamps` is the light really given by each sign, left and right."""

    site: SiteId
    t_s: float
    actors: tuple[Actor, ...]
    lamps: Mapping[str, tuple[bool, bool]]
    received_ms: int
    faults: tuple[SceneFault, ...] = ()
    order: OrderFate | None = None
