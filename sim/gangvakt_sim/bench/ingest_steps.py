"""What each step of a message's way takes of a core: unlike a rate, other programs hardly move it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from gangvakt.broker import SIGNS_ROOT, Endpoint
from gangvakt.cli.ending import end_tasks
from gangvakt.fleet import LiveFleet
from gangvakt.ingest import Ingest, Link
from gangvakt.ingest.batch import Ack
from gangvakt.provision.pki import client_context
from gangvakt.store import Store
from gangvakt_sim.bench.figures import Figure, Reference, median
from gangvakt_sim.bench.ingest_servers import Broker, Databases, SqliteFiles
from gangvakt_sim.bench.ingest_signs import batch

SIGNS = 1024  # messages a round, one of each
RECEIVE, STORE, ACKNOWLEDGE = "read and check", "store", "acknowledge"
FLOOR = "bare insertion"  # of the same rows, in one statement and one transaction
COLUMNS = "sign, incarnation, boot, seq, kind, utc_ms, quality, up_ms, received_ms, detail"

Took = defaultdict[str, list[float]]
"""Of each step, us a message in each round."""


def measure(broker: Broker, store: Databases, events: int, rounds: int) -> Iterator[Figure]:
    """CPU time of this process, so without that of a database server."""
    where = store.fresh()
    took = asyncio.run(_rounds(broker, where, events, rounds))
    if isinstance(store, SqliteFiles):
        took[FLOOR].append(_bare_insertion(where, store.fresh(), SIGNS * rounds))
    floor = Reference(median(took[FLOOR]), FLOOR) if FLOOR in took else None
    for step, figures in took.items():
        name = f"ingest, {store.name}, {step}, CPU a message of {events}"
        how = f"median of {len(figures)} rounds with {SIGNS} messages"
        yield Figure(name, median(figures), "us", how, floor if step == STORE else None)


async def _rounds(broker: Broker, where: str, events: int, rounds: int) -> Took:
    took: Took = defaultdict(list)
    async with Store.open(where) as store:
        ingest = Ingest(LiveFleet(), store.journal)
        link = Link(Endpoint("127.0.0.1", broker.controller), client_context(broker.files), ingest)
        receiving = asyncio.create_task(link.run())
        await link.connected.wait()
        for number in range(rounds):
            messages = [(_topic(sign), batch(sign, number * events, events)) for sign in range(SIGNS)]
            with _timed(took[RECEIVE]):
                for topic, payload in messages:
                    ingest.receive(topic, payload)
            with _timed(took[STORE]):
                acks = await _stored(ingest)
            with _timed(took[ACKNOWLEDGE]):
                await link.send_acks(acks)
        await end_tasks([receiving])
    return took


async def _stored(ingest: Ingest) -> Sequence[Ack]:
    """The acknowledgements of all that was received."""
    acks: list[Ack] = []
    whole = asyncio.Event()

    async def take(some: Sequence[Ack]) -> None:
        acks.extend(some)
        if len(acks) == SIGNS:
            whole.set()

    writing = asyncio.create_task(ingest.run(take))
    await whole.wait()
    await end_tasks([writing])
    return acks


def _bare_insertion(filled: str, empty: str, messages: int) -> float:
    """us a message."""
    asyncio.run(_made(empty))
    with closing(_opened(filled)) as source, closing(_opened(empty)) as target:
        rows = source.execute(f"SELECT {COLUMNS} FROM events").fetchall()
        values = ", ".join("?" * len(rows[0]))
        begin_s = time.process_time()
        with target:
            target.executemany(f"INSERT INTO events ({COLUMNS}) VALUES ({values})", rows)
        return (time.process_time() - begin_s) * 1e6 / messages


async def _made(where: str) -> None:
    async with Store.open(where):
        pass


def _opened(where: str) -> sqlite3.Connection:
    return sqlite3.connect(where.removeprefix("sqlite:///"))


def _topic(sign: int) -> str:
    return f"{SIGNS_ROOT}/bench/storgata/s{sign}/event"


@contextmanager
def _timed(figures: list[float]) -> Iterator[None]:
    begin_s = time.process_time()
    yield
    figures.append((time.process_time() - begin_s) * 1e6 / SIGNS)
