"""Files that hold secrets: never readable by others, never half written."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from gangvakt.errors import FolderUnusable, WouldOverwrite

PRIVATE_FILE = 0o600
PUBLIC_FILE = 0o644
PRIVATE_FOLDER = 0o700


def make_folder(folder: Path, mode: int = 0o755) -> Path:
    """Makes `folder` with its parents where missing and proves that it can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise FolderUnusable(folder, error) from error
    return folder


def write_file(path: Path, data: bytes, *, private: bool = False) -> None:
    """Writes aside, then renames: a reader sees the old file or the whole new one."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with contextlib.suppress(FileNotFoundError):
            aside.unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(aside, flags, PRIVATE_FILE if private else PUBLIC_FILE), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise FolderUnusable(path.parent, error) from error


def refuse_overwrite(folder: Path, names: tuple[str, ...]) -> None:
    """WouldOverwrite for the first of `names` that is in `folder` already."""
    for name in names:
        if (folder / name).exists():
            raise WouldOverwrite(folder / name)
