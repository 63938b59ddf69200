"""Recorded tracks from CSV or CSV.GZ files with the columns track, kind, t (s), x, y (m), in any order."""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from gangvakt_sim.errors import TrackError
from gangvakt_sim.world.track import KINDS, Kind, Track

COLUMNS = ("track", "kind", "t", "x", "y")
MAX_ROWS = 2_000_000  # 22 hours of one person at 25 Hz; more is not a file for this tool
MAX_LINE_CHARS = 1000
MAX_ID_CHARS = 64
MAX_PLACE_M = 1000.0
MAX_TIME_S = 1_000_000.0
GZIP_MAGIC = b"\x1f\x8b"
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")  # narrower than float()


@dataclass
class _Samples:
    kind: Kind
    t: list[float] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)


def read_tracks(path: Path, max_rows: int = MAX_ROWS) -> list[Track]:
    """All tracks of a file in the order of their first row.

    TrackError names file, line, column, the value found and what is allowed.
    """
    try:
        with path.open("rb") as file:
            return parse_tracks(file, str(path), max_rows)
    except OSError as error:
        raise TrackError(
            str(path), 0, "file", error.strerror or str(error), "a readable CSV or CSV.GZ file"
        ) from error


def parse_tracks(file: BinaryIO, name: str, max_rows: int = MAX_ROWS) -> list[Track]:
    """As `read_tracks`, from an open file; `name` is what errors call it."""
    packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    file.seek(0)
    raw = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    reader = csv.reader(_lines(text, name))
    try:
        return _collect(((reader.line_num, row) for row in reader), name, max_rows)
    except UnicodeDecodeError as error:
        raise TrackError(name, 0, "file", error.object[error.start : error.end], "text in UTF-8") from error
    except csv.Error as error:
        raise TrackError(name, reader.line_num, "line", str(error), "comma-separated values") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise TrackError(name, 0, "file", str(error), "a whole gzip file") from error
    finally:
        text.detach()  # the file stays the caller's to close


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    """Lines one by one; a file without line ends must not fill the memory."""
    number = 0
    while line := text.readline(MAX_LINE_CHARS + 1):
        number += 1
        if len(line) > MAX_LINE_CHARS:
            raise TrackError(name, number, "line", line[:20] + "...", f"at most {MAX_LINE_CHARS} characters")
        yield line


def _collect(rows: Iterator[tuple[int, list[str]]], name: str, max_rows: int) -> list[Track]:
    _, header = next(rows, (1, []))
    for column in COLUMNS:
        if header.count(column) != 1:
            raise TrackError(name, 1, column, ",".join(header)[:80], "a header that names it once")
    places = [header.index(column) for column in COLUMNS]
    found: dict[str, _Samples] = {}
    for count, (line, row) in enumerate(rows, start=1):
        if count > max_rows:
            raise TrackError(name, line, "rows", f"more than {max_rows}", f"at most {max_rows}")
        if row:
            _take(found, _Row(name, line, row, len(header)), places)
    return [Track(key, s.kind, tuple(s.t), tuple(s.x), tuple(s.y)) for key, s in found.items()]


class _Row:
    """One row, whose refusals know where they are."""

    def __init__(self, name: str, line: int, cells: list[str], width: int) -> None:
        self._name, self._line, self._cells = name, line, cells
        if len(cells) != width:
            raise self.error("cells", len(cells), f"{width}, as in the header")

    def error(self, column: str, value: object, allowed: str) -> TrackError:
        return TrackError(self._name, self._line, column, value, allowed)

    def number(self, place: int, column: str, below: float) -> float:
        text = self._cells[place].strip(" ")
        value = float(text) if NUMBER.fullmatch(text) else math.nan
        if not abs(value) < below:
            raise self.error(column, text[:40], f"a number between {-below:g} and {below:g}")
        return value

    def text(self, place: int) -> str:
        return self._cells[place]


def _take(found: dict[str, _Samples], row: _Row, places: list[int]) -> None:
    """Add a row to its track."""
    track, kind, t, x, y = places
    key = row.text(track)
    if not (0 < len(key) <= MAX_ID_CHARS and key.isprintable()):
        raise row.error("track", key[:40], f"1 to {MAX_ID_CHARS} printable characters")
    samples = found.setdefault(key, _Samples(_kind(row, row.text(kind))))
    if row.text(kind) != samples.kind:
        raise row.error("kind", row.text(kind), f"{samples.kind}, as in the track's first row")
    t_s = row.number(t, "t", MAX_TIME_S)
    if samples.t and t_s < samples.t[-1]:
        raise row.error("t", row.text(t), f"at least {samples.t[-1]:g}, the time of the track's row before")
    samples.t.append(t_s)
    samples.x.append(row.number(x, "x", MAX_PLACE_M))
    samples.y.append(row.number(y, "y", MAX_PLACE_M))


def _kind(row: _Row, text: str) -> Kind:
    for kind in KINDS:
        if text == kind:
            return kind
    raise row.error("kind", text[:40], " | ".join(KINDS))
