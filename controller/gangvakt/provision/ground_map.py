"""A municipality's own map below the signs: GeoJSON (RFC 7946) with bounds, of which the drawn is kept."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from gangvakt.errors import MapRefused

MOST_BYTES = 32 * 1024 * 1024
MOST_FEATURES, MOST_POINTS = 50_000, 500_000
LONGEST_NAME = 80
DEEPEST = 4  # of lists in the coordinates of a MultiPolygon
DECIMALS = 6  # of a degree: a tenth of a metre
TYPES = ("Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
DEPTHS = dict(zip(TYPES, (0, 1, 2, 2, 3), strict=True))


def read_map(source: str, content: bytes) -> bytes:
    """The map as it is kept: each feature's geometry and name. MapRefused naming what is wrong."""
    told = _parsed(source, content)
    features, points = told.get("features"), 0
    if not isinstance(features, list) or not 0 < len(features) <= MOST_FEATURES:
        count = len(features) if isinstance(features, list) else None
        raise MapRefused(source, "features", count, f"a list of 1..{MOST_FEATURES}")
    kept = []
    for number, feature in enumerate(features):
        taken, count = _feature(source, number, feature)
        points += count
        if points > MOST_POINTS:
            raise MapRefused(source, f"features[{number}]", points, f"at most {MOST_POINTS} points in all")
        kept.append(taken)
    return json.dumps({"type": "FeatureCollection", "features": kept}, separators=(",", ":")).encode()


def _parsed(source: str, content: bytes) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        raise MapRefused(source, "size", len(content), f"at most {MOST_BYTES} bytes")
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise MapRefused(source, "file", content[:20], "GeoJSON in UTF-8") from None
    if not isinstance(told, dict) or told.get("type") != "FeatureCollection":
        kind = told.get("type") if isinstance(told, dict) else type(told).__name__
        raise MapRefused(source, "type", str(kind)[:40], "FeatureCollection")
    return told


def _feature(source: str, number: int, feature: object) -> tuple[dict[str, Any], int]:
    where = f"features[{number}]"
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in TYPES:
        raise MapRefused(source, f"{where}.geometry.type", str(kind)[:40], ", ".join(TYPES))
    points = [0]
    coordinates = _coordinates(source, where, geometry.get("coordinates"), DEPTHS[kind], points)
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    named = {"name": "".join(_printable(name))[:LONGEST_NAME]} if isinstance(name, str) else {}
    kept = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": kept, "properties": named}, points[0]


def _coordinates(source: str, where: str, told: object, depth: int, points: list[int]) -> list[Any]:
    """`points` counts them."""
    if depth:
        if not isinstance(told, list) or not told:
            raise MapRefused(source, f"{where}.coordinates", str(told)[:40], "a list that is not empty")
        return [_coordinates(source, where, one, depth - 1, points) for one in told]
    points[0] += 1
    is_pair = isinstance(told, list) and len(told) in (2, 3) and all(_is_number(one) for one in told)
    if not isinstance(told, list) or not is_pair or abs(told[0]) > 180 or abs(told[1]) > 90:
        allowed = "longitude -180..180 and latitude -90..90 in degrees, WGS 84"
        raise MapRefused(source, f"{where}.coordinates", str(told)[:40], allowed)
    return [round(told[0], DECIMALS), round(told[1], DECIMALS)]


def _is_number(one: object) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)


def _printable(name: str) -> Iterator[str]:
    return (letter for letter in name if letter.isprintable())
