"""The part of a controller that steers many signs, over the real broker, for signs with the real firmware."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hil_tests.conftest import WIFI
from hil_tests.controller import DRAIN_S, HOST
from hil_tests.rig import VirtualRig
from hil_tests.walks import Radar

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.cli.ending import end_tasks
from gangvakt.fleet import LiveFleet, SignId
from gangvakt.ingest import Ingest, Link
from gangvakt.ingest.topics import piece_topic
from gangvakt.orders import Configs, Plans
from gangvakt.provision.board import load_board
from gangvakt.provision.identity import make_identity
from gangvakt.provision.pki import Pki, client_context, server_context
from gangvakt.store import Store
from gangvakt.upkeep import OfferFolder, Updater
from gangvakt.upkeep.artifacts import Artifacts
from gangvakt.upkeep.rollouts import Rollouts

ONLINE_S = 90  # several boards start at once
LOOK_S = 0.1
SPEC = load_board("virtual")
SUPPLY_MV, RATIO_MILLI = 13_000, SPEC.analog.supply_ratio_milli


@dataclass
class Room:
    """What runs, and where signs find it."""

    pki: Pki
    port: int
    fleet: LiveFleet
    rollouts: Rollouts
    plans: Plans
    artifacts: Artifacts

    async def online(self, signs: Iterable[SignId]) -> None:
        """Until each has told its status and its configuration."""
        for sign in signs:
            await until(lambda sign=sign: self._is_known(sign), ONLINE_S, f"{sign} online")

    def firmware(self, sign: SignId) -> str | None:
        """The version that a sign reports."""
        state = self.fleet.sign(sign)
        return state.status.firmware if state and state.status else None

    def _is_known(self, sign: SignId) -> bool:
        state = self.fleet.sign(sign)
        return state is not None and state.online and state.config is not None


@asynccontextmanager
async def a_room(folder: Path, trusted: bytes = b"") -> AsyncIterator[Room]:
    """Connected; `trusted` are the keys that sign updates."""
    pki = Pki.open(folder / "pki")
    broker = EmbeddedBroker(HOST, 0, server_context(pki.server_files([HOST])))
    await broker.start()
    try:
        async with Store.open(folder / "x.db") as store:
            fleet = LiveFleet()
            ingest = Ingest(fleet, store.journal)
            link = Link(broker.endpoint, client_context(pki.controller_files()), ingest)
            offers = OfferFolder(folder / "updates")
            ingest.updates = updater = Updater(
                offers, link.send_offer, link.send_piece, lambda sign: len(piece_topic(sign))
            )
            artifacts = Artifacts(store.rollouts, lambda: trusted)
            rollouts = Rollouts(store.rollouts, artifacts, offers, fleet, link.connected.is_set)
            configs = Configs(fleet, store.orders, link.send_desired)
            link.on_connect = configs.publish_all
            plans = Plans(store.config_plans, configs, fleet)
            runs = (link.run(), ingest.run(link.send_acks), updater.run(), rollouts.run(), plans.run())
            tasks = [asyncio.ensure_future(one) for one in runs]
            try:
                await asyncio.wait_for(link.connected.wait(), ONLINE_S)
                yield Room(pki, broker.signs_port, fleet, rollouts, plans, artifacts)
            finally:
                await end_tasks(tasks)
    finally:
        await broker.stop()
        await asyncio.sleep(DRAIN_S)


@dataclass
class Sign:
    """A virtual board with an empty street before it, until its radar is unplugged."""

    rig: VirtualRig
    radar: Radar

    def unplug(self) -> None:
        self.radar.__exit__(None, None, None)

    def end(self) -> None:
        self.unplug()
        self.rig.stop()
        print(self.rig.printed())


def a_sign(
    folder: Path, room: Room, name: SignId, number: int, config: bytes, firmware: Path, trusted: bytes = b""
) -> Sign:
    """Powered up; `number` is the last byte of its address."""
    rig = VirtualRig(SPEC, folder / name.site / name.sign, {WIFI.ssid: WIFI.psk})
    rig.before_power = lambda board: board.adc.set(SPEC.analog.supply, SUPPLY_MV * 1000 // RATIO_MILLI)
    rig.mac = bytes((*rig.mac[:5], number))
    identity = make_identity(room.pki, name, [(HOST, room.port)], WIFI)
    rig.start({"config.json": config, **identity}, firmware, trusted=trusted)
    radar = Radar(rig.radar)
    radar.__enter__()
    return Sign(rig, radar)


async def until(condition: Callable[[], object], timeout_s: float, what: str) -> None:
    """Looks until it holds; TimeoutError naming `what` when it does not in time."""
    try:
        async with asyncio.timeout(timeout_s):
            while not condition():
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise TimeoutError(f"{what}: not within {timeout_s} s") from None
