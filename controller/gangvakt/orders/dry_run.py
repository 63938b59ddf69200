"""Dry runs: recordings that signs sent, decided again by the very firmware with another configuration.

The simulator's replay does it, in a process of its own: the controller's loop waits for lines only.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import DryRunImpossible, Missing
from gangvakt.fleet import SignId
from gangvakt.fleet.dry_run import Activation, Decided, Tally
from gangvakt.orders.ending import end_all
from gangvakt.recordings.flight_file import SUFFIX

COMMAND = (sys.executable, "-m", "gangvakt_sim.offline.dry_run")
DAY_MS = 86_400_000
SINCE_MS = 7 * DAY_MS
MOST_RECORDINGS = 300  # the newest; each takes a second or so of one processor
LONGEST_ERROR = 200
MOST_RUNS = 20  # that are remembered
LINE_S = 120.0


class Word(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Trial:
    """`changes` to what a sign's recordings say that it had; None for a field's default."""

    sign: SignId
    changes: Mapping[str, object]


@dataclass
class Run:
    """One dry run as it goes on: `decided` of `total` recordings."""

    number: int
    municipality: str
    by: str
    total: int
    state: Word = Word.WAITING
    decided: list[Decided] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    error: str | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def done(self) -> None:
        """Waits for its end, of either kind."""
        await self._ended.wait()

    def end(self, state: Word, error: str | None = None) -> None:
        self.state, self.error = state, error
        self._ended.set()


class DryRuns:
    """One at a time: a processor is the signs' messages' otherwise."""

    def __init__(self, root: Path, *, command: Sequence[str] = COMMAND, clock_ms: ClockMs = utc_ms) -> None:
        self._root, self._command, self._clock_ms = root, tuple(command), clock_ms
        self._runs: dict[int, Run] = {}
        self._counted = 0
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, municipality: str, trials: Sequence[Trial], by: str, since_ms: int = SINCE_MS) -> Run:
        """Begins one with the recordings of the last `since_ms`; it goes on by itself."""
        files = self._recordings(trials, since_ms)
        self._counted += 1
        run = Run(self._counted, municipality, by, len(files))
        self._runs[run.number] = run
        for old in sorted(self._runs)[:-MOST_RUNS]:
            del self._runs[old]
        task = asyncio.create_task(self._work(run, files))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return run

    def get(self, municipality: str, number: int) -> Run:
        """Missing where the municipality has none of that number, or it was forgotten."""
        run = self._runs.get(number)
        if run is None or run.municipality != municipality:
            raise Missing("dry run", f"{number} in {municipality}", "start another")
        return run

    async def close(self) -> None:
        """Ends what runs."""
        await end_all(tuple(self._tasks))

    def _recordings(self, trials: Sequence[Trial], since_ms: int) -> list[tuple[Trial, Path]]:
        oldest_s = (self._clock_ms() - since_ms) / 1000
        dated = [
            (path.stat().st_mtime, path.name, number, path)
            for number, trial in enumerate(trials)
            for path in self._files(trial.sign)
        ]
        newest = sorted((one for one in dated if one[0] >= oldest_s), reverse=True)[:MOST_RECORDINGS]
        return [(trials[number], path) for _, _, number, path in newest]

    def _files(self, sign: SignId) -> Iterator[Path]:
        yield from (self._root / sign.municipality / sign.site / sign.sign).glob(f"*{SUFFIX}")

    async def _work(self, run: Run, files: Sequence[tuple[Trial, Path]]) -> None:
        try:
            async with self._one_at_a_time:
                run.state = Word.RUNNING
                await self._decide(run, files)
        except DryRunImpossible as error:
            run.end(Word.FAILED, str(error))
        except asyncio.CancelledError:
            run.end(Word.FAILED, "the controller ended")
            raise
        else:
            run.end(Word.DONE)

    async def _decide(self, run: Run, files: Sequence[tuple[Trial, Path]]) -> None:
        if not files:
            return
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE
            )
        except OSError as error:
            raise DryRunImpossible(error.strerror or type(error).__name__) from error
        try:
            for trial, path in files:
                decided = await _asked(process, trial, path)
                run.decided.append(decided)
                run.tally.add(decided)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


async def _asked(process: Process, trial: Trial, path: Path) -> Decided:
    assert process.stdin is not None
    assert process.stdout is not None
    question = {"path": str(path), "changes": dict(trial.changes)}
    try:
        process.stdin.write(json.dumps(question).encode() + b"\n")
        await process.stdin.drain()
        async with asyncio.timeout(LINE_S):
            line = await process.stdout.readline()
    except (OSError, TimeoutError) as error:
        raise DryRunImpossible(str(error) or "the replay does not answer") from error
    if not line:
        raise DryRunImpossible(await _last_words(process))
    return _decided(trial.sign, path, json.loads(line))


async def _last_words(process: Process) -> str:
    assert process.stderr is not None
    said = (await process.stderr.read()).decode(errors="replace").strip().splitlines()
    return said[-1][:LONGEST_ERROR] if said else "the replay ended"


def _decided(sign: SignId, path: Path, told: Mapping[str, Any]) -> Decided:
    if told.get("error"):
        return Decided(sign, path.name, told.get("kind", ""), error=told["error"][:LONGEST_ERROR])
    before, after = (tuple(Activation(*one) for one in told[name]) for name in ("before", "after"))
    return Decided(sign, path.name, told["kind"], before, after, told["faithful"])
