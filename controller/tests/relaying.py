"""A real target for webhooks, and a switchboard on an open store."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from gangvakt.clock import utc_ms
from gangvakt.relay import Relays
from gangvakt.store import Store
from gangvakt.store.outbox import append
from gangvakt.store.relays import NewRelay

RAISED = "no.gangvakt.alarm.raised.v1"


@dataclass
class Request:
    """What came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        found = json.loads(self.body)
        return found if isinstance(found, list) else [found]


@dataclass
class Target:
    """Answers each request by `answer`: a status with headers, or None to say nothing for ever."""

    answer: Callable[[Request], tuple[int, dict[str, str]] | None] = lambda request: (200, {})
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def codes(self) -> list[str]:
        return [event["data"]["code"] for request in self.requests for event in request.events]


@asynccontextmanager
async def a_target(tls: ssl.SSLContext | None = None) -> AsyncIterator[Target]:
    """Listens on loopback; with `tls` for https."""
    target = Target()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                await _one(target, line, reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    target.port = server.sockets[0].getsockname()[1]
    try:
        yield target
    finally:
        server.close()


async def _one(
    target: Target, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    headers: dict[str, str] = {}
    while (text := (await reader.readline()).decode().strip()) != "":
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    request = Request(line.decode().split()[1], headers, body)
    target.requests.append(request)
    answer = target.answer(request)
    if answer is None:
        await reader.read()  # until the other side has had enough
        raise ConnectionError
    status, more = answer
    lines = [f"HTTP/1.1 {status} x", "content-length: 0", *(f"{k}: {v}" for k, v in more.items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    await writer.drain()


def a_webhook(target: Target, name: str = "hook", **changes: Any) -> NewRelay:
    values: dict[str, Any] = {
        "name": name,
        "type": "webhook",
        "municipality": None,
        "kinds": ("*",),
        "least_priority": 3,
        "options": {"url": target.url, "allow_private": True} | changes.pop("options", {}),
    }
    return NewRelay(**values | changes)


@asynccontextmanager
async def running(store: Store, clock_ms: Callable[[], int] = utc_ms) -> AsyncIterator[Relays]:
    """All relays of a store at work."""
    relays = Relays(store.outbox, store.relays, store.notices, clock_ms)
    task = asyncio.create_task(relays.run())
    try:
        yield relays
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def tell(store: Store, code: str, municipality: str = "drammen", **data: Any) -> None:
    """An alarm is raised."""
    async with store.exclusive() as connection:
        await append(
            connection, RAISED, f"{municipality}/storgata", {"code": code, "alarm": 1, "priority": 2, **data}
        )
