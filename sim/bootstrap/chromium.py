"""The browser for the tests of the pages: Debian's chromium."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Mapping

from bootstrap.debian import install
from bootstrap.errors import SetupError
from bootstrap.places import LOGS
from bootstrap.say import Alive, Say

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
    try:
        install(PACKAGES, LOG, alive)
    except SetupError as error:
        raise SetupError(f"there is no browser: {ADVICE}; {error}") from error
