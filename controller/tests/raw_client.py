"""A client that says exactly what the test wants, byte by byte."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gangvakt.provision.pki import client_context

from .support import WAIT_S, Keys

CONNACK, NOT_AUTHORIZED, ACCEPTED = 0x20, 5, 0


def text(value: str) -> bytes:
    return len(value.encode()).to_bytes(2, "big") + value.encode()


def packet(kind: int, body: bytes) -> bytes:
    return bytes([kind, len(body)]) + body


def connect(
    client_id: str, *, keepalive_s: int = 60, clean: bool = True, will_topic: str = "", will: str = "gone"
) -> bytes:
    """A CONNECT packet; the will, if any, is retained."""
    flags = (0x02 if clean else 0) | (0x24 if will_topic else 0)
    body = text("MQTT") + bytes([4, flags]) + keepalive_s.to_bytes(2, "big") + text(client_id)
    return packet(0x10, body + (text(will_topic) + text(will) if will_topic else b""))


def publish(topic: str, payload: bytes) -> bytes:
    """A PUBLISH packet at QoS 0, below 16 KiB."""
    body = text(topic) + payload
    return bytes([0x30, len(body) & 0x7F | 0x80, len(body) >> 7]) + body


class RawClient:
    """A TLS connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def connack(self) -> int:
        """The return code."""
        reply = await asyncio.wait_for(self.reader.readexactly(4), WAIT_S)
        assert reply[0] == CONNACK
        return reply[3]

    async def closed(self) -> bool:
        """Waits for the end of the connection."""
        try:
            while await asyncio.wait_for(self.reader.read(4096), WAIT_S):
                pass
        except (ConnectionError, ssl.SSLError):
            pass
        return True


@asynccontextmanager
async def raw(keys: Keys, port: int, name: str, hello: bytes) -> AsyncIterator[RawClient]:
    tls = client_context(keys.files(name))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    writer.write(hello)
    try:
        yield RawClient(reader, writer)
    finally:
        writer.transport.abort()
