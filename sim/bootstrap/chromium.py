"""The browser for the tests of the pages: Debian's chromium."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Mapping

from bootstrap.errors import CommandFailed, SetupError
from bootstrap.places import LOGS
from bootstrap.say import Alive, Say
from bootstrap.shell import run

VARIABLE = "GANGVAKT_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without a font of its own a page without web fonts would be empty boxes. The browser's driver is a Node
# program that needs libatomic1.
DRIVER_LIBRARY = "libatomic.so.1"
PACKAGES = ("chromium", "fonts-liberation", "libatomic1")
LOG = LOGS / "chromium.log"
ADVICE = f"run 'sudo apt-get install chromium libatomic1' or set {VARIABLE} to a Chromium"


def find(environ: Mapping[str, str] = os.environ) -> str | None:
    """The browser's command: the variable's, else an installed Chromium."""
    named = environ.get(VARIABLE)
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None)


def driver_can_run() -> bool:
    """Whether the library that the browser's driver needs is here."""
    try:
        ctypes.CDLL(DRIVER_LIBRARY)
    except OSError:
        return False
    return True


def ensure(say: Say, environ: Mapping[str, str] = os.environ) -> None:
    """Install the browser and what drives it. Where that cannot be done: an error in CI, else a loud line."""
    if find(environ) and driver_can_run():
        return
    try:
        with say.step("Chromium for the tests of the pages") as alive:
            _install(alive, environ)
    except SetupError as error:
        if environ.get("CI"):
            raise
        say.line(f"WARNING: the tests of the pages will be SKIPPED: {error}")


def _install(alive: Alive, environ: Mapping[str, str]) -> None:
    if environ.get(VARIABLE) and not find(environ):
        raise SetupError(f"{VARIABLE}={environ[VARIABLE]} is no program")
    prefix = root_prefix()
    if prefix is None:
        raise SetupError(f"there is no browser: {ADVICE}")
    install = [*prefix, "apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    noninteractive = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        # The lists may be absent or old: a second try renews them.
        try:
            run(install, LOG, alive, noninteractive)
        except CommandFailed:
            run([*prefix, "apt-get", "update"], LOG, alive, noninteractive)
            run(install, LOG, alive, noninteractive)
    except SetupError as error:
        raise SetupError(f"there is no browser: {ADVICE}; {error}") from error


def root_prefix(uid: int | None = None) -> list[str] | None:
    """How to run a command as root: as it is, through sudo without a password, or (None) not at all."""
    if (os.geteuid() if uid is None else uid) == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None
