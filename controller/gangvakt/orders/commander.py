"""Sends commands to signs and waits for their answers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import SignAway, SignMute
from gangvakt.fleet import Answer, LiveFleet, SignId
from gangvakt.orders.messages import Command, command_bytes
from gangvakt.store.orders import CommandEntry, OrderTable

TIMEOUT_S = 20.0  # a sign may be at a TLS handshake or reset meanwhile
ID_BYTES = 6
TOLD_KEPT = 16  # three seconds of a walk test

Send = Callable[[SignId, bytes], Awaitable[bool]]


class Commander:
    """Each command is written down with who gave it and what the sign answered."""

    def __init__(
        self,
        fleet: LiveFleet,
        table: OrderTable,
        send: Send,
        *,
        clock_ms: ClockMs = utc_ms,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._fleet, self._table, self._send = fleet, table, send
        self._clock_ms, self._timeout_s = clock_ms, timeout_s
        self._waiting: dict[tuple[SignId, str], asyncio.Future[Answer]] = {}
        self._telling: dict[tuple[SignId, str], asyncio.Queue[Any]] = {}

    async def command(self, sign: SignId, verb: str, args: Any, user: str) -> Answer:
        """The sign's answer; SignAway when it is not connected, SignMute when none comes in time."""
        return await self._command(sign, secrets.token_hex(ID_BYTES), verb, args, user)

    @asynccontextmanager
    async def telling(
        self, sign: SignId, verb: str, args: Any, user: str
    ) -> AsyncIterator[tuple[Answer, asyncio.Queue[Any]]]:
        """As `command`, with what the verb goes on to tell (the newest TOLD_KEPT) while this is open."""
        ident, told = secrets.token_hex(ID_BYTES), asyncio.Queue[Any](TOLD_KEPT)
        self._telling[sign, ident] = told
        try:
            yield await self._command(sign, ident, verb, args, user), told
        finally:
            del self._telling[sign, ident]

    async def _command(self, sign: SignId, ident: str, verb: str, args: Any, user: str) -> Answer:
        state = self._fleet.sign(sign)
        if state is None or not state.online:
            raise SignAway(str(sign))
        now_ms = self._clock_ms()
        wait_s = int(self._timeout_s)
        command = Command(ident, verb, args, now_ms // 1000 + wait_s, wait_s)
        data = command_bytes(command)
        entry = await self._table.begin(CommandEntry(str(sign), command.id, verb, args, user, now_ms))
        answer = await self._ask(sign, command.id, data)
        await self._table.end(entry, answer, self._clock_ms())
        if answer is None:
            raise SignMute(str(sign), verb, self._timeout_s)
        return answer

    def put(self, sign: SignId, answer: Answer) -> None:
        """An answer came; one that nobody waits for is let go."""
        told = self._telling.get((sign, answer.id or ""))
        if told is not None and answer.told is not None:
            if told.full():
                told.get_nowait()
            told.put_nowait(answer.told)
        waiting = self._waiting.get((sign, answer.id or ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    async def _ask(self, sign: SignId, ident: str, data: bytes) -> Answer | None:
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[sign, ident] = waiting
        try:
            if not await self._send(sign, data):
                return None
            async with asyncio.timeout(self._timeout_s):
                return await waiting
        except TimeoutError:
            return None
        finally:
            del self._waiting[sign, ident]
