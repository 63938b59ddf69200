"""Descriptions of crossings as CSV (RFC 4180) and GeoJSON (RFC 7946), out and in again without loss."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from gangvakt.errors import ImportRefused, Refusal, RowRefusal
from gangvakt.provision.file_wire import MOST_ROWS, SiteFileIn, SiteFileOut, SiteRow

LARGEST_FILE = 1024 * 1024  # bytes
APPROVAL = ("decision", "decided_on", "patterns", "dim_max_pct")
NUMBERS = ("lat_deg", "lon_deg", "road_width_m", "speed_limit_kmh", "dim_max_pct")
COLUMNS = ("site", *NUMBERS[:2], "street", *NUMBERS[2:4], "poles", *APPROVAL)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would obey when a cell begins with it
GUARD = "'"
LONGEST_CELL = 2000


def to_csv(sites: Sequence[SiteFileOut]) -> str:
    """A line a crossing; a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for site in sites:
        cells = _cells(site)
        writer.writerow([_guarded(cells[name]) for name in COLUMNS])
    return written.getvalue()


def from_csv(data: bytes, source: str) -> tuple[SiteRow, ...]:
    """Also with a byte order mark, semicolons and decimal commas, as Norwegian spreadsheets write it.

    ImportRefused with every row that is refused, and nothing read then.
    """
    text = _text(data, source)
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cells)]
    except csv.Error as error:
        raise _refused(source, reader.line_num, "line", str(error), "CSV as RFC 4180 has it") from error
    if not lines or sorted(lines[0][1]) != sorted(COLUMNS):
        told = ", ".join(lines[0][1])[:80] if lines else ""
        raise _refused(source, 1, "columns", told, ", ".join(COLUMNS))
    head = lines[0][1]
    raw = [(number, _values(head, cells, delimiter)) for number, cells in lines[1:]]
    return _checked(raw, source)


def to_geojson(sites: Sequence[SiteFileOut]) -> str:
    """A feature a crossing, without a geometry where the position is not known."""
    features = [_feature(site) for site in sites]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1, ensure_ascii=False)


def from_geojson(data: bytes, source: str) -> tuple[SiteRow, ...]:
    """ImportRefused with every feature that is refused, counted from 1, and nothing read then."""
    try:
        read = json.loads(_text(data, source))
    except (ValueError, RecursionError) as error:
        raise _refused(source, 1, "file", type(error).__name__, "GeoJSON") from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list):
        raise _refused(source, 1, "features", type(features).__name__, "a FeatureCollection")
    return _checked([(number, _of_feature(one)) for number, one in enumerate(features, 1)], source)


def _text(data: bytes, source: str) -> str:
    if len(data) > LARGEST_FILE:
        raise _refused(source, 1, "size", len(data), f"at most {LARGEST_FILE} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(source, 1, "encoding", f"byte {error.start}", "UTF-8: save it as CSV UTF-8") from error


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


def _guarded(value: object) -> object:
    if isinstance(value, str) and value.startswith((*FORMULA, GUARD)):
        return GUARD + value
    return "" if value is None else value


def _values(head: Sequence[str], cells: Sequence[str], delimiter: str) -> dict[str, Any]:
    if len(cells) != len(head):
        return {"columns": len(cells)}
    given: dict[str, Any] = {}
    for name, cell in zip(head, cells, strict=True):
        text = cell[1:] if cell.startswith(GUARD) else cell
        given[name] = text.replace(",", ".") if delimiter == ";" and name in NUMBERS else text
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


def _feature(site: SiteFileOut) -> dict[str, object]:
    properties = site.model_dump(
        mode="json", include={"site", *SiteFileIn.model_fields} - {"lat_deg", "lon_deg"}
    )
    point = None
    if site.lat_deg is not None:
        point = {"type": "Point", "coordinates": [site.lon_deg, site.lat_deg]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def _of_feature(feature: object) -> dict[str, Any]:
    told = feature if isinstance(feature, dict) else {}
    properties, point = told.get("properties"), told.get("geometry")
    given = dict(properties) if isinstance(properties, dict) else {}
    if point is None:
        return given
    place = point.get("coordinates") if isinstance(point, dict) and point.get("type") == "Point" else None
    if not isinstance(place, list) or len(place) not in (2, 3):
        return {**given, "lat_deg": str(point)[:80]}
    return {**given, "lon_deg": place[0], "lat_deg": place[1]}


def _checked(raw: Sequence[tuple[int, Mapping[str, Any]]], source: str) -> tuple[SiteRow, ...]:
    rows: dict[str, SiteRow] = {}
    refusals: list[RowRefusal] = []
    if len(raw) > MOST_ROWS:
        raise _refused(source, raw[MOST_ROWS][0], "rows", len(raw), f"at most {MOST_ROWS}")
    for line, values in raw:
        try:
            row = SiteRow.model_validate(values)
        except ValidationError as error:
            refusals += [_row_refusal(line, dict(one)) for one in error.errors()]
        except Refusal as error:
            refusals.append(RowRefusal(line, error.field, error.value, error.allowed))
        else:
            if row.site in rows:
                refusals.append(RowRefusal(line, "site", row.site, "each crossing once"))
            rows[row.site] = row
    if refusals:
        raise ImportRefused(source, refusals)
    return tuple(rows.values())


def _row_refusal(line: int, error: Mapping[str, Any]) -> RowRefusal:
    field = ".".join(str(part) for part in error["loc"]) or "row"
    return RowRefusal(line, field, str(error["input"])[:80], str(error["msg"]))


def _refused(source: str, line: int, field: str, value: object, allowed: str) -> ImportRefused:
    return ImportRefused(source, [RowRefusal(line, field, value, allowed)])
