"""A controller's relays in a process of its own, which a test kills: appends alarms and relays them.

Arguments: the database, how many alarms to append. Each has the number that it has in the outbox as its code.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from gangvakt.relay import Relays
from gangvakt.store import Store
from gangvakt.store.outbox import append


async def main(database: Path, count: int) -> None:
    async with Store.open(database) as store, asyncio.TaskGroup() as tasks:
        tasks.create_task(Relays(store.outbox, store.relays, store.notices).run())
        for _ in range(count):
            async with store.exclusive() as connection:
                code = str(await _head(store) + 1)
                await append(connection, "no.gangvakt.alarm.raised.v1", "drammen/x", {"code": code})
            await asyncio.sleep(0.005)


async def _head(store: Store) -> int:
    return await store.outbox.head()  # nobody else writes while the caller's transaction is exclusive


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
