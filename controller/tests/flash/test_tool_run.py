"""Children: their lines, and their end."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from gangvakt.provision.tool_run import LINE_CHARS_MAX, Ended, Limits, Stopped, run_tool

PATIENT = Limits(silence_s=30, overall_s=60)


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs Python text as a module, as the real tools are run."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def run(source: str, limits: Limits = PATIENT, **options: object) -> Ended:
        (tmp_path / "the_tool.py").write_text(source)
        return run_tool("the_tool", ["one"], limits, **options)  # type: ignore[arg-type]

    return run


def test_lines_come_as_they_are_printed_whatever_ends_them(tool):
    heard: list[str] = []
    ended = tool(r"print('a\rb\n\nc', end='')", on_line=heard.append)
    assert heard == ["a", "b", "c"]
    assert ended == Ended(0, ("a", "b", "c"))


def test_what_goes_to_stderr_is_heard_and_the_code_kept(tool):
    ended = tool("import sys; sys.exit('no such port')")
    assert ended.code == 1
    assert ended.text == "no such port"


def test_nothing_is_broken_into_the_width_of_a_terminal_or_coloured(tool):
    ended = tool("import os; print(os.environ['NO_COLOR'], os.environ['COLUMNS'])")
    assert ended.lines == ("1 200",)


def test_a_line_without_an_end_does_not_fill_the_memory(tool):
    ended = tool("print('x' * 100_000)")
    assert len(ended.text) <= LINE_CHARS_MAX


def test_bytes_that_are_no_text_do_no_harm(tool):
    ended = tool(r"import sys; sys.stdout.buffer.write(b'\xff\xfe ok\n')")
    assert ended.lines[0].endswith(" ok")


@pytest.mark.parametrize(
    ("limits", "exceeded"), [(Limits(0.5, 60), 0.5), (Limits(60, 0.5), 0.5)], ids=["silence", "overall"]
)
def test_one_that_hangs_is_ended(tool, limits: Limits, exceeded: float):
    ended = tool("import time; print('begun', flush=True); time.sleep(60)", limits)
    assert ended.code is None
    assert ended.too_long == exceeded


def test_one_that_babbles_for_ever_is_ended_too(tool):
    ended = tool("while True: print('x', flush=True)", Limits(60, 1.0))
    assert ended.too_long == 1.0


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


HANGS = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def test_a_stop_ends_it(tool):
    stop, pids = threading.Event(), []

    def heard(line: str) -> None:
        pids.append(int(line))
        stop.set()

    with pytest.raises(Stopped):
        tool(HANGS, on_line=heard, stop=stop)
    assert not alive(pids[0])


@pytest.mark.parametrize("end", [KeyboardInterrupt, ZeroDivisionError])
def test_no_child_outlives_what_ends_the_command(tool, end: type[BaseException]):
    pids = []

    def heard(line: str) -> None:
        pids.append(int(line))
        raise end

    with pytest.raises(end):
        tool(HANGS, on_line=heard)
    assert not alive(pids[0])


def test_one_that_does_not_want_to_end_is_ended_the_hard_way(tool):
    pids = []

    def heard(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + HANGS
    with pytest.raises(KeyboardInterrupt):
        tool(stubborn, on_line=heard)
    assert not alive(pids[0])
