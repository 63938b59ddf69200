"""Runs other programs, quietly, with a sign of life and their output kept in a file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap.errors import CommandFailed, SetupError
from bootstrap.say import Alive

TICK_S = 1.0
# How the programs we start mark the line that names the cause: apt, pip, Python.
CAUSE_MARKS = ("E: ", "ERROR: ", "error: ")


def run(
    command: Sequence[str],
    log: Path,
    alive: Alive,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run `command` without input; its output replaces `log`.

    Raises CommandFailed, or SetupError if it cannot be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
                cwd=cwd,
            )
        except OSError as error:
            raise SetupError(f"cannot run {command[0]}: {error.strerror}") from error
        code = _wait(child, alive)
    if code:
        raise CommandFailed(Path(command[0]).name, code, cause(log.read_text(errors="replace")), log)


def _wait(child: subprocess.Popen[bytes], alive: Alive) -> int:
    try:
        while True:
            try:
                return child.wait(timeout=TICK_S)
            except subprocess.TimeoutExpired:
                alive()
    except BaseException:
        child.terminate()
        child.wait()
        raise


def cause(output: str) -> str:
    """The line of a program's output that names the cause: the first marked one, else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marked = [line for line in lines if line.startswith(CAUSE_MARKS)]
    return (marked or lines[-1:] or [""])[0]
