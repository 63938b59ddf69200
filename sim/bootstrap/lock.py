"""Renews requirements.lock from what pyproject.toml asks for."""

from __future__ import annotations

from bootstrap import venv
from bootstrap.errors import SetupError
from bootstrap.places import BUILD, LOCK, LOGS, PROJECT, ROOT
from bootstrap.say import Alive, Say
from bootstrap.shell import run

UV_VERSION = "0.13.9"
UV = BUILD / f"uv-{UV_VERSION}"
OLDEST_PYTHON = "3.11"
LOG = LOGS / "lock.log"
HEADER = "# Made by `make lock` from pyproject.toml: exact for every Python and platform we support.\n"
OPTIONS = (
    *("--universal", "--python-version", OLDEST_PYTHON, "--all-extras", "--generate-hashes", "--upgrade"),
    # The lock holds for any index: where packages come from is the machine's business.
    *("--no-config", "--no-header", "--no-emit-index-url", "--no-emit-find-links"),
)


def renew(say: Say) -> None:
    """Resolve anew and write the lock; raises SetupError, and writes nothing, if it would name an address."""
    with say.step("requirements.lock from pyproject.toml") as alive:
        _fetch_uv(alive)
        fresh = BUILD / "requirements.lock"
        uv = UV / "bin" / "uv"
        # A relative path, since the lock quotes it.
        command = [str(uv), "pip", "compile", *OPTIONS, "--output-file", str(fresh), PROJECT.name]
        run(command, LOG, alive, cwd=ROOT)
        text = HEADER + fresh.read_text()
        if names_an_address(text):
            raise SetupError(f"{fresh} names an address; a lock must hold for any index")
        LOCK.write_text(text)


def _fetch_uv(alive: Alive) -> None:
    if not UV.exists():
        run([*venv.pip(alive), "install", "--quiet", "--target", str(UV), f"uv=={UV_VERSION}"], LOG, alive)


def names_an_address(lock: str) -> bool:
    """Whether a lock names an index, a host or a folder of this machine."""
    marks = ("://", "--index", "--extra-index", "--find-links", " @ ", str(ROOT))
    return any(mark in lock for mark in marks)
