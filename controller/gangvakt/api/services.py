"""What the API and the pages are given to work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gangvakt.alarms import Patrol
from gangvakt.alarms.fault_reports import FaultReports
from gangvakt.api.auth import AuthService
from gangvakt.api.people import People
from gangvakt.fleet import LiveFleet, SignEvent, SignId, SiteId
from gangvakt.fleet.audit_chain import Head
from gangvakt.orders import Bulk, Commander, Configs, DryRuns, Plans, Replays, Templates
from gangvakt.orders.pairs import Pairs
from gangvakt.orders.streets import Streets
from gangvakt.provision.lifetimes import Lifetime
from gangvakt.recordings import Transfers
from gangvakt.registry import Registry
from gangvakt.relay import RelayDesk
from gangvakt.relay.case import Cases
from gangvakt.settings import Keep, Tiles
from gangvakt.store import DeadLetter
from gangvakt.store.answering import StoreProbe
from gangvakt.store.audit_table import AuditTable
from gangvakt.store.gaps import Life
from gangvakt.store.rollups import Rollup

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

    async def of_site(
        self, site: SiteId, from_ms: int, until_ms: int, kinds: Sequence[str]
    ) -> tuple[SignEvent, ...]:
        """Those of all signs of a crossing, of these kinds, in from_ms..until_ms - 1, by their times."""
        ...

    async def latest(self, limit: int = 100, sign: SignId | None = None) -> tuple[SignEvent, ...]:
        """The newest events, newest first."""
        ...


class RollupReader(Protocol):
    """Reading hourly and daily sums."""

    async def read(
        self, of: SignId | SiteId, span: str, from_ms: int, until_ms: int, limit: int | None = None
    ) -> tuple[Rollup, ...]:
        """At most `limit` that begin in from_ms..until_ms - 1, ascending, without empty ones."""
        ...


class DeadLetterReader(Protocol):
    """Reading messages that nobody could read."""

    async def page(self, before: int | None, limit: int) -> tuple[tuple[int, DeadLetter], ...]:
        """At most `limit` with a number below `before`, newest first, each with its number."""
        ...

    async def get(self, number: int) -> DeadLetter | None:
        """None when there is none, or none any more."""
        ...


class GapReader(Protocol):
    """Reading which events of a sign are missing."""

    async def lives(self, sign: SignId) -> tuple[Life, ...]:
        """The newest boots of a sign, newest first."""
        ...


@dataclass(frozen=True)
class Health:
    """Whether the controller does its work; no secrets, since nobody is asked who he is.

    `store_writing`: the last that was to be stored was; `store_answering`: the database answers now.
    """

    broker_connected: bool
    store_writing: bool
    store_answering: bool = True

    @property
    def ok(self) -> bool:
        return self.broker_connected and self.store_writing and self.store_answering


@dataclass(frozen=True)
class Orders:
    """What reaches signs through the broker."""

    commander: Commander
    configs: Configs


@dataclass(frozen=True)
class Steering:
    """What is done to many signs."""

    templates: Templates
    plans: Plans
    dry_runs: DryRuns
    bulk: Bulk


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
    steering: Steering | None = None
    gaps: GapReader | None = None
    rollups: RollupReader | None = None
    positions: Positions = _nowhere
    live: LiveFeeds | None = None
    meters: Meters | None = None
    audit: AuditTable | None = None
    sealed_heads: Callable[[], Sequence[Head]] = tuple  # of the audit, as they were written down elsewhere
    keep: Keep = field(default_factory=Keep)
    pairs: Pairs | None = None
    rollouts: Rollouts | None = None
    fault_reports: FaultReports | None = None
    streets: Streets | None = None
    replays: Replays | None = None
    metrics_token: str | None = field(default=None, repr=False)
    ground_map: Path | None = None  # GeoJSON below the signs; it need not be there
    tiles: Tiles | None = None
    store_probe: StoreProbe | None = None
    staff_url: str | None = None  # where staff reach the pages, where the public has an address of its own

    async def health_now(self) -> Health:
        """`health`, and whether the database answers; asked, as nothing may have been stored for long."""
        answers = self.store_probe is None or await self.store_probe.answers()
        return replace(self.health(), store_answering=answers)

    @cached_property
    def people(self) -> People:
        """People as administrators see them."""
        return People(self.auth.staff, self.auth, self.auth.clock_s)
