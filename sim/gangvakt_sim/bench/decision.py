"""Memory of the decision alone: its modules and buffers on the 32-bit interpreter, and its machine code."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from gangvakt.provision.compiling import compile_tree, names_on_sign
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.naming import rename
from gangvakt.provision.shrinking import as_text
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference
from gangvakt_sim.bench.mpy import machine_code_bytes
from gangvakt_sim.errors import StreetError
from gangvakt_sim.interpreter import find_interpreter

SCRIPT = Path(__file__).with_name("decision_on_chip.py")
HERE, CHIP = "x86", "xtensawin"  # machine code that the interpreter here runs, and the chip
TIMEOUT_S = 60
KB = 1024
TARGET = Reference(20, "", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """The sum beside its target, then its parts. StreetError when the modules do not run."""
    here, chip = bench.folder / HERE, bench.folder / CHIP
    for folder in (here, chip):
        _compile(folder, folder.name)
    _write_script(here)
    found = _on_interpreter(here)
    heap = found["heap"]
    code = _machine_code(chip, found["modules"])
    parts = {"bytecode": heap["code"], "buffers": heap["buffers"], "machine code": code}
    how = {
        "bytecode": "gc.mem_alloc: the detector's .mpy files, less what the sign forgets after its start",
        "buffers": "gc.mem_alloc: what another Detector adds",
        "machine code": f"viper functions of these files, compiled for {CHIP}: outside of Python's heap",
    }
    total = Figure(
        "ram, decision code and buffers",
        sum(parts.values()) / KB,
        "KB",
        "heap on the 32-bit interpreter after the start, and machine code",
        TARGET,
    )
    return [total, *(Figure(f"ram, decision, {n}", v / KB, "KB", how[n]) for n, v in parts.items())]


def _compile(folder: Path, arch: str) -> None:
    for path, compiled in compile_tree(FIRMWARE_DIR, "sign", arch, are_linked=False).items():
        out = folder / path
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(compiled)


def _write_script(folder: Path) -> None:
    """The script calls things as they are called on the sign."""
    tree = ast.parse(SCRIPT.read_text())
    rename(tree, names_on_sign(FIRMWARE_DIR, "sign", are_linked=False).public)
    (folder / SCRIPT.name).write_text(as_text(tree))


def _machine_code(folder: Path, modules: Iterable[str]) -> int:
    files = (folder / (name.replace(".", "/") + ".mpy") for name in modules)
    return sum(machine_code_bytes(file.read_bytes()) for file in files if file.exists())


def _on_interpreter(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        (*find_interpreter().argv, "-O2", str(folder / SCRIPT.name)),
        env={**os.environ, "MICROPYPATH": f"{folder}:.frozen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise StreetError(f"ram: MicroPython failed: {(done.stdout + done.stderr).strip()[-400:]}")
    return cast("dict[str, Any]", json.loads(done.stdout))
