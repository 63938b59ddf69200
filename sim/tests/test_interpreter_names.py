"""The lists of names that the firmware's build relies on, against the interpreter and the chip's model."""

import ast
import subprocess
from pathlib import Path

from gangvakt.provision.naming import FREE_FILE, KNOWN_FILE
from gangvakt_sim.board import chipset
from gangvakt_sim.interpreter import find_interpreter

CHIP = Path(chipset.__file__).with_name("chip")
# Meets each name of a file as an attribute, then prints those that it has in its heap.
MEET = """
import micropython, sys
class Met: pass
with open(sys.argv[1]) as lines:
    for line in lines:
        setattr(Met, line.strip(), 1)
micropython.qstr_info(1)
"""


def words(file: Path) -> set[str]:
    return set(file.read_text().split())


def made_by_the_chip() -> set[str]:
    """Names that the modules of the chip's model give to something, and arguments that they know."""
    found: set[str] = set()
    for file in CHIP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_a_name_that_shall_cost_nothing_is_one_that_the_interpreter_has_already(tmp_path: Path) -> None:
    script = tmp_path / "meet.py"
    script.write_text(MEET)
    argv = [*find_interpreter().argv, "-X", "heapsize=1m", str(script), str(FREE_FILE)]
    printed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "Q(Met)" in printed
    unknown = {word for word in words(FREE_FILE) if f"Q({word})" in printed}
    assert unknown <= made_by_the_chip()  # in the chip's image, though not in the interpreter's


def test_the_interpreters_names_are_all_known() -> None:
    assert words(FREE_FILE) <= words(KNOWN_FILE)


def test_what_the_types_of_the_chip_call_things_is_known() -> None:
    known = words(KNOWN_FILE)
    for file in CHIP.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef):
                methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
                assert {name for name in methods if not name.startswith("_")} <= known, file.name
