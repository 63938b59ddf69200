"""What the API and the pages are given to work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from gangvakt.alarms import Patrol
from gangvakt.api.auth import AuthService
from gangvakt.fleet import LiveFleet, SignEvent, SignId, SiteId
from gangvakt.orders import Commander, Configs
from gangvakt.provision.lifetimes import Lifetime
from gangvakt.recordings import Transfers
from gangvakt.registry import Registry
from gangvakt.relay import RelayDesk
from gangvakt.relay.case import Cases
from gangvakt.store import DeadLetter

if TYPE_CHECKING:
    from gangvakt.api.fleet_map import Position, Positions
    from gangvakt.api.live import LiveFeeds
    from gangvakt.api.meters import Meters
    from gangvakt.upkeep.rollouts import Rollouts


def _nowhere(site: SiteId) -> Position | None:
    """Where a site is, as long as nobody told."""
    return None


class EventReader(Protocol):
    """Reading stored events."""

    async def page(
        self,
        after: int = 0,
        limit: int = 100,
        sign: SignId | None = None,
        municipalities: frozenset[str] | None = None,
    ) -> tuple[SignEvent, ...]:
        """At most `limit` events with an id above `after`, ascending; None: of all municipalities."""
        ...

    async def latest(self, limit: int = 100, sign: SignId | None = None) -> tuple[SignEvent, ...]:
        """The newest events, newest first."""
        ...


class DeadLetterReader(Protocol):
    """Reading messages that nobody could read."""

    async def page(self, before: int | None, limit: int) -> tuple[tuple[int, DeadLetter], ...]:
        """At most `limit` with a number below `before`, newest first, each with its number."""
        ...


@dataclass(frozen=True)
class Health:
    """Whether the controller does its work; no secrets, since nobody is asked who he is."""

    broker_connected: bool
    store_writing: bool

    @property
    def ok(self) -> bool:
        return self.broker_connected and self.store_writing


@dataclass(frozen=True)
class Orders:
    """What reaches signs through the broker."""

    commander: Commander
    configs: Configs


@dataclass(frozen=True)
class Services:
    """One set a process."""

    fleet: LiveFleet
    events: EventReader
    auth: AuthService
    health: Callable[[], Health]
    registry: Registry
    certificates: Callable[[], Sequence[Lifetime]] = tuple
    orders: Orders | None = None  # None where there is no broker, as below
    recordings: Transfers | None = None
    patrol: Patrol | None = None
    relays: RelayDesk | None = None
    cases: Cases | None = None
    dead_letters: DeadLetterReader | None = None
    positions: Positions = _nowhere
    live: LiveFeeds | None = None
    meters: Meters | None = None
    rollouts: Rollouts | None = None
    metrics_token: str | None = field(default=None, repr=False)
