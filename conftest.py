"""Tests run side by side, but for those that measure time: they run last, with a core for themselves."""

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import accumulate, chain, groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ALONE = "alone: measures time to the millisecond, so that none but one of its kind may run meanwhile"
SOAK = "soak: takes long; run by `make soak` only"
PARSER = "parser: lets any bytes come; `make soak` lets many more of them come"
# How many examples hypothesis makes of what a test takes by itself.
FUZZ = os.environ.get("GANGVAKT_FUZZ")
FOREIGN = "%-17s %9s %9s %9s %8s %7s %12s %7s"
FOREIGN_HEAD = ("parser", "inputs", "refused", "accepted", "reasons", "s", "MicroPython", "s")
# What tests compile is kept where `make clean` finds it, not in the home of whoever runs them.
os.environ.setdefault("GANGVAKT_CACHE", str(Path(__file__).parent / ".build" / "artefacts" / "cache"))
# Any file can hold a lock; these are there, and nothing is left behind. Who measures time has one of them for
# himself, all others share both: two that measure mostly wait, and there are two cores.
CORES = (Path(__file__), Path(__file__).with_name("pyproject.toml"))
WHOLE_SIGNS = Path(__file__).with_name("hil_tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """A real board for the tests that can do with one; without, they take the simulator's."""
    group = parser.getgroup("a real board")
    group.addoption("--port", help="its serial port; it is erased and flashed")
    group.addoption("--board", help="its board file")
    group.addoption("--image", help="the official MicroPython image")
    group.addoption("--host", help="where it reaches this computer")
    group.addoption("--ssid", help="its Wi-Fi, the key in GANGVAKT_PSK; without, a cable")


def pytest_configure(config: pytest.Config) -> None:
    for mark in (ALONE, SOAK, PARSER):
        config.addinivalue_line("markers", mark)
    # How long an example or its making takes tells of the other programs on the computer, not of ours.
    settings.register_profile("gangvakt", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("gangvakt")
    if FUZZ:
        settings.register_profile(
            "fuzz", max_examples=int(FUZZ), deadline=None, suppress_health_check=list(HealthCheck)
        )
        settings.load_profile("fuzz")


def pytest_collection_finish() -> None:
    """The firmware collects garbage wherever it loads a module; each time CPython would walk through all that
    pytest holds, for tens of ms."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = sorted(_spread(items), key=_is_alone)


def _spread(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Files that mostly wait, for whole signs to live, evenly between the others: each worker takes a stretch
    of the list, and nobody shall have all of them."""
    files = [list(tests) for _, tests in groupby(items, lambda item: item.path)]
    waiting = [tests for tests in files if WHOLE_SIGNS in tests[0].path.parents]
    others = [tests for tests in files if WHOLE_SIGNS not in tests[0].path.parents]
    count = max(1, len(items) - sum(map(len, waiting)))
    ends = accumulate(map(len, others))
    placed = [(end / count, tests) for end, tests in zip(ends, others, strict=True)]
    placed += [((number + 0.5) / len(waiting), tests) for number, tests in enumerate(waiting)]
    return chain.from_iterable(tests for _, tests in sorted(placed, key=lambda one: one[0]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What became of the inputs to each parser of the sign, where a run had many of them."""
    told = [
        row
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, row in getattr(report, "user_properties", ())
        if name == "foreign_bytes"
    ]
    if not FUZZ or not told:
        return
    terminalreporter.section("foreign bytes")
    terminalreporter.write_line(FOREIGN % FOREIGN_HEAD)
    for row in sorted(told, key=lambda row: str(row["parser"])):
        inputs = int(row["accepted"]) + int(row["refused"])
        figures = (inputs, row["refused"], row["accepted"], row["reasons"], row["seconds"])
        terminalreporter.write_line(
            FOREIGN % (row["parser"], *figures, row["chip_inputs"], row["chip_seconds"])
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Outermost, so that a wait for the others counts into no test's time limit."""
    with ExitStack() as stack:
        cores = [stack.enter_context(core.open()) for core in CORES]
        if _is_alone(item):
            worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
            fcntl.flock(cores[int(worker.removeprefix("gw")) % len(cores)], fcntl.LOCK_EX)
        else:
            for core in cores:
                fcntl.flock(core, fcntl.LOCK_SH)
        return (yield)


def _is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None
