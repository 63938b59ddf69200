"""The end of tasks that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN_S = 0.2


async def end_tasks(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Returns when all have ended, however they did.

    Before Python 3.12 `asyncio.wait_for` swallows a cancellation that comes together with its result, so
    one cancellation may not be enough.
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=AGAIN_S)
