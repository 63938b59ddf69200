"""How much a webhook whose target is dead slows ingest: the same load with it and without, taking turns."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from gangvakt.cli.ending import end_tasks
from gangvakt.fleet import LiveFleet
from gangvakt.ingest import Ingest
from gangvakt.ingest.batch import Ack
from gangvakt.relay import Relays
from gangvakt.store import Store
from gangvakt.store.relays import NewRelay
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, percentile

SIGNS = 64
EVENTS = 8  # a batch, as the firmware sends them
SLOWED_AT_MOST = 0.05
WARM_UP_COMMITS = 2  # also while the relay starts and its first try begins
COMMITS = 4  # of a slice: short, so that what others do on this machine falls on both of a pair


@dataclass(frozen=True)
class Slice:
    """What a fixed number of events took: seconds by the clock, and of the processor."""

    wall_s: float
    cpu_s: float


def measure(bench: Bench) -> list[Figure]:
    """Medians of the ratios of pairs: two slices of equal work, one after the other, in changing order."""
    pairs = bench.times(60, 8)
    plain: list[Slice] = []
    dead: list[Slice] = []
    for number in range(pairs):
        turns = [(plain, False), (dead, True)]
        for slices, has_relay in turns if number % 2 else turns[::-1]:
            database = bench.folder / f"{number}-{has_relay}.db"
            slices.append(asyncio.run(_slice(database, has_relay=has_relay)))
        if not (number + 1) % 10:
            bench.say.step(f"relay: pair {number + 1} of {pairs}")
    return _figures(plain, dead)


def _figures(plain: Sequence[Slice], dead: Sequence[Slice]) -> list[Figure]:
    events = COMMITS * SIGNS * EVENTS
    rates = [one.wall_s / other.wall_s for one, other in zip(plain, dead, strict=True)]
    cpu = [other.cpu_s / one.cpu_s for one, other in zip(plain, dead, strict=True)]
    how = f"{SIGNS} signs, {EVENTS} events a batch, SQLite; median of {len(plain)} slices of {events} events"
    return [
        Figure("ingest without a relay", events / median([one.wall_s for one in plain]), "events/s", how),
        Figure(
            "ingest, webhook for every event, target dead",
            events / median([one.wall_s for one in dead]),
            "events/s",
            "it takes connections and never answers",
        ),
        Figure(
            "ingest, target dead, rate of that without",
            median(rates),
            "share",
            _spread(rates),
            Reference(1 - SLOWED_AT_MOST, "", Bound.AT_LEAST),
        ),
        Figure(
            "ingest, target dead, processor time of that without",
            median(cpu),
            "share",
            _spread(cpu),
            Reference(1 + SLOWED_AT_MOST, "", Bound.AT_MOST),
        ),
    ]


def _spread(ratios: Sequence[float]) -> str:
    """A machine that does other things as well shows here: half of all pairs are between these two."""
    low, high = percentile(ratios, 25), percentile(ratios, 75)
    return f"median of {len(ratios)} pairs, half of them {low:.2f} to {high:.2f}"


async def _slice(database: Path, *, has_relay: bool) -> Slice:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(database))
        if has_relay:
            await stack.enter_async_context(dead_webhook(store))
        load = _Load(store)
        task = asyncio.create_task(load.ingest.run(load.acknowledged))
        load.begin()
        await load.reached(WARM_UP_COMMITS)
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        await load.reached(WARM_UP_COMMITS + COMMITS)
        took = Slice(time.perf_counter() - wall_s, time.process_time() - cpu_s)
        await end_tasks([task])
        return took


class _Load:
    """Signs that each send their next batch when the last one is acknowledged."""

    def __init__(self, store: Store) -> None:
        self.ingest = Ingest(LiveFleet(), store.journal)
        self._acknowledged = 0
        self._changed = asyncio.Condition()

    def begin(self) -> None:
        for number in range(SIGNS):
            self._send(number, 0)

    async def reached(self, commits: int) -> None:
        """Until so many batches of every sign are acknowledged."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._acknowledged >= commits * SIGNS)

    async def acknowledged(self, acks: Sequence[Ack]) -> None:
        self._acknowledged += len(acks)
        for ack in acks:
            self._send(int(ack.incarnation, 16), ack.seq)
        async with self._changed:
            self._changed.notify_all()

    def _send(self, number: int, seq: int) -> None:
        events = [
            {"seq": seq + n, "kind": "activation_off", "up": (seq + n) * 10, "cause": "hold", "on_ms": 7000}
            for n in range(1, EVENTS + 1)
        ]
        message = {
            "v": 1,
            "incarnation": f"{number:08x}",
            "boot": 1,
            "uptime_ms": (seq + EVENTS) * 10 + 5,
            "t": time.time_ns() // 1_000_000,
            "events": events,
        }
        self.ingest.receive(f"gangvakt/v1/bench/storgata/s{number}/event", json.dumps(message).encode())


@asynccontextmanager
async def dead_webhook(store: Store) -> AsyncIterator[Relays]:
    """A webhook that wants every event, at work; its target takes connections and never answers."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    relays = Relays(store.outbox, store.relays, store.notices)
    store.journal.on_stored = relays.on_stored
    running = asyncio.create_task(relays.run())
    options = {"url": f"http://127.0.0.1:{port}/", "allow_private": True}
    await relays.add(NewRelay("dead", "webhook", None, ("*",), 3, options))
    try:
        yield relays
    finally:
        await end_tasks([running])
        server.close()
