"""The pure tests once more, and those of `micropython/`, on the firmware's own interpreter.

One start a file, one report a test.
"""

import ast
import functools
import subprocess
import tempfile
from pathlib import Path

import pytest

from gangvakt_sim.errors import InterpreterMissing
from gangvakt_sim.interpreter import find_interpreter

TESTS = Path(__file__).resolve().parents[1]
RUNNER = TESTS / "run_file.py"
# The chip's heap, so that a test that needs more fails here too.
HEAP = "heapsize=168k"
TIMEOUT_S = 60
TIMED = ("test_analog",)  # files that measure a real millisecond


def cases():
    """(file, test) of every test that can run there, read without importing anything."""
    for path in sorted([*TESTS.glob("test_*.py"), *TESTS.glob("micropython/test_*.py")]):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = [pytest.mark.alone] if path.stem in TIMED else []
                yield pytest.param(path, node.name, id=f"{path.stem}-{node.name}", marks=marks)


@functools.cache
def interpreter():
    try:
        return find_interpreter().argv
    except InterpreterMissing as error:
        return str(error)


@functools.cache
def output(path):
    """Everything the interpreter printed for that file, within a minute."""
    with tempfile.TemporaryFile() as printed:
        argv = [*interpreter(), "-X", HEAP, str(RUNNER), str(path)]
        ran = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT)
        try:
            ran.wait(TIMEOUT_S)
            end = ""
        except subprocess.TimeoutExpired:
            ran.kill()
            ran.wait()
            end = f"stopped after {TIMEOUT_S} s"
        printed.seek(0)
        return printed.read().decode() + end


@pytest.mark.parametrize(("path", "test"), list(cases()))
def test_on_micropython(path, test):
    if isinstance(interpreter(), str):
        pytest.skip(interpreter())
    printed = output(path)
    assert f"ok {test}" in printed.splitlines(), printed
