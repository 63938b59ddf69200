"""Recorded sensor bytes: JSON lines, read and checked.

A line is an object with `t` (s, never decreasing within its track) and either `hex` (bytes that came then) or
`pir` (0 or 1: the output changed). `port` names the sensor where the site has several, or counts it from 0;
`track` names the recording where the file holds several, one after the other or mixed. Other keys say nothing
here.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from gangvakt_sim.errors import FramesError
from gangvakt_sim.offline.spool import Recording, Sent, Spool
from gangvakt_sim.world.track_csv import GZIP_MAGIC, MAX_ID_CHARS

MAX_HEX_CHARS = 4096
MAX_LINE_CHARS = MAX_HEX_CHARS + 400
MAX_LINES = 20_000_000
MAX_TIME_S = 1e11  # far beyond the seconds since 1970
MAX_LENGTH_S = 30 * 86_400.0  # of one recording
UNNAMED = "recording"


def read_recordings(path: Path, spool: Spool, ports: Sequence[str] = ("radar",)) -> list[Recording]:
    """All recordings of a JSONL or JSONL.GZ file in the order of their first line; their bytes go to `spool`.

    FramesError names file, line, key, the value found and what is allowed.
    """
    try:
        with path.open("rb") as file:
            return parse_recordings(file, str(path), spool, ports)
    except OSError as error:
        text = error.strerror or str(error)
        raise FramesError(str(path), 0, "file", text, "a readable JSONL or JSONL.GZ file") from error


def parse_recordings(
    file: BinaryIO, name: str, spool: Spool, ports: Sequence[str] = ("radar",)
) -> list[Recording]:
    """As `read_recordings`, from an open file; `name` is what errors call it."""
    packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    file.seek(0)
    raw = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=file))) if packed else file
    found: dict[str, Recording] = {}
    number = 0
    try:
        while line := raw.readline(MAX_LINE_CHARS + 1):
            number += 1
            if number > MAX_LINES:
                raise FramesError(name, number, "lines", f"more than {MAX_LINES}", f"at most {MAX_LINES}")
            if line.strip():
                _take(found, spool, _Line(name, number, line, ports))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FramesError(name, 0, "file", str(error), "a whole gzip file") from error
    if not found:
        raise FramesError(name, 0, "lines", 0, "at least one recorded line")
    return list(found.values())


def _take(found: dict[str, Recording], spool: Spool, line: _Line) -> None:
    name, sent = line.track(), line.sent()
    recording = found.get(name)
    if recording is None:
        found[name] = Recording(name, sent, spool)
        return
    if sent.t_s < recording.end_s:
        raise line.error("t", sent.t_s, f"at least {recording.end_s:g}, the time of the track's line before")
    if sent.t_s > recording.start_s + MAX_LENGTH_S:
        latest_s = recording.start_s + MAX_LENGTH_S
        raise line.error("t", sent.t_s, f"at most {latest_s:g}, 30 days after the track's first line")
    recording.add(sent)


class _Line:
    """One line, whose refusals know where they are."""

    def __init__(self, name: str, number: int, line: bytes, ports: Sequence[str]) -> None:
        self._name, self._number, self._ports = name, number, ports
        if len(line) > MAX_LINE_CHARS:
            raise self.error("line", f"more than {MAX_LINE_CHARS} characters", f"at most {MAX_LINE_CHARS}")
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self.error("line", line[:40], "a JSON object") from error
        if not isinstance(values, dict):
            raise self.error("line", line[:40], "a JSON object")
        self._values: dict[str, object] = values

    def error(self, key: str, value: object, allowed: str) -> FramesError:
        return FramesError(self._name, self._number, key, value, allowed)

    def track(self) -> str:
        track = self._values.get("track", UNNAMED)
        if not isinstance(track, str) or not (0 < len(track) <= MAX_ID_CHARS and track.isprintable()):
            raise self.error("track", str(track)[:40], f"1 to {MAX_ID_CHARS} printable characters")
        return track

    def sent(self) -> Sent:
        if ("hex" in self._values) == ("pir" in self._values):
            raise self.error("hex", self._values.get("hex"), "either hex or pir")
        return Sent(self._time(), self._port(), self._level() if "pir" in self._values else self._bytes())

    def _time(self) -> float:
        t = self._values.get("t")
        number = isinstance(t, int | float) and not isinstance(t, bool)
        if not number or not abs(cast(float, t)) < MAX_TIME_S:
            raise self.error("t", str(t)[:40], f"a number between {-MAX_TIME_S:g} and {MAX_TIME_S:g}")
        return float(cast(float, t))

    def _port(self) -> int:
        port = self._values.get("port", self._ports[0])
        if isinstance(port, str) and port in self._ports:
            return self._ports.index(port)
        if isinstance(port, int) and not isinstance(port, bool) and 0 <= port < len(self._ports):
            return port
        numbers = " | ".join(map(str, range(len(self._ports))))
        raise self.error("port", str(port)[:40], f"{' | '.join(self._ports)}, or {numbers}")

    def _bytes(self) -> bytes:
        text = self._values["hex"]
        allowed = f"up to {MAX_HEX_CHARS // 2} bytes as hexadecimal digits"
        if not isinstance(text, str) or len(text) > MAX_HEX_CHARS:
            raise self.error("hex", str(text)[:40], allowed)
        try:
            return bytes.fromhex(text)
        except ValueError as error:
            raise self.error("hex", text[:40], allowed) from error

    def _level(self) -> bool:
        level = self._values["pir"]
        if level not in (0, 1):
            raise self.error("pir", str(level)[:40], "0 or 1")
        return bool(level)


def moments(recording: Recording, origin_s: float) -> Iterator[tuple[int, Sent]]:
    """What was sent, with its time in ms after `origin_s`, never decreasing."""
    for sent in recording.sent():
        yield math.floor((sent.t_s - origin_s) * 1000 + 0.5), sent
