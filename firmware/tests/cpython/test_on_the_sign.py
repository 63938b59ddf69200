"""The tests that MicroPython runs, on the firmware as the sign gets it: constants folded, names new.

Rooms are not put together here, since the tests' stand-ins for the chip are less than what all rooms need;
`hil_tests` run the whole.
"""

import ast
import shutil
import subprocess

import pytest
from firmware.tests.cpython.test_on_micropython import HEAP, RUNNER, TESTS, TIMEOUT_S

from gangvakt.provision.folding import fold
from gangvakt.provision.identifiers import identifiers, union
from gangvakt.provision.naming import new_names, rename
from gangvakt.provision.shrinking import as_text
from gangvakt_sim.interpreter import find_interpreter

FIRMWARE = TESTS.parent
FILES = sorted([*TESTS.glob("test_*.py"), *TESTS.glob("micropython/test_*.py")])


def module(path):
    """Tests are rooms of the package, so that they are given the same names."""
    parts = path.relative_to(FIRMWARE).with_suffix("").parts
    package = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(package if package[0] == "sign" else ("sign", *package))


@pytest.fixture(scope="module")
def on_the_sign(tmp_path_factory):
    """A copy of the firmware and its tests in the sign's words."""
    folder = tmp_path_factory.mktemp("firmware")
    beside = shutil.ignore_patterns("cpython", "__pycache__")
    shutil.copytree(FIRMWARE, folder, dirs_exist_ok=True, ignore=beside)
    paths = [*folder.glob("sign/**/*.py"), *folder.glob("tests/**/*.py")]
    paths.remove(folder / "tests" / RUNNER.name)
    sources = {path: ast.parse(path.read_text()) for path in paths}
    trees = {module(FIRMWARE / path.relative_to(folder)): tree for path, tree in sources.items()}
    outside = [identifiers(path.stem, ast.parse(path.read_text())) for path in folder.glob("*.py")]
    kept = union(user.all | user.told for user in outside)
    kept |= {name for tree in trees.values() for name in functions(tree) if name.startswith("test_")}
    fold(trees, kept | union(each.told for each in read(trees)))
    names = new_names(read(trees), kept)
    for path, tree in sources.items():
        rename(tree, names.of(module(FIRMWARE / path.relative_to(folder))))
        path.write_text(as_text(tree))
    return folder


def read(trees):
    return [identifiers(name, tree, refuses=False) for name, tree in trees.items()]


def functions(tree):
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@pytest.mark.soak
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_on_the_sign(on_the_sign, path):
    copied = on_the_sign / path.relative_to(FIRMWARE)
    argv = [*find_interpreter().argv, "-X", HEAP, str(on_the_sign / "tests" / RUNNER.name), str(copied)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    tests = [name for name in functions(ast.parse(path.read_text())) if name.startswith("test_")]
    assert done.stdout.count("ok test_") == len(tests)
