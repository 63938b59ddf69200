"""Finds the MicroPython that runs the firmware here, and says what it cannot vouch for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gangvakt_sim.errors import InterpreterMissing

VARIABLE = "GANGVAKT_MICROPYTHON"
REPOSITORY = Path(__file__).resolve().parents[2]
# Where `make setup` puts it.
FETCHED = Path(".build", "micropython", "micropython")
PINNED_VERSION = (1, 26)
CHIP_BITS = 32
IDENTIFY = "import sys; print(sys.implementation[0], *sys.implementation[1][:3], sys.maxsize)"
IDENTITY = re.compile(r"micropython (?P<major>\d+) (?P<minor>\d+) (?P<patch>\d+) (?P<maxsize>\d+)")
IDENTIFY_TIMEOUT_S = 10
ADVICE = f"correct {VARIABLE}, or unset it and run `make setup`"


@dataclass(frozen=True)
class Interpreter:
    """How to start it (`argv`, to be followed by its arguments), what it is, what it cannot vouch for."""

    argv: tuple[str, ...]
    version: tuple[int, int, int]
    bits: int
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        version = ".".join(map(str, self.version))
        return f"MicroPython {version}, {self.bits} bits: {' '.join(self.argv)}"


def find_interpreter(root: Path = REPOSITORY, environ: Mapping[str, str] = os.environ) -> Interpreter:
    """The interpreter that GANGVAKT_MICROPYTHON names, else the one `make setup` fetched.

    Raises InterpreterMissing.
    """
    named = environ.get(VARIABLE)
    if named:
        path = shutil.which(named)
        if path is None:
            raise InterpreterMissing(f"{VARIABLE}={named} is no program: {ADVICE}")
        return identify((str(Path(path).resolve()),))
    fetched = root / FETCHED
    if not fetched.exists():
        raise InterpreterMissing(f"there is no MicroPython yet: run `make setup`, or set {VARIABLE}")
    return identify((str(fetched),))


def identify(argv: tuple[str, ...]) -> Interpreter:
    """Ask the program what it is. Raises InterpreterMissing if it is no MicroPython that starts here."""
    told = _ask(argv)
    match = IDENTITY.fullmatch(told)
    if match is None:
        raise InterpreterMissing(f"{argv[0]} is no MicroPython: {ADVICE}")
    version = (int(match["major"]), int(match["minor"]), int(match["patch"]))
    bits = int(match["maxsize"]).bit_length() + 1
    return Interpreter(argv, version, bits, lost_guarantees(version, bits))


def _ask(argv: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(
            [*argv, "-c", IDENTIFY],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=IDENTIFY_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InterpreterMissing(f"{argv[0]} does not run here ({error}): {ADVICE}") from error
    return done.stdout.strip()


def lost_guarantees(version: tuple[int, int, int], bits: int) -> tuple[str, ...]:
    """What a run on such an interpreter no longer shows, one line each; empty for the pinned one."""
    warnings = []
    if version[:2] != PINNED_VERSION:
        pinned, have = (".".join(map(str, number)) for number in (PINNED_VERSION, version))
        warnings.append(
            f"MicroPython {have} is not the {pinned} of the boards: its modules and limits may not be theirs"
        )
    if bits != CHIP_BITS:
        warnings.append(
            f"a {bits}-bit interpreter: figures for allocation and RAM do not hold for the chip, "
            "small integers do not end at 2^30, and ticks do not wrap at 2^30 ms"
        )
    return tuple(warnings)


def main() -> int:
    """Say which interpreter would be used; the exit code."""
    try:
        interpreter = find_interpreter()
    except InterpreterMissing as error:
        print(error, file=sys.stderr)
        return 1
    print(interpreter)
    for warning in interpreter.warnings:
        print(f"warning: {warning}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
