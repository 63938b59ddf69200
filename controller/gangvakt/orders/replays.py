"""Recordings as they are looked at: the very firmware decides again, and tells what it saw at each moment.

The simulator's replay does it, in a process of its own: the controller's loop waits for its one line only.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gangvakt.errors import Missing, ReplayImpossible
from gangvakt.fleet import SignId
from gangvakt.recordings.flight_file import SUFFIX

COMMAND = (sys.executable, "-m", "gangvakt_sim.offline.flight_scene")
LONGEST_S = 60.0
LONGEST_ERROR = 200
MOST_KEPT = 16  # of the newest replays, some 50 KB each
NAME = re.compile(r"[0-9a-f-]{1,40}" + re.escape(SUFFIX), re.ASCII)


@dataclass(frozen=True)
class Kept:
    """A recording that lies at the controller."""

    sign: SignId
    name: str
    bytes: int
    kept_ms: int


class Replays:
    """Below `root`, the folder of recordings. One replay at a time: each takes a second of one processor."""

    def __init__(self, root: Path, command: Sequence[str] = COMMAND) -> None:
        self._root, self._command = root, tuple(command)
        self._one_at_a_time = asyncio.Lock()
        self._replayed: OrderedDict[tuple[Path, int], dict[str, Any]] = OrderedDict()

    def kept(self, sign: SignId) -> tuple[Kept, ...]:
        """Those of a sign, the newest first."""
        files = self._folder(sign).glob(f"*{SUFFIX}")
        found = [(path.stat(), path.name) for path in files]
        dated = (Kept(sign, name, of.st_size, of.st_mtime_ns // 1_000_000) for of, name in found)
        return tuple(sorted(dated, key=lambda one: (-one.kept_ms, one.name)))

    async def replay(self, sign: SignId, name: str) -> dict[str, Any]:
        """What `flight_scene` tells. Missing for a file that is not there, ReplayImpossible for one that
        cannot be decided again."""
        path = self._folder(sign) / name
        if not NAME.fullmatch(name) or not path.is_file():
            raise Missing("recording", name[:60], "one that lies at the controller")
        key = path, path.stat().st_mtime_ns
        async with self._one_at_a_time:
            if key not in self._replayed:
                self._replayed[key] = await self._told(path)
                if len(self._replayed) > MOST_KEPT:
                    self._replayed.popitem(last=False)
        return self._replayed[key]

    def _folder(self, sign: SignId) -> Path:
        return self._root / sign.municipality / sign.site / sign.sign

    async def _told(self, path: Path) -> dict[str, Any]:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, str(path), stdout=PIPE, stderr=PIPE
            )
        except OSError as error:
            raise ReplayImpossible(path.name, error.strerror or type(error).__name__) from error
        try:
            async with asyncio.timeout(LONGEST_S):
                out, complaint = await process.communicate()
        except TimeoutError as error:
            raise ReplayImpossible(path.name, f"it takes longer than {LONGEST_S:g} s") from error
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        return _scene(path.name, out, complaint)


def _scene(name: str, out: bytes, complaint: bytes) -> dict[str, Any]:
    try:
        told = json.loads(out)
    except ValueError:
        said = complaint.decode(errors="replace").strip().splitlines()[-1:] or ["the replay ended"]
        raise ReplayImpossible(name, said[0][:LONGEST_ERROR]) from None
    if not isinstance(told, dict) or told.get("error"):
        raise ReplayImpossible(name, str(told.get("error"))[:LONGEST_ERROR])
    return told
