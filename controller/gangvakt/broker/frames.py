"""MQTT packets on a TLS stream: bounded in size and in pace, and connections that close at once."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter

LARGEST_PACKET = 64 * 1024  # the largest message is a simulated street; a sign's are below 16 KiB
LENGTH_BYTES = 4  # MQTT: the remaining length is coded in at most four bytes
CLOSE_S = 0.5  # a peer that does not answer the end of TLS is cut off after this


class PacketRefused(Exception):
    """A packet that MQTT or LARGEST_PACKET forbids; the connection ends."""


class Pace:
    """A token bucket: `per_s` packets a second in the long run, `burst` at once."""

    def __init__(self, per_s: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._clock = per_s, float(burst), clock
        self._tokens, self._at = float(burst), clock()

    def delay_s(self) -> float:
        """Takes a token and says how long to wait before using it."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_s) - 1
        self._at = now
        return max(0.0, -self._tokens / self._per_s)


class FrameReader(StreamReaderAdapter):  # type: ignore[misc]  # amqtt ships no types
    """Reads whole packets, so that a time limit on the first byte is one on the packet.

    A `pace`, once set, holds back reading: the sender feels it as a slow network and nothing is lost.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__(reader)
        self.pace: Pace | None = None
        self._stream = reader
        self._rest = b""

    async def read(self, n: int = -1) -> bytes:
        """The next `n` bytes, all of one packet."""
        if not self._rest:
            self._rest = await self._packet()
        if n < 0 or n > len(self._rest):
            raise PacketRefused("a packet ends before its contents do")
        taken, self._rest = self._rest[:n], self._rest[n:]
        return taken

    async def _packet(self) -> bytes:
        if self.pace and (delay_s := self.pace.delay_s()):
            await asyncio.sleep(delay_s)
        head = await self._stream.readexactly(1)
        length = 0
        for position in range(LENGTH_BYTES):
            byte = await self._stream.readexactly(1)
            head += byte
            length |= (byte[0] & 0x7F) << (7 * position)
            if not byte[0] & 0x80:
                break
        else:
            raise PacketRefused("the remaining length is longer than four bytes")
        if length > LARGEST_PACKET:
            raise PacketRefused(f"a packet of {length} bytes; allowed: at most {LARGEST_PACKET}")
        return head + await self._stream.readexactly(length)


class PromptWriter(StreamWriterAdapter):  # type: ignore[misc]  # amqtt ships no types
    """Closes within CLOSE_S: a dead peer answers nothing, and TLS would wait half a minute for it."""

    is_closed: bool

    async def close(self) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(self._writer.wait_closed(), CLOSE_S)
        # Python before 3.11.4 fails when a TLS transport that has closed by itself is aborted.
        with contextlib.suppress(AttributeError):
            self._writer.transport.abort()
