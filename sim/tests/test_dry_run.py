"""Recordings decided again with another configuration: by the firmware, beside the controller's loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gangvakt.errors import Missing
from gangvakt.fleet import SignId
from gangvakt.orders.dry_run import DAY_MS, DryRuns, Run, Trial, Word
from gangvakt_sim.offline.dry_run import decide

from .test_flight import fly, people

SIGN = SignId("hedemora", "corner-a", "north")
ELSEWHERE = {"kerb_a_x_mm": 40_000, "kerb_a_y_mm": 40_000, "kerb_b_x_mm": 47_000, "kerb_b_y_mm": 40_000}
"""A kerb line where nobody walks."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recordings of a sign whom people pass whom somebody really saw, as the controller keeps them."""
    root = tmp_path_factory.mktemp("recordings")
    own = root / SIGN.municipality / SIGN.site / SIGN.sign
    own.mkdir(parents=True)
    for number, data in enumerate(fly(people(1, 4), 1, 0).recordings):
        (own / f"00003-00012-{number:05}.gvfr").write_bytes(data)
    return root


async def a_run(root: Path, changes: Mapping[str, object], **options: Any) -> Run:
    runs = DryRuns(root, **options)
    run = runs.start("hedemora", [Trial(SIGN, changes)], "anna")
    await run.done()
    await runs.close()
    return run


async def test_without_a_change_every_recording_is_decided_as_it_was(folder: Path) -> None:
    run = await a_run(folder, {})
    assert (run.state, run.error) == (Word.DONE, None)
    assert run.tally.before == run.tally.after > 0
    assert (run.tally.missed, run.tally.new, run.tally.unfaithful, run.tally.failed) == (0, 0, 0, 0)
    assert run.tally.leads_before_ms == run.tally.leads_after_ms


async def test_a_kerb_line_that_costs_warnings_says_which(folder: Path) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0)
            beats += 1

    beating = asyncio.create_task(beat())
    run = await a_run(folder, ELSEWHERE)
    beating.cancel()
    assert run.tally.missed > 0, run.decided
    assert run.tally.after < run.tally.before
    assert all(one.faithful for one in run.decided)
    assert beats > 1000, "the loop went on meanwhile"


async def test_a_recording_that_cannot_be_decided_is_told_and_loses_no_other(folder: Path) -> None:
    run = await a_run(folder, {"lead_ms": 1})
    assert run.state is Word.DONE
    assert run.tally.failed == run.total > 0
    assert run.decided[0].error


async def test_a_computer_without_the_simulator_says_so(folder: Path) -> None:
    run = await a_run(folder, {}, command=("/nonexistent/program",))
    assert run.state is Word.FAILED
    assert run.error is not None
    assert run.error.startswith("no dry run here: ")


async def test_old_recordings_are_left_out(folder: Path) -> None:
    later_ms = int(max(os.stat(path).st_mtime for path in folder.rglob("*.gvfr")) * 1000) + 8 * DAY_MS
    assert (await a_run(folder, {}, clock_ms=lambda: later_ms)).total == 0
    with pytest.raises(Missing):
        DryRuns(folder).get("hedemora", 1)


def test_what_is_no_recording_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "other.gvfr"
    path.write_bytes(b"nothing")
    told = decide(path, {})
    assert str(path) in told["error"]
