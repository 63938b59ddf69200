"""What judges the pages' accessibility in the browser tests: axe-core, packed by npm from its registry."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from bootstrap.debian import install
from bootstrap.errors import SetupError
from bootstrap.places import BUILD, LOGS
from bootstrap.say import Alive, Say
from bootstrap.shell import run

VERSION = "4.14.1"
# As npm's lock files write it; a newer version gets the one that the registry names for it.
INTEGRITY = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
PACKED = "package/axe.min.js"
SCRIPT = BUILD / f"axe-core-{VERSION}" / "axe.min.js"
LOG = LOGS / "axe.log"
ADVICE = "run 'python3 -m bootstrap axe' in sim/ where npm reaches its registry"

Fetch = Callable[[Path, Alive], Path]


def ensure(say: Say, script: Path = SCRIPT) -> None:
    """Make `script` be there. Where it cannot be had: a loud line, and its tests are skipped by name."""
    if script.exists():
        return
    try:
        with say.step(f"axe-core {VERSION} for the tests of the pages") as alive:
            fetch(script, npm_pack, alive)
    except SetupError as error:
        say.line(f"WARNING: the tests of the pages' accessibility will be SKIPPED: {ADVICE}; {error}")


def fetch(script: Path, pack: Fetch, alive: Alive) -> None:
    """`pack` leaves the package in a folder; nothing of it is kept that is not the pinned one."""
    with tempfile.TemporaryDirectory() as folder:
        content = unpacked(pack(Path(folder), alive))
    script.parent.mkdir(parents=True, exist_ok=True)
    whole = script.with_suffix(".part")
    whole.write_bytes(content)
    whole.replace(script)


def npm_pack(folder: Path, alive: Alive) -> Path:
    """The package as the registry has it; npm comes from Debian where there is none."""
    if shutil.which("npm") is None:
        install(("npm",), LOG, alive)
    run(["npm", "pack", "--silent", f"axe-core@{VERSION}"], LOG, alive, cwd=folder)
    return folder / f"axe-core-{VERSION}.tgz"


def unpacked(package: Path) -> bytes:
    """The script in the package. SetupError unless it is the pinned package."""
    if not package.exists():
        raise SetupError(f"npm left no {package.name}; its output is in {LOG}")
    found = "sha512-" + base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise SetupError(f"{package.name} is not the pinned one: it has {found}, {INTEGRITY} is wanted")
    with tarfile.open(package) as archive:
        member = archive.extractfile(PACKED)
        if member is None:
            raise SetupError(f"{package.name} holds no {PACKED}")
        return member.read()
