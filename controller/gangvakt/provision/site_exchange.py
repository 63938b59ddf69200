"""Descriptions of crossings as CSV and GeoJSON, out and in again without loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gangvakt.provision.exchange import (
    checked_rows,
    properties_of,
    read_csv,
    read_geojson,
    write_csv,
    write_geojson,
)
from gangvakt.provision.file_wire import SiteFileIn, SiteFileOut, SiteRow

APPROVAL = ("decision", "decided_on", "patterns", "dim_max_pct")
NUMBERS = ("lat_deg", "lon_deg", "road_width_m", "speed_limit_kmh", "dim_max_pct")
COLUMNS = ("site", *NUMBERS[:2], "street", *NUMBERS[2:4], "poles", *APPROVAL)


def to_csv(sites: Sequence[SiteFileOut]) -> str:
    """A line a crossing."""
    return write_csv(COLUMNS, map(_cells, sites))


def from_csv(data: bytes, source: str) -> tuple[SiteRow, ...]:
    """See Reader."""
    raw = read_csv(data, source, COLUMNS, NUMBERS)
    return checked_rows(raw, source, lambda _, cells: SiteRow.model_validate(_values(cells)), "site")


def to_geojson(sites: Sequence[SiteFileOut]) -> str:
    """A feature a crossing, without a geometry where the position is not known."""
    return write_geojson(map(_feature, sites))


def from_geojson(data: bytes, source: str) -> tuple[SiteRow, ...]:
    """See Reader."""
    raw = read_geojson(data, source)
    return checked_rows(raw, source, lambda _, told: SiteRow.model_validate(_of_feature(told)), "site")


def _cells(site: SiteFileOut) -> dict[str, object]:
    values = site.model_dump(mode="json")
    approval = values["approval"] or {}
    cells = {name: values.get(name, approval.get(name)) for name in COLUMNS}
    cells["poles"] = "; ".join(_pole_cell(pole) for pole in values["poles"])
    cells["patterns"] = "|".join(approval.get("patterns", ()))
    return cells


def _pole_cell(pole: Mapping[str, Any]) -> str:
    place = () if pole["lat_deg"] is None else (repr(pole["lat_deg"]), repr(pole["lon_deg"]))
    return ":".join((pole["pole"], pole["side"], *place))


def _values(cells: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(cells)
    given |= {name: given[name] or None for name in (*NUMBERS, *APPROVAL)}
    approval = {name: given.pop(name) for name in APPROVAL}
    approval["patterns"] = approval["patterns"].split("|") if approval["patterns"] else ()
    given["approval"] = approval if any(approval.values()) else None
    given["poles"] = [_pole(text) for text in given["poles"].split(";") if text.strip()]
    return given


def _pole(text: str) -> dict[str, object]:
    parts = text.strip().split(":")
    named: dict[str, object] = dict(zip(("pole", "side", "lat_deg", "lon_deg"), parts, strict=False))
    return named if len(parts) <= len(named) else {"pole": text[:80]}


def _feature(site: SiteFileOut) -> tuple[Sequence[float] | None, dict[str, object]]:
    wanted = {"site", *SiteFileIn.model_fields} - {"lat_deg", "lon_deg"}
    properties = site.model_dump(mode="json", include=wanted)
    if site.lat_deg is None or site.lon_deg is None:
        return None, properties
    return (site.lon_deg, site.lat_deg), properties


def _of_feature(feature: object) -> dict[str, Any]:
    given = properties_of(feature)
    point = feature.get("geometry") if isinstance(feature, dict) else None
    if point is None:
        return given
    place = point.get("coordinates") if isinstance(point, dict) and point.get("type") == "Point" else None
    if not isinstance(place, list) or len(place) not in (2, 3):
        return {**given, "lat_deg": str(point)[:80]}
    return {**given, "lon_deg": place[0], "lat_deg": place[1]}
