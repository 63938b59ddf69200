"""Fan-out of changes to many readers: each has its own bounded queue, and a slow one harms only itself."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from gangvakt.fleet.events import Change


class Changes:
    """One reader's queue. Full, it drops its oldest change and counts it in `dropped`."""

    def __init__(self, capacity: int, leave: Callable[[Changes], None]) -> None:
        self.dropped = 0
        self._pending: deque[Change] = deque(maxlen=capacity)
        self._ready = asyncio.Event()
        self._leave = leave
        self._closed = False

    def put(self, change: Change) -> None:
        """Never blocks and never fails."""
        if len(self._pending) == self._pending.maxlen:
            self.dropped += 1
        self._pending.append(change)
        self._ready.set()

    def take(self) -> tuple[Change, ...]:
        """All that is pending, without waiting."""
        taken = tuple(self._pending)
        self._pending.clear()
        self._ready.clear()
        return taken

    def close(self) -> None:
        """Ends the subscription; a waiting reader stops."""
        self._closed = True
        self._leave(self)
        self._ready.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change:
        while not self._pending:
            if self._closed:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        return self._pending.popleft()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Broadcast:
    """All readers of one model; everything happens in one event loop."""

    def __init__(self) -> None:
        self._readers: set[Changes] = set()

    def subscribe(self, capacity: int) -> Changes:
        reader = Changes(capacity, self._readers.discard)
        self._readers.add(reader)
        return reader

    def publish(self, change: Change) -> None:
        for reader in self._readers:
            reader.put(change)

    def __len__(self) -> int:
        return len(self._readers)
