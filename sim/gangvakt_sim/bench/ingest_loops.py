"""The two loops that are compared: each is the main function of a process."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

import aiomqtt

from gangvakt.broker import SIGNS_ROOT, Endpoint
from gangvakt.cli.ending import end_tasks
from gangvakt.cli.garbage import no_full_searches
from gangvakt.fleet import LiveFleet
from gangvakt.ingest import Ingest, Link
from gangvakt.provision.pki import CONTROLLER_NAME, KeyFiles, client_context
from gangvakt.store import Store

LOOKS_S = 0.01


@dataclass(frozen=True)
class Receiver:
    """Who receives: by which broker and with which keys, until `stop` is set; `store` for the real one."""

    port: int
    files: KeyFiles
    stop: Synchronized[int]
    store: str = ""

    def tls(self) -> ssl.SSLContext:
        return client_context(self.files)


def bare(receiver: Receiver, taken: Synchronized[int], ready: Connection) -> None:
    """What anybody would write first: aiomqtt, QoS 1, JSON parsed and counted in `taken`, nothing else."""
    asyncio.run(_bare(receiver, taken, ready))


def ours(receiver: Receiver, ready: Connection) -> None:
    """Ingest with its link and its store as `gangvakt serve` has them."""
    with no_full_searches():
        asyncio.run(_ours(receiver, ready))


async def _bare(receiver: Receiver, taken: Synchronized[int], ready: Connection) -> None:
    async with aiomqtt.Client(
        "127.0.0.1", receiver.port, identifier=CONTROLLER_NAME, tls_context=receiver.tls()
    ) as client:
        await client.subscribe(f"{SIGNS_ROOT}/#", qos=1)
        counting = asyncio.create_task(_count(client, taken))
        ready.send(True)
        await _stopped(receiver.stop)
        await end_tasks([counting])


async def _count(client: aiomqtt.Client, taken: Synchronized[int]) -> None:
    async for message in client.messages:
        assert isinstance(message.payload, bytes)
        taken.value += len(json.loads(message.payload)["events"])


async def _ours(receiver: Receiver, ready: Connection) -> None:
    async with Store.open(receiver.store) as store:
        ingest = Ingest(LiveFleet(), store.journal)
        link = Link(Endpoint("127.0.0.1", receiver.port), receiver.tls(), ingest)
        tasks = [asyncio.create_task(link.run()), asyncio.create_task(ingest.run(link.send_acks))]
        await link.connected.wait()
        ready.send(True)
        await _stopped(receiver.stop)
        await end_tasks(tasks)


async def _stopped(stop: Synchronized[int]) -> None:
    while not stop.value:
        await asyncio.sleep(LOOKS_S)
