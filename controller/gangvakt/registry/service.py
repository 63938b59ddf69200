"""The registry as one thing."""

from __future__ import annotations

from collections.abc import Callable

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.provision.pki import Pki
from gangvakt.registry.bundles import Bundles
from gangvakt.registry.ground import Ground
from gangvakt.registry.signs import Signs
from gangvakt.registry.sites import Sites
from gangvakt.store import Store


class Registry:
    """Its three desks, on one store and one authority."""

    def __init__(
        self,
        store: Store,
        pki: Callable[[], Pki],
        clock_ms: ClockMs = utc_ms,
        trusted: Callable[[], bytes] = bytes,
    ) -> None:
        self.ground = Ground(store, pki, clock_ms, trusted)
        self.sites = Sites(self.ground)
        self.signs = Signs(self.ground)
        self.bundles = Bundles(self.ground)
