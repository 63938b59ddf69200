"""Both brokers under signs that talk: how many messages a second reach a controller, and how late.

Signs are bare TLS sockets, the controller counts bytes of packets: what is measured is the broker. Each runs
in a process of its own; load and count share another.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from gangvakt.broker import MosquittoBroker
from gangvakt.broker.access import AccessList
from gangvakt.broker.mended import MOST_SIGNS
from gangvakt.broker.mosquitto_child import find_mosquitto
from gangvakt.errors import MosquittoMissing
from gangvakt.fleet import SignId
from gangvakt.provision.pki import CONTROLLER_NAME, KeyFiles, Pki, client_context
from gangvakt_sim.bench.context import Bench, free_ports
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, nothing, percentile
from gangvakt_sim.children import child
from gangvakt_sim.errors import StreetError

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
TALKERS = 20
EACH = 250  # messages of a talker in one pass; all that is not lost arrives
WINDOW = 40  # of them on the way: below the pace at which the embedded broker slows a sign down
BODY = b"x" * 300  # an event batch of one event
STEADY_S, STEADY_QUICK_S = 20.0, 5.0
SLOWEST_MS = 250.0  # what is promised from publish to committed
WAIT_S = 60.0

EMBEDDED = """
import asyncio, sys
from pathlib import Path
from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.broker import mended
from gangvakt.provision.pki import Pki, server_context
mended.SIGN_PACKETS_PER_S, mended.SIGN_BURST = 1e6, 10**6  # the broker is measured, not its limit on a sign
async def main():
    pki = Pki.load(Path(sys.argv[1]))
    broker = EmbeddedBroker("127.0.0.1", int(sys.argv[2]), server_context(pki.server_files(sys.argv[3:])))
    await broker.start()
    await asyncio.Event().wait()
asyncio.run(main())
"""


def measure(bench: Bench) -> list[Figure]:
    """Messages a second at full load, and the delay with as many signs as the embedded broker takes."""
    pki = Pki.open(bench.folder / "pki")
    return asyncio.run(_measure(bench, pki))


async def _measure(bench: Bench, pki: Pki) -> list[Figure]:
    folder, passes = bench.folder, bench.times(5, 2)
    steady_s = STEADY_QUICK_S if bench.quick else STEADY_S
    try:
        find_mosquitto()
    except MosquittoMissing as missing:
        return [nothing("broker", str(missing))]
    files = _sign_files(pki, folder)
    # Side by side, pass by pass: another load on the computer meets both.
    rates: dict[str, list[float]] = {"embedded": [], "mosquitto": []}
    delays: dict[str, float] = {}
    async with _embedded(pki, folder) as embedded, _mosquitto(pki, folder) as mosquitto:
        ports = {"embedded": embedded, "mosquitto": mosquitto}
        for _ in range(passes):
            for kind, (signs, controller) in ports.items():
                rates[kind].append(await _full(pki, files[:TALKERS], signs, controller))
        for kind, (signs, controller) in ports.items():
            bench.say.step(f"broker: {kind} {median(rates[kind]):.0f} messages/s")
            delays[kind] = percentile(await _steady(pki, files, signs, controller, steady_s), 99)
    fast = median(rates["mosquitto"])
    how = f"QoS 1 in and out, {TALKERS} signs at full speed, median of {passes}"
    steady = f"{MOST_SIGNS} signs, a message a second each, {steady_s:.0f} s"
    slowest = Reference(SLOWEST_MS, "promised to committed", Bound.AT_MOST)
    return [
        Figure("broker, mosquitto", fast, "messages/s", how),
        Figure(
            "broker, embedded", median(rates["embedded"]), "messages/s", how, Reference(fast, "mosquitto")
        ),
        Figure("broker, mosquitto, p99", delays["mosquitto"], "ms", steady, slowest),
        Figure("broker, embedded, p99", delays["embedded"], "ms", steady, slowest),
    ]


def _sign_files(pki: Pki, folder: Path) -> list[tuple[str, KeyFiles]]:
    made = []
    for number in range(MOST_SIGNS):
        name = f"bench/street/s{number}"
        credentials = pki.issue_sign(SignId.parse(name))
        certificate, key = folder / f"s{number}.crt", folder / f"s{number}.key"
        certificate.write_bytes(credentials.certificate_pem)
        key.write_bytes(credentials.key_pem)
        made.append((name, KeyFiles(pki.controller_files().authority, certificate, key)))
    return made


@contextlib.asynccontextmanager
async def _embedded(pki: Pki, folder: Path) -> AsyncIterator[tuple[int, int]]:
    (port,) = free_ports(1)
    pki.server_files(NAMES)
    argv = (sys.executable, "-c", EMBEDDED, str(pki.folder), str(port), *NAMES)
    log = folder / "embedded.log"
    with child(argv, log) as process:
        deadline = time.monotonic() + WAIT_S
        while not await _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise StreetError(f"broker: the embedded one does not start: {log.read_text()[-400:]}")
        yield port, port


@contextlib.asynccontextmanager
async def _mosquitto(pki: Pki, folder: Path) -> AsyncIterator[tuple[int, int]]:
    async def access() -> AccessList:
        return AccessList(pki.signers)

    broker = MosquittoBroker(
        folder / "mosquitto",
        HOST,
        0,
        access=access,
        server=lambda: pki.server_files(NAMES),
        tls=client_context(pki.controller_files()),
    )
    await broker.start()
    try:
        yield broker.signs_port, broker.endpoint.port
    finally:
        await broker.stop()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        await asyncio.sleep(0.05)
        return False
    writer.transport.abort()
    return True


async def _full(pki: Pki, signs: list[tuple[str, KeyFiles]], port: int, controller: int) -> float:
    """Messages a second from the first that is sent to the last that arrives."""
    counter = await _Counter.connect(pki, controller)
    talkers = [await _Client.connect(name, client_context(files), port) for name, files in signs]
    begin = time.monotonic()
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(counter.count(len(signs) * EACH), *(one.say_all(EACH) for one in talkers))
    took_s = time.monotonic() - begin
    for one in (counter.client, *talkers):
        one.close()
    return len(signs) * EACH / took_s


async def _steady(
    pki: Pki, signs: list[tuple[str, KeyFiles]], port: int, controller: int, for_s: float
) -> list[float]:
    """The delay of each message in ms, from sent to received; a sign says one a second, at its own moment."""
    counter = await _Counter.connect(pki, controller)
    talkers = [await _Client.connect(name, client_context(files), port) for name, files in signs]
    rounds = int(for_s)

    async def talk(one: _Client, offset_s: float) -> None:
        await asyncio.sleep(offset_s)
        for number in range(rounds):
            await one.say(number + 1)
            await asyncio.sleep(1)

    async with asyncio.timeout(for_s + WAIT_S):
        offsets = [number / len(talkers) for number in range(len(talkers))]
        await asyncio.gather(counter.count(len(talkers) * rounds), *map(talk, talkers, offsets))
    for one in (counter.client, *talkers):
        one.close()
    return counter.delays_ms


class _Client:
    """One MQTT connection, byte by byte."""

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.name, self.reader, self._writer = name, reader, writer

    @classmethod
    async def connect(cls, name: str, tls: ssl.SSLContext, port: int) -> _Client:
        reader, writer = await asyncio.open_connection(HOST, port, ssl=tls)
        one = cls(name, reader, writer)
        one.send(0x10, _text("MQTT") + bytes([4, 2, 0, 120]) + _text(name))
        _, answer = await one.packet()
        if answer[1:] != b"\0":
            raise StreetError(f"broker: {name} is not let in: {answer.hex()}")
        return one

    async def say_all(self, count: int) -> None:
        """`count` messages, at most WINDOW of them without an answer."""
        answered = 0
        for number in range(1, count + 1):
            await self.say(number)
            while number - answered >= WINDOW or (number == count and answered < count):
                await self.packet()
                answered += 1

    async def say(self, number: int) -> None:
        """A message that carries when it was sent."""
        topic = _text(f"gangvakt/v1/{self.name}/event")
        moment = time.monotonic_ns().to_bytes(8, "big")
        self.send(0x32, topic + number.to_bytes(2, "big") + moment + BODY)
        await self._writer.drain()

    def send(self, kind: int, body: bytes) -> None:
        length = len(body)
        coded = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
        self._writer.write(bytes([kind]) + coded + body)

    async def packet(self) -> tuple[int, bytes]:
        kind = (await self.reader.readexactly(1))[0]
        length, shift = 0, 0
        while True:
            byte = (await self.reader.readexactly(1))[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return kind, await self.reader.readexactly(length)

    def close(self) -> None:
        self._writer.transport.abort()


class _Counter:
    """The controller's side: takes and acknowledges."""

    def __init__(self, client: _Client) -> None:
        self.client = client
        self.delays_ms: list[float] = []

    @classmethod
    async def connect(cls, pki: Pki, port: int) -> _Counter:
        tls = client_context(pki.controller_files())
        client = await _Client.connect(CONTROLLER_NAME, tls, port)
        client.send(0x82, b"\0\1" + _text("gangvakt/v1/#") + b"\1")
        await client.packet()
        return cls(client)

    async def count(self, wanted: int) -> None:
        """Until that many have arrived."""
        while len(self.delays_ms) < wanted:
            kind, body = await self.client.packet()
            if kind >> 4 != 3:
                continue
            at = 2 + int.from_bytes(body[:2], "big")
            if kind & 6:
                self.client.send(0x40, body[at : at + 2])
                at += 2
            sent = int.from_bytes(body[at : at + 8], "big")
            self.delays_ms.append((time.monotonic_ns() - sent) / 1e6)


def _text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()
