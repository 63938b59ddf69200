"""Stores with our tables, copied: to migrate each takes longer than most of what tests do with it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gangvakt.store import Store

_made: list[bytes] = []


@asynccontextmanager
async def a_store(file: Path) -> AsyncIterator[Store]:
    """An open SQLite store in the new `file`."""
    if not _made:
        with tempfile.TemporaryDirectory() as folder:
            template = Path(folder) / "x.db"
            async with Store.open(template):
                pass
            _made.append(template.read_bytes())
    file.write_bytes(_made[0])
    async with Store.open(file) as store:
        yield store
