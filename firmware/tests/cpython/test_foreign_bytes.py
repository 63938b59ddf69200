"""Every parser of the sign is given bytes that went wrong on their way, on CPython and on MicroPython.

One example of hypothesis is a seed, of which a hundred inputs are made (`fuzz/README.md`). GANGVAKT_INPUTS
says how many inputs each parser gets.
"""

import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gangvakt_sim.errors import InterpreterMissing
from gangvakt_sim.interpreter import find_interpreter

TESTS = Path(__file__).resolve().parents[1]
WORKER = TESTS / "fuzz" / "worker.py"
sys.path.insert(0, str(TESTS))

from fuzz.table import PARSERS  # noqa: E402

pytestmark = pytest.mark.parser
INPUTS = int(os.environ.get("GANGVAKT_INPUTS", "60"))
EACH = min(INPUTS, 100)  # inputs of one seed
# Of so many seeds MicroPython gets one, where there are many: it also counts what is alive after each.
CHIP_SHARE = 10 if INPUTS >= 10_000 else 1
# The firmware as sources, and what makes the inputs, beside what the parser takes: too much for the chip's.
HEAP = "heapsize=512k"
PATIENCE_S = 60  # for a hundred inputs, which take some ms
GROWTH_MAX = 4_096  # bytes that are alive after the last inputs and were not after the first ones


class Worker:
    """An interpreter that serves one parser, and what became of all inputs so far."""

    def __init__(self, argv, name):
        self.argv, self.name = [*argv, str(WORKER), name], name
        self.process = subprocess.Popen(
            self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.accepted, self.refused, self.seconds, self.alive = 0, Counter(), 0.0, []

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.kill()
        self.process.communicate()

    @property
    def inputs(self):
        """How many there were."""
        return self.accepted + sum(self.refused.values())

    def ask(self, seed):
        """The sum over all answers to the inputs of a seed; fails with the input that broke the contract."""
        began = time.monotonic()
        self.process.stdin.write(b"%d %d\n" % (seed, EACH))
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], PATIENCE_S)[0]:
            pytest.fail(f"{self.name}: hangs at input {self._hangs_at(seed)}", pytrace=False)
        line = self.process.stdout.readline()
        if not line:
            said = self.process.stderr.read().decode()[-1500:]
            pytest.fail(
                f"{self.name}: the interpreter ended; {self._again(seed, EACH)}\n{said}", pytrace=False
            )
        told = json.loads(line)
        self.seconds += time.monotonic() - began
        if "error" in told:
            pytest.fail(self._broken(seed, told), pytrace=False)
        self.accepted += told["accepted"]
        self.refused.update(told["refused"])
        self.alive.append(told["alive"])
        return told["digest"]

    def _broken(self, seed, told):
        """What a person needs to look at it."""
        by_itself = f"{' '.join(self.argv)} --bytes {told['short'] or told['hex']}"
        after_others = "" if told["short"] else " (only after the inputs before it)"
        return (
            f"{self.name}: {told['error']}\ninput {told['number']} of seed {seed}: {told['hex']}\n"
            f"by itself{after_others}: {by_itself}\nas it came: {self._again(seed, told['number'] + 1)}"
        )

    def _again(self, seed, count):
        return f"{' '.join(self.argv)} {seed} {count}"

    def _hangs_at(self, seed):
        """The number and the bytes of the first input that does not come back, by halving."""
        self.process.kill()
        low, high = 0, EACH
        while high - low > 1:
            middle = (low + high) // 2
            try:
                subprocess.run([*self.argv, str(seed), str(middle)], capture_output=True, timeout=10)
                low = middle
            except subprocess.TimeoutExpired:
                high = middle
        shown = subprocess.run([*self.argv, "--show", str(seed), str(low)], capture_output=True, timeout=60)
        return f"{low} of seed {seed}: {shown.stdout.decode().strip()}"


def micropython():
    try:
        return [*find_interpreter().argv, "-X", HEAP]
    except InterpreterMissing as error:
        pytest.skip(str(error))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PARSERS)
def test_foreign_bytes_are_taken_or_refused_and_the_next_good_ones_taken(name, record_property):
    with Worker([sys.executable], name) as here, Worker(micropython(), name) as chip:

        @settings(
            max_examples=max(1, INPUTS // EACH),
            phases=(Phase.generate,),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.integers(0, 2**30 - 1))
        def hold(seed):
            said = here.ask(seed)
            if (here.inputs - EACH) % (CHIP_SHARE * EACH):
                return
            assert said == chip.ask(seed), (
                f"{name}: the interpreters judge differently; compare what each says of seed {seed}: "
                f"{' '.join(here.argv)} {seed} {EACH} and {' '.join(chip.argv)} {seed} {EACH}"
            )

        hold()
        settled = chip.alive[len(chip.alive) // 4]
        assert chip.alive[-1] - settled <= GROWTH_MAX, f"{name}: the heap grows: {chip.alive[::100]}"
        for worker in (here, chip):
            assert worker.refused, "everything was taken: these inputs try nothing"
            assert worker.accepted or INPUTS < 1_000, "nothing was taken: these inputs do not come far"
        record_property("foreign_bytes", row(name, here, chip))


def row(name, here, chip):
    """For the table at the end of the run."""
    return {
        "parser": name,
        "accepted": here.accepted,
        "refused": sum(here.refused.values()),
        "reasons": len(here.refused),
        "seconds": round(here.seconds, 1),
        "chip_inputs": chip.inputs,
        "chip_seconds": round(chip.seconds, 1),
    }
