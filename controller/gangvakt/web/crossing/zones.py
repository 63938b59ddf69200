"""The zone of a sign as it is drawn: its kerb line and its sensor, between metres and the fields of its
configuration; and the ways of recorded people in the same plane. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gangvakt.errors import SettingRefused

Point = tuple[float, float]

MM_PER_M, CDEG_PER_DEG = 1000, 100
LIMIT_M = 50.0  # as the fields of the firmware's table have it
PLACES = ("kerb_a", "kerb_b", "sensor")
AZIMUTH = "sensor_azimuth_cdeg"
MOST_TRAILS = 60


def drawn(values: Mapping[str, object]) -> dict[str, Any]:
    """Places in m and the azimuth in degrees, of a configuration's values; a missing one is 0."""
    places = {name: [_metres(values.get(f"{name}_{axis}_mm")) for axis in "xy"] for name in PLACES}
    return {"places": places, "azimuth": _number(values.get(AZIMUTH)) / CDEG_PER_DEG}


def fields_of(told: object) -> dict[str, int]:
    """What the drawing told, as fields. SettingRefused for what is no place within LIMIT_M."""
    given = told if isinstance(told, Mapping) else {}
    fields: dict[str, int] = {}
    for name in PLACES:
        place = given.get(name)
        pair = place if isinstance(place, Sequence) and len(place) == 2 else (None, None)
        for axis, value in zip("xy", pair, strict=True):
            fields[f"{name}_{axis}_mm"] = round(_bounded(f"{name} {axis}", value, LIMIT_M) * MM_PER_M)
    fields[AZIMUTH] = round(_bounded("azimuth", given.get("azimuth"), 360) * CDEG_PER_DEG)
    return fields


def changes(before: Mapping[str, object], fields: Mapping[str, int]) -> dict[str, object]:
    """Those fields that are not as before."""
    return {name: value for name, value in fields.items() if _number(before.get(name)) != value}


def trails(scene: Mapping[str, Any]) -> list[list[Point]]:
    """The way of each track of a replay, in m in the plane of the site."""
    if not scene.get("kerb"):
        return []
    ways: dict[int, list[Point]] = {}
    for _, _, _, tracks in scene["looks"]:
        for ident, along, across in tracks:
            ways.setdefault(ident, []).append(_on_site(scene["kerb"], along, across))
    return [way for way in ways.values() if len(way) > 1][:MOST_TRAILS]


def _on_site(kerb: Sequence[Sequence[float]], along: float, across: float) -> Point:
    """The roadway lies to the right of the way from the first end to the second."""
    (ax, ay), (bx, by) = kerb
    length = math.dist(kerb[0], kerb[1])
    ux, uy = (bx - ax) / length, (by - ay) / length
    return round(ax + along * ux + across * uy, 2), round(ay + along * uy - across * ux, 2)


def _bounded(field: str, value: object, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not -most <= value <= most:
        raise SettingRefused("zone", field, str(value)[:20], f"-{most:g}..{most:g}")
    return float(value)


def _metres(value: object) -> float:
    return _number(value) / MM_PER_M


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
