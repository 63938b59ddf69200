"""The end of what was begun by somebody and still runs."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN_S = 0.2


async def end_all(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Returns when all have ended. Cancelled again and again: a driver that cleans up may swallow one."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=AGAIN_S)
