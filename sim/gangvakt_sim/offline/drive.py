"""Starts the driver on the real interpreter and feeds it the lives of signs."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from gangvakt_sim.errors import DriverFailed
from gangvakt_sim.interpreter import find_interpreter
from gangvakt_sim.offline.decision import Decision, read_decisions
from gangvakt_sim.offline.stream import SignStream
from gangvakt_sim.sign_code import FIRMWARE

DRIVER = Path(__file__).with_name("device") / "drive.py"
HEAP = "2m"  # the compiler's as well: the sources are compiled when they are loaded

Live = Callable[[SignStream], None]


def decide(live: Live, firmware: Path = FIRMWARE) -> list[Decision]:
    """Let `live` write the lives of signs into a stream, and give back what each decided.

    `firmware` is the folder with the package `sign`. InterpreterMissing without an interpreter, DriverFailed
    when the firmware does not run to the end.
    """
    argv = [*find_interpreter().argv, "-X", f"heapsize={HEAP}", "-O2", str(DRIVER), str(firmware)]
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=told, stderr=said)
        try:
            assert process.stdin is not None
            with process.stdin as pipe:
                live(SignStream(cast(BinaryIO, pipe)))
        except BrokenPipeError:
            pass  # it has ended before its time: what it said tells why
        finally:
            code = process.wait()
        if code:
            raise DriverFailed(f"the firmware ended with code {code}: {_text(said) or _text(told)}")
        told.seek(0)
        return read_decisions(told.read().decode().splitlines())


def _text(file: BinaryIO) -> str:
    file.seek(0)
    lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    return " ".join(lines[-3:])
