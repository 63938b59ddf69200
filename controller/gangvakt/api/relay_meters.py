"""What Prometheus reads of relays: as they were when it asked, each by its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gangvakt.relay.figures import Figures

COUNTERS = (
    ("delivered", "Messages that the target has taken."),
    ("retries", "Tries since the controller's start that failed and are repeated."),
    ("missed", "Messages that were let go unsent, since the relay lagged too far behind."),
)
GAUGES = (
    ("undelivered", "Messages that were given up: `gangvakt relay undelivered` lists them."),
    ("behind", "Messages of the outbox after the relay's place, wanted or not."),
)


class RelayMeters(Collector):
    """`read` asks for the figures; `refresh` comes before each collection, which cannot wait."""

    def __init__(self, read: Callable[[], Awaitable[Sequence[Figures]]]) -> None:
        self._read = read
        self._held: Sequence[Figures] = ()

    async def refresh(self) -> None:
        """StoreError: the figures stay as they were."""
        self._held = await self._read()

    def collect(self) -> Iterator[Metric]:
        for family, all_ in ((CounterMetricFamily, COUNTERS), (GaugeMetricFamily, GAUGES)):
            for name, what in all_:
                metric = family(f"gangvakt_relay_{name}", what, labels=["relay"])
                for one in self._held:
                    metric.add_metric([one.name], getattr(one, name))
                yield metric
