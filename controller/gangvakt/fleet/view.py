"""The live model as staff of some municipalities see it: what is another's is not there."""

from __future__ import annotations

from itertools import islice

from gangvakt.fleet.broadcast import Changes
from gangvakt.fleet.events import SignEvent
from gangvakt.fleet.live import RECENT_EVENTS, LiveFleet
from gangvakt.fleet.look import Look
from gangvakt.fleet.names import SignId, SiteId
from gangvakt.fleet.scene import Scene, World
from gangvakt.fleet.signs import SignState

Municipalities = frozenset[str] | None
"""Those that are seen; None for all of them."""


class FleetView:
    """Reads as LiveFleet does. Changes are not filtered: who looks up what they name finds nothing."""

    def __init__(self, fleet: LiveFleet, municipalities: Municipalities) -> None:
        self._fleet, self._seen = fleet, municipalities

    def signs(self) -> tuple[SignState, ...]:
        if self._seen is None:
            return self._fleet.signs()
        return tuple(state for state in self._fleet.signs() if self._sees(state.id))

    def sign(self, sign: SignId) -> SignState | None:
        return self._fleet.sign(sign) if self._sees(sign) else None

    def sites(self) -> tuple[SiteId, ...]:
        return tuple(site for site in self._fleet.sites() if self._sees(site))

    def signs_of(self, site: SiteId) -> tuple[SignState, ...]:
        return self._fleet.signs_of(site) if self._sees(site) else ()

    def recent_events(self, sign: SignId | None = None, limit: int = 50) -> tuple[SignEvent, ...]:
        newest = self._fleet.recent_events(sign, RECENT_EVENTS)
        return tuple(islice((event for event in newest if self._sees(event.sign)), limit))

    def scenes(self) -> tuple[SiteId, ...]:
        return tuple(site for site in self._fleet.scenes() if self._sees(site))

    def scene(self, site: SiteId) -> Scene | None:
        return self._fleet.scene(site) if self._sees(site) else None

    def world(self, site: SiteId) -> World | None:
        return self._fleet.world(site) if self._sees(site) else None

    def look(self, sign: SignId) -> Look | None:
        return self._fleet.look(sign) if self._sees(sign) else None

    def subscribe(self, capacity: int = 256) -> Changes:
        return self._fleet.subscribe(capacity)

    def _sees(self, place: SignId | SiteId) -> bool:
        return self._seen is None or place.municipality in self._seen


SeenFleet = LiveFleet | FleetView
