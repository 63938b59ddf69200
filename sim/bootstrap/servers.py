"""The servers that the controller's tests talk to beside its own: Debian's Mosquitto and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bootstrap.debian import install
from bootstrap.errors import SetupError
from bootstrap.places import LOGS
from bootstrap.say import Say

LOG = LOGS / "servers.log"
# Where each is once it is installed. PostgreSQL's programs are not on the PATH.
PROGRAMS = {
    "mosquitto": Path("/usr/sbin/mosquitto"),
    "postgresql": Path("/usr/lib/postgresql"),
}


def missing(programs: Mapping[str, Path] = PROGRAMS) -> list[str]:
    """The packages that are not here."""
    return [package for package, place in programs.items() if not place.exists()]


def ensure(
    say: Say, environ: Mapping[str, str] = os.environ, programs: Mapping[str, Path] = PROGRAMS
) -> None:
    """Install them. Where that cannot be done: an error in CI, else a loud line."""
    wanted = missing(programs)
    if not wanted:
        return
    try:
        with say.step(f"{' and '.join(wanted)} for the controller's tests") as alive:
            install(wanted, LOG, alive)
    except SetupError as error:
        if environ.get("CI"):
            raise
        say.line(
            f"WARNING: the tests with {' and '.join(wanted)} will be SKIPPED:"
            f" run 'sudo apt-get install {' '.join(wanted)}'; {error}"
        )
