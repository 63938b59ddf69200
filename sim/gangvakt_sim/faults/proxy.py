"""A proxy between a board and its broker: it can be slow, lose packets, stop forwarding, or not be there."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from gangvakt_sim.faults.trouble import Trouble

HOST = "127.0.0.1"
START_S = 10.0
PIECE = 1460  # of a TCP segment
RETRANSMIT_S = 0.3  # the first time; doubled each time
SESSION_BYTES = 100  # from the broker, behind a handshake: it has let the client in
HANDSHAKE_BYTES = 800


class _Link:
    def __init__(self, client: asyncio.StreamWriter, broker: asyncio.StreamWriter) -> None:
        self.writers = client, broker
        self.is_dead = False
        self.from_broker = 0


class Proxy:
    """Runs in a thread of its own, as a context manager. `trouble` may be changed at any time."""

    def __init__(self, broker_port: int, seed: int = 1) -> None:
        self.trouble = Trouble()
        self.port = 0
        self._broker_port, self._rng = broker_port, random.Random(f"{seed}/proxy")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S)
        self._loop.close()

    @property
    def online(self) -> bool:
        """Whether a client was let in."""
        return any(
            link.from_broker > HANDSHAKE_BYTES + SESSION_BYTES and not link.is_dead
            for link in list(self._links)
        )

    @property
    def busy(self) -> bool:
        """In real time there is nothing to skip."""
        return True

    def forget_all(self) -> None:
        """The board has started anew: its connections end by themselves."""

    def drop_silent(self, now_us: int) -> None:
        """The broker does that by itself."""

    def break_all(self) -> None:
        """Connections that stand carry nothing from now on, and neither end knows it."""
        for link in list(self._links):
            link.is_dead = True

    def end_all(self) -> None:
        """Connections that stand end now."""
        self._loop.call_soon_threadsafe(self._end_links)

    def _end_links(self) -> None:
        for link in list(self._links):
            for writer in link.writers:
                writer.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(START_S)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._end_links()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.trouble.broker_down:
            return
        their_reader, their_writer = await asyncio.open_connection(HOST, self._broker_port)
        link = _Link(writer, their_writer)
        link.is_dead = self.trouble.half_open
        self._links.add(link)
        ways = [
            asyncio.create_task(self._carry(link, reader, their_writer, False)),
            asyncio.create_task(self._carry(link, their_reader, writer, True)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._links.discard(link)
            their_writer.close()
            for way in ways:  # what is under way the other way has nowhere to go
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(
        self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, from_broker: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(PIECE):
                await asyncio.sleep(self._takes_s())
                if link.is_dead:
                    continue
                link.from_broker += len(data) * from_broker
                writer.write(data)
                await writer.drain()

    def _takes_s(self) -> float:
        takes_s, again_s = self.trouble.delay_ms / 1000, RETRANSMIT_S
        while self._rng.randrange(100) < self.trouble.loss_pct:
            takes_s, again_s = takes_s + again_s, 2 * again_s
        return takes_s
