"""Unbounded integers and 32-bit machine code decide the same, to the last number that is kept."""

import ast
import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gangvakt_sim.errors import InterpreterMissing
from gangvakt_sim.interpreter import find_interpreter

SCRIPT = Path(__file__).resolve().parents[1] / "decisions.py"
FIRMWARE = str(SCRIPT.parents[1])
FRAMES = 1_200
TIMEOUT_S = 60


@functools.cache
def printed(*interpreter, seed):
    """The lines of `decisions.py`."""
    done = subprocess.run(
        [*interpreter, str(SCRIPT), str(seed), str(FRAMES)],
        env={**os.environ, "PYTHONPATH": FIRMWARE, "MICROPYPATH": FIRMWARE},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("seed", [1, 2])
def test_both_interpreters_decide_the_same(seed):
    try:
        found = find_interpreter().argv
    except InterpreterMissing as error:
        pytest.skip(str(error))
    there = printed(*found, "-X", "heapsize=2m", seed=seed)
    here = printed(sys.executable, seed=seed)
    for mine, theirs in zip(here, there, strict=False):
        assert mine.split() == theirs.split()
    assert len(there) == len(here) > FRAMES, (here[-1], there[-1])


def test_the_frames_reach_what_they_shall_show():
    """Every reason, every place, no track and all six: without them the comparison would prove little."""
    decisions = [ast.literal_eval(line.split()[4]) for line in printed(sys.executable, seed=1)]
    reasons, _, _, _, places, tracked, _ = map(set, zip(*decisions, strict=True))
    assert reasons == {0, 1, 2, 3}
    assert places == {0, 1, 2}
    assert tracked == {0, 1, 2, 3, 4, 5, 6}
