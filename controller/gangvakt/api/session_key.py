"""The key by which what must not be read in the database is sealed."""

from __future__ import annotations

import secrets
from pathlib import Path

from gangvakt.errors import FolderUnusable
from gangvakt.files import write_file

KEY_BYTES = 32


def session_key(path: Path) -> bytes:
    """The key that seals second factors, made at the first start."""
    try:
        if not path.exists():
            write_file(path, secrets.token_bytes(KEY_BYTES), private=True)
        return path.read_bytes()
    except OSError as error:
        raise FolderUnusable(path.parent, error) from error
