"""No child process outlives the simulator, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gangvakt_sim.children import child

from .processes import all_gone, descendants, wait_until

# A child that ignores the polite signals, with a child of its own.
STUBBORN = "trap '' TERM INT; sleep 600 & wait"
PARENT = """
import sys, threading
from pathlib import Path
from gangvakt_sim.children import child, ends_on_signals
from gangvakt_sim import children
children.END_S = 0.5
with ends_on_signals():
    try:
        with child(["sh", "-c", sys.argv[1]], Path(sys.argv[2])):
            threading.Event().wait()
    except KeyboardInterrupt:
        print("ended")
"""


class Parent:
    """A process with children, all of them noted."""

    def __init__(self, script: str, log: Path, count: int) -> None:
        argv = [sys.executable, "-c", PARENT, script, str(log)]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        self.complete = wait_until(lambda: len(descendants(self.process.pid)) == count, 10)
        self.children = descendants(self.process.pid)

    def end(self) -> tuple[str, int]:
        """What it printed and its exit code."""
        out, _ = self.process.communicate(timeout=10)
        return out, self.process.returncode


Start = Callable[[str, int], Parent]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def parent(script: str, count: int) -> Parent:
            made = Parent(script, tmp_path / "log", count)
            stack.callback(made.process.communicate)
            stack.callback(made.process.kill)
            assert made.complete
            return made

        yield parent


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_even_stubborn_children(start: Start, number: signal.Signals) -> None:
    parent = start(STUBBORN, 2)
    parent.process.send_signal(number)
    assert parent.end() == ("ended\n", 0)
    assert all_gone(parent.children)


def test_a_second_signal_does_not_disturb_the_end(start: Start) -> None:
    parent = start(STUBBORN, 2)
    parent.process.send_signal(signal.SIGINT)
    parent.process.send_signal(signal.SIGTERM)
    assert parent.end()[1] == 0
    assert all_gone(parent.children)


def test_a_killed_parent_takes_its_child_along(start: Start) -> None:
    parent = start("exec sleep 600", 1)
    parent.process.kill()
    parent.end()
    assert all_gone(parent.children)


def test_output_goes_to_the_log(tmp_path: Path) -> None:
    with child(["sh", "-c", "echo out; echo err >&2"], tmp_path / "log") as process:
        process.wait(10)
    assert (tmp_path / "log").read_text() == "out\nerr\n"
