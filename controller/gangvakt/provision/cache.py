"""The folder for what can be made or fetched again: compiled firmware and official images."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs

from gangvakt.errors import FolderUnusable

ENVIRONMENT = "GANGVAKT_CACHE"
SUM_BYTES = hashlib.sha256().digest_size
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
ENTRIES_MAX = 4000  # of compiled files: some forty versions of the firmware
ENTRIES_KEPT = 2000


def cache_folder() -> Path:
    """The folder named by GANGVAKT_CACHE, else that of the platform; perhaps not there yet."""
    given = os.environ.get(ENVIRONMENT)
    return Path(given) if given else platformdirs.user_cache_path("gangvakt", appauthor=False)


def image_folder() -> Path:
    """Where official images are kept, by their file names."""
    return cache_folder() / "images"


class BuildCache:
    """Results by what they are made of. A damaged entry counts as missing.

    It is a convenience: where its folder cannot be written, everything is made anew each time. Only a full
    disk is told (FolderUnusable), because what is built next would not fit either.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, parts: tuple[bytes, ...], make: Callable[[], bytes]) -> bytes:
        """The result that belongs to these parts, made where it is not there."""
        key = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
        path = self._folder / key
        known = _read(path)
        if known is not None:
            return known
        made = make()
        self._keep(path, made)
        return made

    def _keep(self, path: Path, content: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(path, hashlib.sha256(content).digest() + content)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise FolderUnusable(self._folder, error) from error

    def prune(self) -> None:
        """When there are too many entries, those that were written first go."""
        with contextlib.suppress(OSError):  # another program may prune at the same time
            paths = list(self._folder.iterdir())
            if len(paths) > ENTRIES_MAX:
                for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns)[:-ENTRIES_KEPT]:
                    path.unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    """An entry's content; None where there is none, or none that fits its sum."""
    try:
        entry = path.read_bytes()
    except OSError:
        return None
    content = entry[SUM_BYTES:]
    return content if hashlib.sha256(content).digest() == entry[:SUM_BYTES] else None


def _write(path: Path, entry: bytes) -> None:
    """Aside, then renamed. Not flushed to the disk: the sum tells what a power cut has torn."""
    handle, aside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(entry)
        os.replace(aside, path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
