"""Machine code of a compiled image on the virtual board."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from gangvakt.provision.board import load_board
from gangvakt.provision.compiling import compile_source
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.interpreter import find_interpreter

VIPER = b"""
import micropython


@micropython.viper
def total(words: ptr32, count: int) -> int:
    sum = 0
    for i in range(count):
        sum += words[i]
    return sum
"""
MAIN = b"""
from array import array
import rule
print("total", rule.total(array("i", (40, -3, 5)), 3))
"""


def test_a_viper_function_of_an_image_runs_on_the_virtual_board(tmp_path: Path) -> None:
    spec, flash = load_board("virtual"), tmp_path / "flash.bin"
    compiled = compile_source(VIPER, "rule.py", spec.arch)
    files = {"/boot.py": b"", "/main.py": MAIN, "/rule.mpy": compiled}
    flash.write_bytes(merge_flash(spec, {"vfs": littlefs_image(spec.partition("vfs"), files)}))
    with VirtualBoard(spec, flash) as board:
        printed = board.output.wait_for(">>> ", 15)
    assert re.search(r"^total 42\r?$", printed, re.MULTILINE), printed


def test_the_virtual_board_names_the_machine_code_of_its_interpreter() -> None:
    ask = "import sys; print(sys.implementation._mpy >> 10 & 15)"
    told = subprocess.run(
        [*find_interpreter().argv, "-c", ask], capture_output=True, text=True, check=True, timeout=10
    )
    x86 = 1  # of the .mpy format's list: none, x86, x64, ...
    assert (int(told.stdout), load_board("virtual").arch) == (x86, "x86")
