"""The parts of a controller, in the order in which one needs another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from gangvakt.alarms import Patrol
from gangvakt.alarms.fault_reports import FaultReports
from gangvakt.api import Orders
from gangvakt.api.live import LiveFeeds
from gangvakt.api.models import SignOut
from gangvakt.api.relay_meters import RelayMeters
from gangvakt.cli.assembly import Assembly
from gangvakt.cli.auditing import start_audit
from gangvakt.cli.garbage import search_by_the_clock
from gangvakt.cli.relaying import acknowledging, relay_desk
from gangvakt.cli.steering import start_steering, start_two_persons
from gangvakt.cli.updating import rollouts_of
from gangvakt.ingest.topics import piece_topic
from gangvakt.orders import Commander, Configs, Replays, Templates
from gangvakt.orders.streets import Streets
from gangvakt.recordings import RecordingFolder, Transfers
from gangvakt.registry.sign_files import purging
from gangvakt.relay.case import Cases
from gangvakt.store.outbox import append
from gangvakt.upkeep import OfferFolder, Renewer, Updater, Watch


async def start_ingest(made: Assembly) -> None:
    """Signs are heard, and acknowledged once what they said is stored."""
    wire = made.wire
    made.runs += [wire.link.run, partial(wire.ingest.run, wire.meters.counted(wire.link.send_acks))]


async def start_registry(made: Assembly) -> None:
    """Who comes in, what feeds whom and where they are, and what is deleted when its time is over."""
    ground = made.ground
    made.runs += [ground.gatekeeper.run, ground.registry.power_profile.run, ground.registry.positions.run]
    made.runs += [partial(purging, ground.registry.sign_files)]
    made.runs += [ground.store.housekeeper(ground.settings.keep).run]


async def start_updates(made: Assembly) -> None:
    """Signs fetch updates piece by piece."""
    link, folder = made.wire.link, OfferFolder(made.ground.settings.updates_dir)
    made.updater = Updater(folder, link.send_offer, link.send_piece, lambda sign: len(piece_topic(sign)))
    made.wire.ingest.updates = made.updater
    made.runs += [made.updater.run]


async def start_recordings(made: Assembly) -> None:
    """Flight recordings come in pieces."""
    recordings = Transfers(RecordingFolder(made.ground.settings.recordings_dir))
    made.wire.ingest.recordings = recordings
    replays = Replays(made.ground.settings.recordings_dir)
    made.services = replace(made.services, recordings=recordings, replays=replays)
    made.runs += [recordings.run]


async def start_orders(made: Assembly) -> None:
    """Commands are answered, and configurations told anew whenever the broker is reached."""
    ground, link = made.ground, made.wire.link
    made.commander = Commander(ground.fleet, ground.store.orders, link.send_command)
    made.configs = Configs(
        ground.fleet,
        ground.store.orders,
        link.send_desired,
        approval=ground.registry.site_files.approval,
        templates=Templates(ground.store.config_groups).layers,
    )
    made.wire.ingest.on_answer, link.on_connect = made.commander.put, made.configs.publish_all
    streets = Streets(ground.fleet, link.send_street_order)
    made.services = replace(made.services, orders=Orders(made.commander, made.configs), streets=streets)


async def start_certificates(made: Assembly) -> None:
    """Certificates are watched and renewed before they end."""
    pki, gatekeeper, broker = made.ground.pki, made.ground.gatekeeper, made.wire.broker
    made.watch = Watch(
        pki, made.ground.tls, broker.certificates, now=_utc_now, authorities=gatekeeper.authorities
    )
    renewer = Renewer(
        pki,
        broker.certificates,
        made.wire.link.send_renewal,
        now=_utc_now,
        authorities=gatekeeper.current_authorities,
        issued=made.ground.registry.signs.renewed,
    )
    made.services = replace(made.services, certificates=made.watch.lifetimes)
    made.runs += [made.watch.run, renewer.run]


async def start_alarms(made: Assembly) -> None:
    """The fleet is watched, and what is wrong goes into the outbox with its alarm."""
    ground = made.ground
    made.patrol = Patrol(
        ground.store.alarms,
        ground.fleet,
        made.wire.link.connected.is_set,
        power=ground.registry.power_profile,
        life_of=ground.registry.power_profile.life_of,
        lifetimes=made.watch.lifetimes,
        tell=append,
        gaps=ground.store.gaps,
    )
    reports = FaultReports(ground.store.fault_reports, made.patrol)
    made.services = replace(made.services, patrol=made.patrol, fault_reports=reports)
    made.runs += [made.patrol.run, reports.run]


async def start_relays(made: Assembly) -> None:
    """What is in the outbox goes to other programs and to people."""
    acknowledge = acknowledging(made.patrol.alarms)
    reached_at = made.ground.settings.public_url or made.pages_at
    desk = relay_desk(made.ground.store, made.ground.settings, reached_at, acknowledge)
    made.services = replace(made.services, relays=desk)
    made.runs += [desk.relays.run, desk.notifier.run]
    made.wire.meters.relays(RelayMeters(desk.relays.figures))


async def start_exports(made: Assembly) -> None:
    """What is known of a case is sealed for others."""
    settings, pki = made.ground.settings, made.ground.pki
    cases = Cases(made.ground.store, settings.recordings_dir, settings.seal_dir, lambda: pki)
    made.services = replace(made.services, cases=cases)


async def start_live(made: Assembly) -> None:
    """Changes are told as they happen; the readers are let go before the web server ends."""
    patrol = made.patrol
    live = LiveFeeds(
        made.ground.fleet, made.services.events, lambda state: SignOut.of(state, patrol.sight(state.id))
    )
    made.wire.meters.gauge("gangvakt_live_readers", "Readers of /api/v1/live.", lambda: live.readers)
    made.services = replace(made.services, live=live)
    made.closing += [live.close]


async def start_rollouts(made: Assembly) -> None:
    """Updates go to many signs, group after group."""
    ground, pairs = made.ground, made.services.pairs
    assert pairs is not None  # by the order of PARTS
    rollouts = rollouts_of(
        ground.settings, ground.store, ground.fleet, made.wire.link, made.patrol, ground.registry, pairs
    )
    made.services = replace(made.services, rollouts=rollouts)
    made.runs += [rollouts.run]


async def start_garbage(made: Assembly) -> None:
    """The last one: what is there by now is set aside for good."""
    made.runs += [search_by_the_clock]


PARTS: tuple[Callable[[Assembly], Awaitable[None]], ...] = (
    start_ingest,
    start_registry,
    start_updates,
    start_recordings,
    start_orders,
    start_certificates,
    start_alarms,
    start_steering,
    start_relays,
    start_exports,
    start_live,
    start_audit,
    start_two_persons,
    start_rollouts,
    start_garbage,
)


def _utc_now() -> datetime:
    return datetime.now(UTC)
