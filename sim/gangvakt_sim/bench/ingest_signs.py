"""Signs without firmware, many in one process: each has a connection and sends batch after batch.

A process of its own, so that it takes no time from what is measured; `run` is its main function.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

from gangvakt.broker import SIGNS_ROOT

CONNACK, PUBLISH, PUBACK = 2, 3, 4
QOS_1 = 0x02
LOOKS_S = 0.0005  # between two looks at how far a loop has come that does not acknowledge
RESENT_S = 20.0  # as the firmware
EVENTS = (
    '{{"seq":{seq},"kind":"activation_on","up":{up},"reason":"approach","t_kerb_ms":1850,"range_mm":4200,"track":{seq}}}',
    '{{"seq":{seq},"kind":"activation_off","up":{up},"cause":"hold","on_ms":7000}}',
)


@dataclass(frozen=True)
class Load:
    """What is sent: by `signs` signs in batches of `events`, from `first` on at `port`, until `stop` is set.

    `batches_s` is how many all of them send a second; None: each its next one when the last is done with.
    That is when its acknowledgement has come, or, with `taken`, when the loop has counted as many.
    """

    port: int
    signs: int
    events: int
    stop: Synchronized[int]
    taken: Synchronized[int] | None = None
    batches_s: float | None = None


def batch(sign: int, before: int, events: int) -> bytes:
    """The message of a sign's next events, after those numbered up to `before`."""
    last = before + events
    told = ",".join(EVENTS[seq % 2].format(seq=seq, up=seq * 10) for seq in range(before + 1, last + 1))
    head = f'"v":1,"incarnation":"{sign:08x}","boot":1,"uptime_ms":{last * 10 + 5}'
    return f'{{{head},"t":{time.time_ns() // 1_000_000},"events":[{told}]}}'.encode()


def run(load: Load, answer: Connection) -> None:
    """Sends until told to stop; answers with the seconds from when a batch was due to its acknowledgement."""
    answer.send(asyncio.run(_sent(load)))


async def _sent(load: Load) -> Sequence[float]:
    return await _Crowd(load).run()


class _Crowd:
    """All signs of a process."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.sent = 0
        self.waits_s: list[float] = []
        self.signs = [_Sign(self, number) for number in range(load.signs)]

    async def run(self) -> Sequence[float]:
        loop = asyncio.get_running_loop()
        for sign in self.signs:
            await loop.create_connection(lambda sign=sign: sign, "127.0.0.1", self.load.port)  # type: ignore[misc]
            await sign.ready
        if self.load.batches_s is None:
            await self._as_fast_as_taken()
        else:
            await self._paced(self.load.batches_s)
        return self.waits_s

    async def _as_fast_as_taken(self) -> None:
        taken = self.load.taken
        if taken is None:
            for sign in self.signs:
                sign.send(time.monotonic())
        number = 0
        while not self.load.stop.value:
            while taken is not None and self.sent - taken.value // self.load.events < len(self.signs):
                self.signs[number % len(self.signs)].send(time.monotonic())
                number += 1
            await asyncio.sleep(LOOKS_S if taken is not None else 0.01)

    async def _paced(self, batches_s: float) -> None:
        begin, number = time.monotonic(), 0
        while not self.load.stop.value:
            due = begin + number / batches_s
            wait_s = due - time.monotonic()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            self.signs[number % len(self.signs)].send(due)
            number += 1


class _Sign(asyncio.Protocol):
    """One sign, in MQTT 3.1.1 without a library: the load must cost as little as it can."""

    def __init__(self, crowd: _Crowd, number: int) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._crowd = crowd
        self._number = number
        name = f"bench/storgata/s{number}"
        self._topic = f"{SIGNS_ROOT}/{name}/event".encode()
        self._name = name
        self._seq = self._packet = 0
        self._buffer = b""
        self._due: list[float] = []  # when each batch that is not acknowledged should have gone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_framed(0x10, _text(b"MQTT") + b"\x04\x02\x00\x00" + _text(self._name.encode())))
        transport.write(_framed(0x82, b"\x00\x01" + _text(self._topic + b"/ack") + b"\x01"))

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data
        at = 0
        while (end := _end_of_packet(buffer, at)) is not None:
            self._packet_came(buffer[at] >> 4, buffer[at:end])
            at = end
        self._buffer = buffer[at:]

    def send(self, due: float) -> None:
        """The next batch; it counts as late from `due` on."""
        self._due.append(due)
        self._packet = self._packet % 65_535 + 1
        head = _text(self._topic) + self._packet.to_bytes(2, "big")
        self._transport.write(_framed(PUBLISH << 4 | QOS_1, head + self._batch()))
        self._crowd.sent += 1

    def _batch(self) -> bytes:
        before = self._seq
        self._seq += self._crowd.load.events
        return batch(self._number, before, self._crowd.load.events)

    def _packet_came(self, kind: int, packet: bytes) -> None:
        if kind == CONNACK and not self.ready.done():
            self.ready.set_result(None)
        elif kind == PUBLISH:
            self._acknowledged(packet)

    def _acknowledged(self, packet: bytes) -> None:
        at = 2 if packet[1] < 0x80 else 3
        topic = int.from_bytes(packet[at : at + 2], "big")
        if packet[0] & QOS_1:
            self._transport.write(bytes([PUBACK << 4, 2]) + packet[at + 2 + topic : at + 4 + topic])
        now = time.monotonic()
        if self._due:
            self._crowd.waits_s.append(now - self._due.pop(0))
        if self._crowd.load.batches_s is None and not self._crowd.load.stop.value:
            self.send(now)


def _text(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def _framed(head: int, body: bytes) -> bytes:
    size = len(body)
    length = bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])
    return bytes([head]) + length + body


def _end_of_packet(buffer: bytes, at: int) -> int | None:
    """Where the packet at `at` ends; None when it is not whole. Packets of two length bytes at most."""
    if len(buffer) < at + 2:
        return None
    size, begin = buffer[at + 1], at + 2
    if size >= 0x80:
        if len(buffer) < at + 3:
            return None
        size, begin = size & 0x7F | buffer[at + 2] << 7, at + 3
    return begin + size if len(buffer) >= begin + size else None
