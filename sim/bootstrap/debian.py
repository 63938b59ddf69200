"""Debian packages installed on this machine, as root or through sudo."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bootstrap.errors import CommandFailed, SetupError
from bootstrap.say import Alive
from bootstrap.shell import run

# Nobody is asked anything, and a server that comes in a package is not started.
QUIETLY = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}


def install(packages: Sequence[str], log: Path, alive: Alive) -> None:
    """Installs what is missing of `packages`; SetupError without rights, CommandFailed when apt refuses."""
    prefix = root_prefix()
    if prefix is None:
        raise SetupError("this user is not root and has no sudo without a password")
    command = [*prefix, "apt-get", "install", "-y", "--no-install-recommends", *packages]
    # The lists may be absent or old: a second try renews them.
    try:
        run(command, log, alive, QUIETLY)
    except CommandFailed:
        run([*prefix, "apt-get", "update"], log, alive, QUIETLY)
        run(command, log, alive, QUIETLY)


def root_prefix(uid: int | None = None) -> list[str] | None:
    """How to run a command as root: as it is, through sudo without a password, or (None) not at all."""
    if (os.geteuid() if uid is None else uid) == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None
