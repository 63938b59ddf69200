"""Tools that are run as children: their lines as they come, an end to waiting, and none left behind."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gangvakt.provision import serial_urls

POLL_S = 0.2  # how soon a stop is noticed
END_S = 3.0  # for a child to end cleanly before the hard way
CHUNK = 4096
LINE_CHARS_MAX = 4000  # of a tool gone wild; a longer line is cut
# Widths and colours would change the lines; a buffer would hold them back.
PLAIN = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}

OnLine = Callable[[str], None]


class Stopped(Exception):
    """Somebody asked to stop; the child has ended."""


@dataclass(frozen=True)
class Limits:
    """Seconds without a line, and seconds in all."""

    silence_s: float
    overall_s: float


@dataclass(frozen=True)
class Ended:
    """How a tool ended; `code` is None where it was ended for exceeding `too_long` seconds."""

    code: int | None
    lines: tuple[str, ...]
    too_long: float | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def for_port(port: str, module: str, arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Module and arguments for `run_tool` at this port: over a network without needless pauses."""
    if port.lower().startswith(serial_urls.SCHEME):
        return serial_urls.__name__, (module, *arguments)
    return module, arguments


def run_tool(
    module: str,
    arguments: Sequence[str],
    limits: Limits,
    *,
    on_line: OnLine = lambda line: None,
    stop: threading.Event | None = None,
    folder: Path | None = None,
) -> Ended:
    """Run `python -m module` and hand on each line it prints. Stopped when `stop` is set meanwhile.

    The child has ended in any case, also after an exception of `on_line` or a Ctrl-C.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **PLAIN},
        cwd=folder,
    )
    assert process.stdout is not None
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        return _follow(process, lines, limits, on_line, stop)
    finally:
        _end(process)
        reader.join(END_S)
        process.stdout.close()


def _follow(
    process: subprocess.Popen[bytes],
    lines: queue.SimpleQueue[str | None],
    limits: Limits,
    on_line: OnLine,
    stop: threading.Event | None,
) -> Ended:
    heard: list[str] = []
    begun = last = time.monotonic()
    while (exceeded := _exceeded(limits, begun, last)) is None:
        if stop is not None and stop.is_set():
            raise Stopped
        try:
            line = lines.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if line is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_S)
            return Ended(process.poll(), tuple(heard))
        last = time.monotonic()
        heard.append(line)
        on_line(line)
    return Ended(None, tuple(heard), exceeded)


def _exceeded(limits: Limits, begun: float, last: float) -> float | None:
    now = time.monotonic()
    if now - last > limits.silence_s:
        return limits.silence_s
    return limits.overall_s if now - begun > limits.overall_s else None


def _read(stream: IO[bytes], lines: queue.SimpleQueue[str | None]) -> None:
    """Lines end with a line feed or, where a tool draws over its own line, a carriage return."""
    held = b""
    with contextlib.suppress(OSError, ValueError):
        while chunk := os.read(stream.fileno(), CHUNK):
            *whole, held = (held + chunk).replace(b"\r", b"\n").split(b"\n")
            for line in whole:
                _put(lines, line)
            held = held[:LINE_CHARS_MAX]
    _put(lines, held)
    lines.put(None)


def _put(lines: queue.SimpleQueue[str | None], line: bytes) -> None:
    text = line[:LINE_CHARS_MAX].decode(errors="replace").rstrip()
    if text:
        lines.put(text)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_S)
    if process.poll() is None:
        process.kill()
    process.wait()
