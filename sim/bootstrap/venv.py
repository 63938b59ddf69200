"""The Python packages: .venv, made from requirements.lock."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

from bootstrap import stamps
from bootstrap.apt import PrivateApt
from bootstrap.errors import CommandFailed, SetupError
from bootstrap.places import BUILD, LOCK, LOGS, PROJECT, ROOT, VENV
from bootstrap.say import Alive, Say
from bootstrap.shell import run

VENV_PYTHON = VENV / "bin" / "python"
LOG = LOGS / "pip.log"
# Debian and Ubuntu keep pip for their own venvs as a wheel, and a wheel runs without being installed.
PIP_PACKAGE = "python3-pip-whl"
PIP_WHEELS = "usr/share/python-wheels"
# esptool comes as source only; what builds it must lie in the venv first, at its locked version.
BUILD_TOOL = "setuptools"


def ensure(say: Say) -> None:
    """Make .venv hold what the lock and the project name, unless it does already."""
    python = f"{sys.version} {sys.base_prefix}"
    packages = "Python packages from requirements.lock"
    steps = (
        # Its programs hold its path, so that a moved folder needs another one.
        ("venv", "a virtual environment", _create, stamps.key(python, str(VENV))),
        ("packages", packages, _install_packages, stamps.key(python, LOCK)),
        ("project", "the project's own commands", _install_project, stamps.key(python, LOCK, PROJECT)),
    )
    for name, what, action, key in steps:
        stamp = stamps.Stamp(VENV / "stamps" / name)
        if not stamp.is_fresh(key):
            with say.step(what) as alive:
                action(alive)
            stamp.write(key)


def _create(alive: Alive) -> None:
    # Without ensurepip, which Debian packs apart, `venv` can make everything but pip.
    without_pip = [] if _has_ensurepip() else ["--without-pip"]
    run([sys.executable, "-m", "venv", "--clear", *without_pip, str(VENV)], LOGS / "venv.log", alive)


def _has_ensurepip() -> bool:
    return importlib.util.find_spec("ensurepip") is not None


def _install_packages(alive: Alive) -> None:
    build_tool = BUILD / "build-tool.txt"
    build_tool.parent.mkdir(parents=True, exist_ok=True)
    build_tool.write_text(locked(LOCK.read_text(), BUILD_TOOL))
    _pip(alive, "--require-hashes", "--requirement", str(build_tool))
    _pip(alive, "--require-hashes", "--no-build-isolation", "--requirement", str(LOCK))


def _install_project(alive: Alive) -> None:
    _pip(alive, "--no-build-isolation", "--editable", str(ROOT))


def _pip(alive: Alive, *arguments: str) -> None:
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check", "--no-deps")
    try:
        run([*pip(alive), "install", *quiet, *arguments], LOG, alive)
    except CommandFailed as error:
        raise SetupError(
            f"Python packages cannot be installed: is the package index within reach? "
            f"({error.reason}; pip's output is in {error.log})"
        ) from error


def pip(alive: Alive) -> list[str]:
    """The command that runs pip for .venv; fetches pip if Python came without it."""
    if (VENV / "bin" / "pip").exists():
        return [str(VENV_PYTHON), "-m", "pip"]
    wheel = _pip_wheel(Path("/")) or _pip_wheel(BUILD / "pip") or _fetch_pip(alive)
    return [str(VENV_PYTHON), str(wheel / "pip")]


def _pip_wheel(root: Path) -> Path | None:
    return next(iter(sorted((root / PIP_WHEELS).glob("pip-*.whl"))), None)


def _fetch_pip(alive: Alive) -> Path:
    try:
        apt = PrivateApt("machine", alive)
        unanswered = apt.update_what_answers()
        try:
            files = apt.download(PIP_PACKAGE)
        except CommandFailed as error:
            raise unanswered or error from None
        apt.unpack(files, BUILD / "pip")
    except SetupError as error:
        raise SetupError(
            f"this Python has no pip and none can be had: run 'sudo apt-get install python3-venv' ({error})"
        ) from error
    wheel = _pip_wheel(BUILD / "pip")
    if wheel is None:
        raise SetupError(f"{PIP_PACKAGE} holds no pip: run 'sudo apt-get install python3-venv'")
    return wheel


def locked(lock: str, package: str) -> str:
    """The lines of the lock that pin one package."""
    # A pin begins in the first column; its hashes are indented below it.
    entries = re.split(r"(?m)^(?=[a-z0-9])", lock)
    return "".join(entry for entry in entries if entry.startswith(f"{package}=="))
