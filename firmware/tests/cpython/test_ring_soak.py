"""Four laps of a ring, with a cut at each flash operation, each torn in four ways."""

import os
import subprocess
from pathlib import Path

import pytest

from gangvakt_sim.interpreter import find_interpreter

TESTS = Path(__file__).resolve().parents[1]


@pytest.mark.soak
def test_a_cut_at_every_operation_of_four_laps_loses_nothing_that_was_stored():
    script = str(TESTS / "micropython" / "test_ring_cuts.py")
    command = [*find_interpreter().argv, "-X", "heapsize=168k", str(TESTS / "run_file.py"), script]
    environment = {**os.environ, "GANGVAKT_SOAK": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, env=environment, check=False
    ).stdout
    assert "ok test_a_cut" in done, done
    assert int(done.split("cuts ")[1].split()[0]) > 7000
