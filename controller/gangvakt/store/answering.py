"""Whether the database answers, asked when somebody wants to know: most of the time nothing is written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import StoreError

LONGEST_S = 2.0  # a load balancer's patience; asked this often a database does not feel it:
KEPT_S = 1.0

Reading = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


class StoreProbe:
    """`reading` is `Store.reading`. However many ask, the database is asked once in KEPT_S."""

    def __init__(self, reading: Reading, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._reading, self._clock_s = reading, clock_s
        self._asking = asyncio.Lock()
        self._asked_s: float | None = None
        self._answered = False

    async def answers(self) -> bool:
        """Within LONGEST_S. Never raises."""
        async with self._asking:
            if self._asked_s is None or self._clock_s() - self._asked_s >= KEPT_S:
                self._answered = await self._ask()
                self._asked_s = self._clock_s()
            return self._answered

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(LONGEST_S), self._reading() as connection:
                await connection.execute(select(1))
        except (StoreError, TimeoutError):
            return False
        return True
