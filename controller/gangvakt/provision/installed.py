"""What must be found on a board that was flashed: its interpreter and each file, by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gangvakt.provision.image import BLOCK, SLOT, _file_system
from gangvakt.provision.layout import Region

# Where the sign has the files of a partition.
MOUNTS = {"vfs": "", "data": "/data"}
NAMED_MAX = 3  # differences that one line names


@dataclass(frozen=True)
class Installed:
    """Interpreter, and digests (SHA-256, hex) of files by path and of the app's slot by its name."""

    version: str
    machine: str
    digests: Mapping[str, str]


def expected(version: str, machine: str, regions: Sequence[Region]) -> Installed:
    """What a board must hold after these regions were written."""
    digests: dict[str, str] = {}
    for region in regions:
        if region.name in MOUNTS:
            mount = MOUNTS[region.name]
            digests |= {mount + path: _digest(content) for path, content in files_of(region).items()}
        elif region.name == SLOT:
            digests[SLOT] = _digest(region.data)
    return Installed(version, machine, digests)


def differences(wanted: Installed, found: Installed) -> list[str]:
    """What differs, as a person would say it; empty when all is as it must be. Further files do not count."""
    said = []
    if found.version != wanted.version:
        said.append(f"MicroPython {found.version} instead of {wanted.version}")
    if found.machine != wanted.machine:
        said.append(f"machine {found.machine!r} instead of {wanted.machine!r}")
    for name, digest in sorted(wanted.digests.items()):
        if name not in found.digests:
            said.append(f"{name} is missing")
        elif found.digests[name] != digest:
            said.append(f"{name} differs")
    more = len(said) - NAMED_MAX
    return said if more <= 0 else [*said[:NAMED_MAX], f"{more} more"]


def files_of(region: Region) -> dict[str, bytes]:
    """The files in a region that is a littlefs2 image, by path."""
    fs = _file_system(len(region.data) // BLOCK)
    fs.context.buffer[:] = region.data
    fs.mount()
    files = {}
    for folder, _, names in fs.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            with fs.open(path, "rb") as file:
                files[path] = file.read()
    fs.unmount()
    return files


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
