"""The API on a real store, without sockets, and somebody who is logged in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from gangvakt.alarms import Patrol
from gangvakt.alarms.fault_reports import FaultReports
from gangvakt.api import Health, Orders, Services, create_app
from gangvakt.api.auth import AuthService
from gangvakt.api.live import LiveFeeds
from gangvakt.api.meters import Meters
from gangvakt.api.passwords import Passwords
from gangvakt.api.services import Steering
from gangvakt.cli.auditing import pairs_on
from gangvakt.cli.relaying import acknowledging, relay_desk
from gangvakt.fleet import EventKey, LiveFleet, SignId, SiteId
from gangvakt.ingest.messages import parse_status
from gangvakt.orders import Bulk, Commander, Configs, DryRuns, Plans, Replays, Templates
from gangvakt.orders.admission import Admission
from gangvakt.orders.streets import Streets
from gangvakt.provision.lifetimes import Lifetime
from gangvakt.provision.pki import Pki
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.recordings import RecordingFolder, Transfers
from gangvakt.registry import Registry
from gangvakt.relay.case import Cases
from gangvakt.settings import Settings
from gangvakt.store import NewEvent, Store, Work
from gangvakt.store.answering import StoreProbe
from gangvakt.upkeep import OfferFolder
from gangvakt.upkeep.artifacts import Artifacts
from gangvakt.upkeep.rollouts import Rollouts

from .migrated import a_store
from .wire import NOW_MS, status

API = "/api/v1"
PASSWORD = "correct horse battery"  # of a test
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the real one takes a tenth of a second
METRICS_TOKEN = "a-token-of-a-test-0123"
SITE = SiteId("drammen", "storgata")
HEALTHY = Health(broker_connected=True, store_writing=True)


@dataclass
class Office:
    """`health` is what the controller says of itself; `client` is logged in."""

    app: FastAPI
    client: httpx.AsyncClient
    services: Services
    store: Store
    health: list[Health]

    @property
    def fleet(self) -> LiveFleet:
        return self.services.fleet

    async def get(self, path: str, **options: object) -> httpx.Response:
        return await self.client.get(f"{API}{path}", **options)  # type: ignore[arg-type]

    def hear(self, *signs: SignId, **fields: object) -> None:
        """Their status."""
        read = parse_status(status(**fields))
        assert read is not None
        for sign in signs:
            self.fleet.put_status(sign, read, NOW_MS)

    async def happen(self, sign: SignId, count: int, first: int = 1) -> None:
        """Events are stored and told."""
        events = tuple(
            NewEvent(EventKey(sign, "9f3ac01b", 1, seq), "boot", NOW_MS, "utc", 1, NOW_MS, {})
            for seq in range(first, first + count)
        )
        self.fleet.put_events(await self.store.journal.write(Work(events)))


async def nobody(place: SignId | SiteId, message: bytes) -> bool:
    """No sign can be reached, and no street."""
    return False


@dataclass
class Wire:
    """How a house reaches its signs: not at all, until a test joins it to a broker."""

    send_config: Callable[[SignId, bytes], Awaitable[bool]] = nobody
    send_command: Callable[[SignId, bytes], Awaitable[bool]] = nobody
    is_connected: Callable[[], bool] = lambda: False

    async def config(self, sign: SignId, message: bytes) -> bool:
        return await self.send_config(sign, message)

    async def command(self, sign: SignId, message: bytes) -> bool:
        return await self.send_command(sign, message)


@asynccontextmanager
async def a_house(
    folder: Path,
    *,
    lifetimes: tuple[Lifetime, ...] = (),
    health: Callable[[], Health] = lambda: HEALTHY,
    clock_s: Callable[[], float] = time.time,
    wire: Wire | None = None,
) -> AsyncIterator[tuple[Services, Store]]:
    """All that API and pages work with, on a store of its own; no sign can be reached but over `wire`."""
    wire = wire or Wire()
    async with a_store(folder / "x.db") as store:
        fleet = LiveFleet()
        pki, patrol = Pki.open(folder / "pki"), Patrol(store.alarms, fleet, lambda: True)
        registry = Registry(store, lambda: pki, photos=folder / "photos")
        # Not at work: what is told to send anything says so, and nothing leaves this computer.
        desk = relay_desk(store, Settings(data=folder), "http://test", acknowledging(patrol.alarms))
        commander = Commander(fleet, store.orders, wire.command)
        templates = Templates(store.config_groups)
        configs = Configs(fleet, store.orders, wire.config, templates=templates.layers)
        dry_runs = DryRuns(folder / "recordings")
        pairs, trusted = pairs_on(store), UpdateKeys(folder / "update-keys").trusted
        plans = Plans(store.config_plans, configs, fleet, dry_runs)
        bulk = Bulk(commander, fleet)
        services = Services(
            fleet,
            store.events,
            AuthService(store.staff, b"k" * 32, Passwords(CHEAP), clock_s),
            health,
            registry,
            lambda: lifetimes,
            Orders(commander, configs),
            Transfers(RecordingFolder(folder / "recordings")),
            patrol,
            desk,
            Cases(store, folder / "recordings", folder / "seal", lambda: pki),
            dead_letters=store.dead_letters,
            rollups=store.rollups,
            positions=registry.positions,
            steering=Steering(templates, plans, dry_runs, bulk),
            live=LiveFeeds(fleet, store.events),
            meters=Meters(fleet),
            metrics_token=METRICS_TOKEN,
            store_probe=StoreProbe(store.reading),
            gaps=store.gaps,
            audit=store.audit,
            replays=Replays(folder / "recordings"),
            pairs=pairs,
            rollouts=Rollouts(
                store.rollouts,
                Artifacts(store.rollouts, trusted, check=Admission(pairs).check),
                OfferFolder(folder / "updates"),
                fleet,
                lambda: wire.is_connected(),
            ),
            fault_reports=FaultReports(store.fault_reports, patrol),
            streets=Streets(fleet, nobody),
        )
        yield services, store
        await dry_runs.close()
        await bulk.close()


@asynccontextmanager
async def an_office(folder: Path, lifetimes: tuple[Lifetime, ...] = ()) -> AsyncIterator[Office]:
    health = [HEALTHY]
    async with a_house(folder, lifetimes=lifetimes, health=lambda: health[0]) as (services, store):
        auth = services.auth
        one_time = await auth.first_password()
        login = await auth.login("admin", one_time or "", "test")
        login = await auth.change_password(login, PASSWORD)
        app = create_app(services)
        headers = {"Authorization": f"Bearer {login.token}"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield Office(app, client, services, store, health)
