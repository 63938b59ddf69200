"""The whole controller in one event loop: what is started, in which order, and how it ends."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import uvicorn

from gangvakt.alarms import Patrol
from gangvakt.alarms.patrol import reported_power
from gangvakt.api import Health, Orders, Services, create_app
from gangvakt.api.auth import AuthService, session_key
from gangvakt.api.live import LiveFeeds
from gangvakt.api.meters import Meters
from gangvakt.api.models import SignOut
from gangvakt.broker import Broker
from gangvakt.cli.brokers import broker_for
from gangvakt.cli.ending import end_tasks
from gangvakt.cli.garbage import no_full_searches, search_by_the_clock
from gangvakt.cli.listen import listen
from gangvakt.cli.relaying import acknowledging, relay_desk
from gangvakt.cli.updating import rollouts_of
from gangvakt.files import make_folder, write_file
from gangvakt.fleet import LiveFleet
from gangvakt.ingest import Ingest, Link, restore
from gangvakt.ingest.topics import piece_topic
from gangvakt.orders import Commander, Configs
from gangvakt.provision.passphrase import Passphrase, from_environment
from gangvakt.provision.pki import Pki
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.recordings import RecordingFolder, Transfers
from gangvakt.registry import Registry, RegistryGatekeeper
from gangvakt.registry.sign_files import purging
from gangvakt.relay.case import Cases
from gangvakt.settings import Settings
from gangvakt.store import Store, StoreAddress
from gangvakt.store.address import address_of
from gangvakt.store.outbox import append
from gangvakt.upkeep import LiveTls, OfferFolder, Renewer, Updater, Watch
from gangvakt.web import attach

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
PAGES_STOP_S = 1  # open pages are cut off after this: the whole stop takes less than 3 s


@dataclass(frozen=True)
class Started:
    """What is to be told when everything runs; `first_password` at the first start only."""

    settings: Settings
    http_port: int
    mqtt_port: int
    first_password: str | None
    password_missing: bool
    authority_unprotected: bool  # made by this start, without a passphrase


class Controller:
    """One run, from the first file to the last connection.

    `passphrase` is asked in the loop: it must not wait for anybody. `metrics_token` opens /metrics to others
    than this computer.
    """

    def __init__(
        self,
        settings: Settings,
        on_started: Callable[[Started], None],
        passphrase: Passphrase = from_environment,
        metrics_token: str | None = None,
    ) -> None:
        self._settings = settings
        self._on_started = on_started
        self._passphrase = passphrase
        self._metrics_token = metrics_token

    async def run(self) -> None:
        """Until a stop signal; GangvaktError when something cannot start."""
        stop = asyncio.Event()
        settings = self._settings
        make_folder(settings.data)
        async with AsyncExitStack() as stack:
            stack.enter_context(_stop_signals(stop))
            stack.enter_context(no_full_searches())
            http = stack.enter_context(listen(settings.pages_host, settings.http_port, settings.http_option))
            pki = Pki.open(settings.pki_dir, passphrase=self._passphrase)
            store = await stack.enter_async_context(Store.open(_noted_address(settings)))
            auth = AuthService(store.staff, session_key(settings.session_key))
            fleet = LiveFleet()
            await restore(fleet, store)
            registry = Registry(
                store,
                lambda: pki,
                trusted=UpdateKeys(settings.update_keys_dir).trusted,
                photos=settings.photos_dir,
            )
            registry.power_profile.otherwise = partial(reported_power, fleet)
            await registry.power_profile.load()
            gatekeeper = RegistryGatekeeper(registry)
            await gatekeeper.refresh()
            tls = LiveTls(pki, settings.server_names)
            broker = await stack.enter_async_context(
                _running(broker_for(settings, pki, tls, registry, gatekeeper, fleet))
            )
            meters = Meters(fleet)
            ingest = Ingest(fleet, meters.measured(store.journal))
            link = Link(broker.endpoint, tls.client, ingest)
            ingest.updates = updater = Updater(
                OfferFolder(settings.updates_dir),
                link.send_offer,
                link.send_piece,
                lambda sign: len(piece_topic(sign)),
            )
            ingest.recordings = recordings = Transfers(RecordingFolder(settings.recordings_dir))
            commander = Commander(fleet, store.orders, link.send_command)
            configs = Configs(fleet, store.orders, link.send_desired, approval=registry.site_files.approval)
            ingest.on_answer, link.on_connect = commander.put, configs.publish_all
            watch = Watch(pki, tls, broker.certificates, now=_utc_now, authorities=gatekeeper.authorities)
            renewer = Renewer(
                pki,
                broker.certificates,
                link.send_renewal,
                now=_utc_now,
                authorities=gatekeeper.current_authorities,
                issued=registry.signs.renewed,
            )
            patrol = Patrol(
                store.alarms,
                fleet,
                link.connected.is_set,
                power=registry.power_profile,
                lifetimes=watch.lifetimes,
                tell=append,
            )
            pages_at = f"http://localhost:{http.getsockname()[1]}"
            relays = relay_desk(store, settings, pages_at, acknowledging(patrol.alarms))
            rollouts = rollouts_of(settings, store, fleet, link, patrol, registry)
            live = LiveFeeds(fleet, store.events, lambda state: SignOut.of(state, patrol.sight(state.id)))
            services = Services(
                fleet,
                store.events,
                auth,
                lambda: _health(link, ingest),
                registry,
                watch.lifetimes,
                Orders(commander, configs),
                recordings,
                patrol,
                relays,
                Cases(store.reading, settings.recordings_dir, settings.seal_dir, lambda: pki),
                dead_letters=store.dead_letters,
                live=live,
                meters=meters,
                rollouts=rollouts,
                metrics_token=self._metrics_token,
            )
            meters.gauge("gangvakt_live_readers", "Readers of /api/v1/live.", lambda: live.readers)
            pages = _Pages(services)
            started = Started(
                settings,
                http.getsockname()[1],
                broker.signs_port,
                await auth.first_password(),
                await auth.waits_for_first_password(),
                pki.is_new,
            )
            async with asyncio.TaskGroup() as tasks:
                working = [
                    tasks.create_task(link.run()),
                    tasks.create_task(ingest.run(meters.counted(link.send_ack))),
                ]
                working += [tasks.create_task(gatekeeper.run()), tasks.create_task(updater.run())]
                working += [tasks.create_task(rollouts.run()), tasks.create_task(search_by_the_clock())]
                working.append(tasks.create_task(store.housekeeper(settings.keep).run()))
                working += [tasks.create_task(recordings.run()), tasks.create_task(patrol.run())]
                working.append(tasks.create_task(registry.power_profile.run()))
                working.append(tasks.create_task(purging(registry.sign_files)))
                working += [tasks.create_task(watch.run()), tasks.create_task(renewer.run())]
                working += [tasks.create_task(relays.relays.run()), tasks.create_task(relays.notifier.run())]
                working.append(tasks.create_task(self._tell(started, link.connected)))
                serving = tasks.create_task(pages.serve(http))
                await stop.wait()
                live.close()
                pages.stop()
                await serving
                await end_tasks(working)

    async def _tell(self, started: Started, connected: asyncio.Event) -> None:
        await connected.wait()
        self._on_started(started)


class _Pages(uvicorn.Server):
    """uvicorn as a guest in our loop: signals and the end are ours."""

    def __init__(self, services: Services) -> None:
        app = create_app(services)
        attach(app, services)
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=PAGES_STOP_S,
        )
        super().__init__(config)

    async def serve(self, http: socket.socket) -> None:  # type: ignore[override]
        """Until `stop`."""
        await super().serve(sockets=[http])

    def stop(self) -> None:
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _running(broker: Broker) -> AsyncIterator[Broker]:
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


@contextmanager
def _stop_signals(stop: asyncio.Event) -> Iterator[None]:
    """`stop` is set by Ctrl-C and SIGTERM; by plain handlers, since not every loop can watch signals."""
    loop = asyncio.get_running_loop()
    before = {
        number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        for number in STOP_SIGNALS
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _noted_address(settings: Settings) -> StoreAddress:
    """Noted for the other commands, and for the next start, where it was told."""
    address = address_of(settings)
    if settings.store is not None:
        write_file(settings.store_url, address.plain.encode(), private=True)
    return address


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _health(link: Link, ingest: Ingest) -> Health:
    return Health(link.connected.is_set(), ingest.store_error is None)
