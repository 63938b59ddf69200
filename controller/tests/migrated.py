"""Stores with our tables, copied: to migrate each takes longer than most of what tests do with it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from gangvakt.store import Store


@asynccontextmanager
async def a_store(file: Path) -> AsyncIterator[Store]:
    """An open SQLite store; a `file` that is not there yet is made with our tables."""
    if not file.exists():
        a_file(file)
    async with Store.open(file) as store:
        yield store


def a_file(file: Path) -> Path:
    """A closed one in the new `file`."""
    file.write_bytes(_template())
    return file


@cache
def _template() -> bytes:
    """Made once a process; in a thread, since whoever asks may run in an event loop."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        template = Path(folder) / "x.db"
        pool.submit(asyncio.run, _migrate(template)).result()
        return template.read_bytes()


async def _migrate(file: Path) -> None:
    async with Store.open(file):
        pass
