"""The interpreter that runs the firmware here: MicroPython for i386 from Debian, unpacked beside us."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from bootstrap import stamps
from bootstrap.apt import ARCHIVE_VARIABLE, archives, foreign_apt
from bootstrap.errors import CommandFailed, SetupError
from bootstrap.places import BUILD, MICROPYTHON, ROOT, VENV
from bootstrap.say import Alive, Say

VARIABLE = "GANGVAKT_MICROPYTHON"
VERSION = "1.26.1"
SUITES = ("forky", "sid")
ARCHITECTURE = "i386"
MACHINES = ("x86_64", "i386", "i686")
WORD_BITS = 32
TELL = "import sys; print('.'.join(str(n) for n in sys.implementation[1][:3]), sys.maxsize)"
# The unpacked tree brings its own C library, so that any Linux can run it.
WRAPPER = """\
#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
root=$here/root/usr
exec "$root/lib/ld-linux.so.2" --library-path "$root/lib/i386-linux-gnu" "$root/bin/micropython" "$@"
"""


def ensure(say: Say) -> None:
    """Fetch the interpreter, unless it is there or the variable names another one, which is then judged."""
    if os.environ.get(VARIABLE):
        _judge_named(say)
        return
    key = stamps.key(VERSION, ARCHITECTURE, WRAPPER)
    stamp = stamps.Stamp(MICROPYTHON / "stamp")
    if stamp.is_fresh(key):
        return
    with say.step(f"MicroPython {VERSION}, {WORD_BITS} bits, from Debian") as alive:
        _install(alive)
    stamp.write(key)


def _judge_named(say: Say) -> None:
    """Say what the named interpreter is and which guarantees are gone with it."""
    command = [str(VENV / "bin" / "python"), "-m", "gangvakt_sim.interpreter"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode:
        raise SetupError(told.stderr.strip().splitlines()[-1])
    for line in told.stdout.splitlines():
        say.line(line)


def _install(alive: Alive) -> None:
    if platform.machine() not in MACHINES:
        raise SetupError(
            f"the {WORD_BITS}-bit x86 interpreter does not run on {platform.machine()}: "
            f"set {VARIABLE} to another one"
        )
    fresh = BUILD / "micropython.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _fetch(fresh / "root", alive)
    wrapper = write_wrapper(fresh)
    verify(wrapper)
    shutil.rmtree(MICROPYTHON, ignore_errors=True)
    fresh.rename(MICROPYTHON)


def _fetch(root: Path, alive: Alive) -> None:
    """Try each archive and suite until one has the version; the last one's trouble is told."""
    trouble = SetupError("no archive")
    for archive in archives():
        for suite in SUITES:
            try:
                apt = foreign_apt(f"debian-{suite}", alive, archive, suite, ARCHITECTURE)
                apt.update()
                return apt.unpack(apt.download_with_dependencies(f"micropython={VERSION}*"), root)
            except CommandFailed as error:
                trouble = error
    raise SetupError(
        f"MicroPython {VERSION} for {ARCHITECTURE} cannot be had from Debian; set {ARCHIVE_VARIABLE} to "
        f"an archive that has it, or {VARIABLE} to an interpreter: {trouble}"
    )


def write_wrapper(folder: Path) -> Path:
    """Write the command that starts the unpacked interpreter, wherever its folder is moved to."""
    wrapper = folder / "micropython"
    wrapper.write_text(WRAPPER)
    wrapper.chmod(0o755)
    return wrapper


def verify(command: Path) -> None:
    """Raises SetupError unless the interpreter starts and is of the version and word size we count on."""
    try:
        done = subprocess.run([command, "-c", TELL], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(
            f"the {WORD_BITS}-bit interpreter does not start on this kernel ({error}): "
            f"set {VARIABLE} to another one"
        ) from error
    wanted = f"{VERSION} {2 ** (WORD_BITS - 1) - 1}"
    if done.stdout.strip() != wanted:
        raise SetupError(
            f"the fetched interpreter says {done.stdout.strip()}, not {wanted}: set {VARIABLE} to another"
        )
