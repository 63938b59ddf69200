"""What Prometheus reads of the controller: its own registry, for several may share a process."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

from gangvakt.api.relay_meters import RelayMeters
from gangvakt.errors import StoreError
from gangvakt.fleet import LiveFleet, SignEvent
from gangvakt.ingest.batch import Ack
from gangvakt.store import Journal, Work

# Seconds; 250 ms is what 99 of 100 events may take from being published to being stored.
COMMIT_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

SendAcks = Callable[[Sequence[Ack]], Awaitable[None]]


class Meters:
    """Counts what ingest writes and acknowledges; asks the fleet when it is read."""

    def __init__(self, fleet: LiveFleet) -> None:
        self.registry = registry = CollectorRegistry()
        self._events = Counter("gangvakt_events", "Events of signs that were stored.", registry=registry)
        self._known = Counter(
            "gangvakt_events_repeated", "Events that came again and were stored before.", registry=registry
        )
        self._letters = Counter(
            "gangvakt_dead_letters", "Messages that nobody could read.", registry=registry
        )
        self._failures = Counter(
            "gangvakt_commit_failures", "Transactions of ingest that the database refused.", registry=registry
        )
        self._acks = Counter("gangvakt_acks", "Batches of events that were acknowledged.", registry=registry)
        self._commit_s = Histogram(
            "gangvakt_commit_seconds",
            "How long a transaction of ingest took; their number is that of the batches.",
            buckets=COMMIT_BUCKETS,
            registry=registry,
        )
        _gauge(registry, "gangvakt_signs", "Signs that were ever heard.", lambda: len(fleet.signs()))
        _gauge(registry, "gangvakt_signs_connected", "Signs that are connected.", lambda: _connected(fleet))
        ProcessCollector(registry=registry)
        self._refreshed: list[RelayMeters] = []

    def gauge(self, name: str, what: str, value: Callable[[], float]) -> None:
        """One more figure, asked for when the others are; `name` as Prometheus wants it."""
        _gauge(self.registry, name, what, value)

    def relays(self, meters: RelayMeters) -> None:
        """The figures of relays as well."""
        self._refreshed.append(meters)
        self.registry.register(meters)

    async def fresh_text(self) -> bytes:
        """As `text`, with what must be asked of the database; where that refuses, as it was told last."""
        for one in self._refreshed:
            with suppress(StoreError):
                await one.refresh()
        return self.text()

    def text(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self.registry)

    def measured(self, journal: Journal) -> Journal:
        """The journal, counted and timed."""
        return _MeasuredJournal(journal, self)

    def counted(self, send_acks: SendAcks) -> SendAcks:
        """Sends acknowledgements and counts them."""

        async def send(acks: Sequence[Ack]) -> None:
            await send_acks(acks)
            self._acks.inc(len(acks))

        return send

    def wrote(self, work: Work, stored: tuple[SignEvent, ...], seconds: float) -> None:
        """A transaction was committed."""
        self._commit_s.observe(seconds)
        self._events.inc(len(stored))
        self._known.inc(max(0, len(work.events) - len(stored)))
        self._letters.inc(len(work.dead_letters))

    def failed(self) -> None:
        """A transaction was refused."""
        self._failures.inc()


class _MeasuredJournal:
    def __init__(self, journal: Journal, meters: Meters) -> None:
        self._journal, self._meters = journal, meters

    async def write(self, work: Work) -> tuple[SignEvent, ...]:
        begun_s = time.perf_counter()
        try:
            stored = await self._journal.write(work)
        except StoreError:
            self._meters.failed()
            raise
        self._meters.wrote(work, stored, time.perf_counter() - begun_s)
        return stored


def _gauge(registry: CollectorRegistry, name: str, what: str, value: Callable[[], float]) -> None:
    Gauge(name, what, registry=registry).set_function(value)


def _connected(fleet: LiveFleet) -> int:
    return sum(sign.online for sign in fleet.signs())
