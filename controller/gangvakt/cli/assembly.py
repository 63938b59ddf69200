"""What a controller stands on: store, keys, broker, link and ingest, to which its parts are added."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gangvakt.alarms import Patrol
from gangvakt.alarms.patrol import reported_power
from gangvakt.api import Health, Services
from gangvakt.api.auth import AuthService, session_key
from gangvakt.api.meters import Meters
from gangvakt.broker import Broker
from gangvakt.cli.brokers import broker_for
from gangvakt.files import write_file
from gangvakt.fleet import LiveFleet
from gangvakt.ingest import Ingest, Link, restore
from gangvakt.orders import Commander, Configs
from gangvakt.provision.passphrase import Passphrase
from gangvakt.provision.pki import Pki
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.registry import Registry, RegistryGatekeeper
from gangvakt.settings import Settings
from gangvakt.store import Store, StoreAddress
from gangvakt.store.address import address_of
from gangvakt.store.answering import StoreProbe
from gangvakt.upkeep import LiveTls, Updater, Watch

Run = Callable[[], Coroutine[Any, Any, None]]
"""Goes on until it is cancelled."""


@dataclass(frozen=True)
class Ground:
    """What is opened from the data folder, and what is remembered in it."""

    settings: Settings
    pki: Pki
    store: Store
    fleet: LiveFleet
    registry: Registry
    gatekeeper: RegistryGatekeeper
    tls: LiveTls


@dataclass(frozen=True)
class Wire:
    """What is between the signs and the store."""

    broker: Broker  # started
    link: Link
    ingest: Ingest
    meters: Meters


@dataclass
class Assembly:
    """One run of the controller while it is put together.

    Each part adds to `services` what API and pages work with, to `runs` what goes on until the end, and to
    `closing` what ends before the web server does.
    """

    ground: Ground
    wire: Wire
    services: Services
    pages_at: str  # where a person of this computer opens the pages
    runs: list[Run] = field(default_factory=list)
    closing: list[Callable[[], None]] = field(default_factory=list)
    # Of one part, for those that come after it in `parts.PARTS`.
    updater: Updater = field(init=False)
    commander: Commander = field(init=False)
    configs: Configs = field(init=False)
    watch: Watch = field(init=False)
    patrol: Patrol = field(init=False)


async def open_ground(stack: AsyncExitStack, settings: Settings, passphrase: Passphrase) -> Ground:
    """The store is closed with `stack`. GangvaktError when something cannot be opened."""
    pki = Pki.open(settings.pki_dir, passphrase=passphrase)
    store = await stack.enter_async_context(Store.open(_noted_address(settings)))
    fleet = LiveFleet()
    await restore(fleet, store)
    registry = Registry(
        store, lambda: pki, trusted=UpdateKeys(settings.update_keys_dir).trusted, photos=settings.photos_dir
    )
    registry.power_profile.otherwise = partial(reported_power, fleet)
    await registry.power_profile.load()
    await registry.positions.load()
    gatekeeper = RegistryGatekeeper(registry)
    await gatekeeper.refresh()
    return Ground(settings, pki, store, fleet, registry, gatekeeper, LiveTls(pki, settings.server_names))


async def open_wire(stack: AsyncExitStack, ground: Ground) -> Wire:
    """With the broker started, which stops with `stack`; the link does not run yet."""
    made = broker_for(
        ground.settings, ground.pki, ground.tls, ground.registry, ground.gatekeeper, ground.fleet
    )
    broker = await stack.enter_async_context(_running(made))
    meters = Meters(ground.fleet)
    ingest = Ingest(ground.fleet, meters.measured(ground.store.journal))
    return Wire(broker, Link(broker.endpoint, ground.tls.client, ingest), ingest, meters)


def services_on(ground: Ground, wire: Wire, metrics_token: str | None) -> Services:
    """What API and pages have before any part is added."""
    return Services(
        ground.fleet,
        ground.store.events,
        AuthService(ground.store.staff, session_key(ground.settings.session_key)),
        lambda: Health(wire.link.connected.is_set(), wire.ingest.store_error is None),
        ground.registry,
        dead_letters=ground.store.dead_letters,
        gaps=ground.store.gaps,
        rollups=ground.store.rollups,
        positions=ground.registry.positions,
        meters=wire.meters,
        metrics_token=metrics_token,
        ground_map=ground.settings.ground_map,
        tiles=ground.settings.tiles,
        staff_url=ground.settings.staff_url,
        store_probe=StoreProbe(ground.store.reading),
        keep=ground.settings.keep,
    )


@asynccontextmanager
async def _running(broker: Broker) -> AsyncIterator[Broker]:
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


def _noted_address(settings: Settings) -> StoreAddress:
    """Noted for the other commands, and for the next start, where it was told."""
    address = address_of(settings)
    if settings.store is not None:
        write_file(settings.store_url, address.plain.encode(), private=True)
    return address
