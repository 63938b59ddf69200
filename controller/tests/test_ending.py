"""The end of tasks, also of such as overhear that they should."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from gangvakt.cli.ending import end_tasks


async def test_a_task_that_swallows_its_first_cancellation_is_ended_all_the_same() -> None:
    swallowed = asyncio.Event()

    async def deaf() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        swallowed.set()
        await asyncio.Event().wait()

    tasks = [asyncio.create_task(deaf()), asyncio.create_task(asyncio.Event().wait())]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end_tasks(tasks)
    assert swallowed.is_set()
    assert all(task.cancelled() for task in tasks)
