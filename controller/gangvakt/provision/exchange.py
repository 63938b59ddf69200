"""Tables that go out and come in again as CSV (RFC 4180) and GeoJSON (RFC 7946), whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from gangvakt.errors import ImportRefused, Refusal, RowRefusal
from gangvakt.provision.allowed import allowed_of
from gangvakt.provision.file_wire import MOST_ROWS

LARGEST_FILE = 1024 * 1024  # bytes
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would obey when a cell begins with it
GUARD = "'"

Raw = tuple[int, Mapping[str, Any] | Refusal]
"""A line and its cells by their columns, unchecked; or why it has no such cells."""
R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


class Reader(Protocol[R_co]):
    """Makes rows of a file's bytes; `source` names it in refusals. ImportRefused with every row that is
    refused, and nothing is read then."""

    def __call__(self, data: bytes, source: str) -> tuple[R_co, ...]: ...


def write_csv(columns: Sequence[str], lines: Iterable[Mapping[str, object]]) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    for line in lines:
        writer.writerow([_guarded(line[name]) for name in columns])
    return written.getvalue()


def read_csv(
    data: bytes,
    source: str,
    columns: Sequence[str],
    numbers: Sequence[str] = (),
    may_have: Sequence[str] = (),
) -> list[Raw]:
    """The cells of each line by their columns, of which `may_have` can be missing.

    Also with a byte order mark, semicolons and decimal commas in `numbers`, as Norwegian spreadsheets write.
    """
    text = _text(data, source)
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cells)]
    except csv.Error as error:
        raise refused(source, reader.line_num, "line", str(error), "CSV as RFC 4180 has it") from error
    head = lines[0][1] if lines else []
    if sorted(name for name in head if name not in may_have) != sorted(columns) or len(set(head)) < len(head):
        raise refused(source, 1, "columns", ", ".join(head)[:80], ", ".join(columns))
    decimal = numbers if delimiter == ";" else ()
    return [(number, _values(source, head, cells, decimal)) for number, cells in lines[1:]]


def write_geojson(features: Iterable[tuple[Sequence[float] | None, Mapping[str, object]]]) -> str:
    """A feature for each point (longitude, latitude; None: not known) with its properties."""
    written = [
        {
            "type": "Feature",
            "geometry": None if place is None else {"type": "Point", "coordinates": list(place)},
            "properties": properties,
        }
        for place, properties in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": written}, indent=1, ensure_ascii=False)


def read_geojson(data: bytes, source: str) -> list[tuple[int, object]]:
    """The features, counted from 1, none of them checked."""
    try:
        read = json.loads(_text(data, source))
    except (ValueError, RecursionError) as error:
        raise refused(source, 1, "file", type(error).__name__, "GeoJSON") from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list):
        raise refused(source, 1, "features", type(features).__name__, "a FeatureCollection")
    return list(enumerate(features, 1))


def properties_of(feature: object) -> dict[str, Any]:
    """Empty for what is no feature: what it lacks is refused by name."""
    told = feature.get("properties") if isinstance(feature, dict) else None
    return dict(told) if isinstance(told, dict) else {}


def checked_rows(
    raw: Sequence[tuple[int, Any]], source: str, make: Callable[[int, Any], R], key: str
) -> tuple[R, ...]:
    """`make` of the line and what stands there; the rows' field `key` is their name, which may come once."""
    rows: dict[str, R] = {}
    refusals: list[RowRefusal] = []
    if len(raw) > MOST_ROWS:
        raise refused(source, raw[MOST_ROWS][0], "rows", len(raw), f"at most {MOST_ROWS}")
    for line, values in raw:
        try:
            if isinstance(values, Refusal):
                raise values
            row = make(line, values)
        except ValidationError as error:
            refusals += [_row_refusal(line, dict(one)) for one in error.errors()]
        except Refusal as error:
            refusals.append(RowRefusal(line, error.field, error.value, error.allowed))
        else:
            name = getattr(row, key)
            if name in rows:
                refusals.append(RowRefusal(line, key, name, f"each {key} once"))
            rows[name] = row
    if refusals:
        raise ImportRefused(source, refusals)
    return tuple(rows.values())


def refused(source: str, line: int, field: str, value: object, allowed: str) -> ImportRefused:
    return ImportRefused(source, [RowRefusal(line, field, value, allowed)])


def _text(data: bytes, source: str) -> str:
    if len(data) > LARGEST_FILE:
        raise refused(source, 1, "size", len(data), f"at most {LARGEST_FILE} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(source, 1, "encoding", f"byte {error.start}", "UTF-8: save it as CSV UTF-8") from error


def _guarded(value: object) -> object:
    if isinstance(value, str) and value.startswith((*FORMULA, GUARD)):
        return GUARD + value
    return "" if value is None else value


def _values(
    source: str, head: Sequence[str], cells: Sequence[str], decimal: Sequence[str]
) -> dict[str, Any] | Refusal:
    if len(cells) != len(head):
        return Refusal(source, "columns", len(cells), f"{len(head)}, as in the first line")
    texts = (cell[1:] if cell.startswith(GUARD) else cell for cell in cells)
    given = dict(zip(head, texts, strict=True))
    return {name: text.replace(",", ".") if name in decimal else text for name, text in given.items()}


def _row_refusal(line: int, error: Mapping[str, Any]) -> RowRefusal:
    field = ".".join(str(part) for part in error["loc"]) or "row"
    value = None if error["type"] == "missing" else str(error["input"])[:80]
    return RowRefusal(line, field, value, allowed_of(error))
