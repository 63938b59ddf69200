"""Remembers which steps are done, so that a second set-up takes no time."""

from __future__ import annotations

import hashlib
from pathlib import Path


def key(*parts: str | bytes | Path) -> str:
    """A digest of texts, bytes and the contents of files (an absent file counts as such)."""
    digest = hashlib.sha256()
    for part in parts:
        content = _content(part)
        digest.update(f"{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def _content(part: str | bytes | Path) -> bytes:
    if isinstance(part, Path):
        return part.read_bytes() if part.exists() else b"absent"
    return part.encode() if isinstance(part, str) else part


class Stamp:
    """A file that holds the key under which a step was last done."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_fresh(self, key: str) -> bool:
        return self._path.exists() and self._path.read_text() == key

    def write(self, key: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(key)
