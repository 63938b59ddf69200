"""A controller in one file, made while it runs: the store, and what else is in its data folder.

A tar with gzip: `manifest.json` first, then `gangvakt.db`, an SQLite copy of the store, and the other files
of the folder below `data/`. The manifest names each file with its size and SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from gangvakt import __version__
from gangvakt.errors import FolderUnusable, WouldOverwrite
from gangvakt.files import PRIVATE_FILE
from gangvakt.settings import Settings
from gangvakt.store.address import known_address
from gangvakt.store.copying import copy_out

FORMAT = 1
MANIFEST, STORE, FOLDER = "manifest.json", "gangvakt.db", "data/"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Entry:
    """A file in a backup; `size` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, and who made it when (UTC ms)."""

    format: int
    program: str
    made_ms: int
    store: str
    files: tuple[Entry, ...]

    @property
    def size(self) -> int:
        return sum(entry.size for entry in self.files)


async def back_up(settings: Settings, file: Path, now_ms: int, *, force: bool = False) -> Manifest:
    """Writes `file`, which only its owner may read: keys and password hashes are inside.

    NoDatabase, WouldOverwrite, StoreError, FolderUnusable; then no file is left.
    """
    address = known_address(settings)
    if file.exists() and not force:
        raise WouldOverwrite(file)
    try:
        with tempfile.TemporaryDirectory(prefix=".gangvakt-backup-", dir=file.absolute().parent) as folder:
            copy, aside = Path(folder) / STORE, Path(folder) / "backup"
            await copy_out(address, copy)
            kind = "postgresql" if address.path is None else "sqlite"
            names = {STORE: copy, **_folder_files(settings)}
            manifest = _write(aside, names, Manifest(FORMAT, __version__, now_ms, kind, ()))
            aside.replace(file)
    except OSError as error:
        raise FolderUnusable(file.absolute().parent, error) from error
    return manifest


def _folder_files(settings: Settings) -> dict[str, Path]:
    """Keys, certificates, updates, recordings: all but the store, its address, and half-written files."""
    own = (f"{settings.database.name}*", settings.store_url.name)
    found = {}
    for path in sorted(settings.data.rglob("*")):
        inside = path.relative_to(settings.data)
        hidden = any(part.startswith(".") for part in inside.parts)
        is_store = len(inside.parts) == 1 and any(inside.match(pattern) for pattern in own)
        if path.is_file() and not path.is_symlink() and not hidden and not is_store:
            found[FOLDER + inside.as_posix()] = path
    return found


def _write(aside: Path, names: dict[str, Path], manifest: Manifest) -> Manifest:
    """Files that change meanwhile: what the manifest tells is what was read, for each is read once into a
    spool before it is told.
    """
    with tempfile.TemporaryFile(dir=aside.parent) as spool:
        entries, modes = [], []
        for name, path in names.items():
            entries.append(_spooled(name, path, spool))
            modes.append(path.stat().st_mode & 0o777)
        spool.seek(0)
        whole = Manifest(**vars(manifest) | {"files": tuple(entries)})
        opened = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(opened, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar:
                told = json.dumps(asdict(whole), indent=1).encode()
                tar.addfile(_member(MANIFEST, len(told), PRIVATE_FILE), io.BytesIO(told))
                for entry, mode in zip(entries, modes, strict=True):
                    tar.addfile(_member(entry.name, entry.size, mode), spool)
            raw.flush()
            os.fsync(raw.fileno())
    return whole


def _spooled(name: str, path: Path, spool: io.IOBase) -> Entry:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        for piece in _pieces(source):
            spool.write(piece)
            digest.update(piece)
            size += len(piece)
    return Entry(name, size, digest.hexdigest())


def _pieces(source: io.BufferedIOBase) -> Iterator[bytes]:
    while piece := source.read(CHUNK):
        yield piece


def _member(name: str, size: int, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, mode
    return member
