"""Runs the real esptool and mpremote at a board's port."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TIMEOUT_S = 60
QUICK = ("gangvakt.provision.serial_urls",)  # pyserial's client without its pauses


def esptool(url: str, *arguments: str | Path, quick: bool = True, config: Path | None = None) -> Done:
    """`esptool --no-stub --port URL ...`; `config` is its esptool.cfg."""
    return run("esptool", "--no-stub", "--port", url, *arguments, quick=quick, config=config)


def mpremote(url: str, *arguments: str) -> Done:
    """`mpremote connect URL ...` with pyserial's own client."""
    return run("mpremote", "connect", url, *arguments, quick=False)


def run(module: str, *arguments: str | Path, quick: bool, config: Path | None = None) -> Done:
    """A module as a program of its own."""
    argv = [sys.executable, "-m", *(QUICK if quick else ()), module, *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    if config is not None:
        environment["ESPTOOL_CFGFILE"] = str(config)
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=TIMEOUT_S, env=environment, check=False
    )
    return Done(done.returncode, done.stdout + done.stderr)


class Done:
    """How it ended: exit code, and all it said."""

    def __init__(self, code: int, said: str) -> None:
        self.code, self.said = code, said

    def __contains__(self, text: str) -> bool:
        return text in self.said

    def __repr__(self) -> str:
        return f"exit code {self.code}\n{self.said[-3000:]}"
