"""The part of a controller that rolls updates out: link, ingest, updater and rollouts, on a data folder.

Its minute takes a twentieth of a second: soak times and silences are told in minutes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from gangvakt.broker import Endpoint
from gangvakt.cli.ending import end_tasks
from gangvakt.fleet import LiveFleet, SignId
from gangvakt.fleet.rollout_plan import GroupSpec
from gangvakt.fleet.rollouts import Rollout, Rules
from gangvakt.ingest import Ingest, Link
from gangvakt.ingest.topics import piece_topic
from gangvakt.provision.pki import KeyFiles, client_context
from gangvakt.provision.update_file import UpdateFile
from gangvakt.store import Store
from gangvakt.upkeep import OfferFolder, Updater
from gangvakt.upkeep.artifacts import Artifacts
from gangvakt.upkeep.rollout_making import Wanted
from gangvakt.upkeep.rollouts import Rollouts

FASTER = 1200
ROUND_S = 0.02
PATIENCE_S = 60.0
BEGAN_S = time.time()


def fast_ms() -> int:
    """A clock that all processes of a test share."""
    return int((BEGAN_S + (time.time() - BEGAN_S) * FASTER) * 1000)


@dataclass
class Office:
    """What runs."""

    rollouts: Rollouts
    fleet: LiveFleet

    async def plan(self, updates: list[UpdateFile], back: list[UpdateFile], **rules: int) -> Rollout:
        """A canary of a fifth, then all."""
        numbers = [(await self.rollouts.artifacts.upload(one.content, "kari")).artifact.id for one in updates]
        ways = [(await self.rollouts.artifacts.upload(one.content, "kari")).artifact.id for one in back]
        groups = (GroupSpec("canary", 20), GroupSpec("all", 100))
        told = Rules(**{"soak_min": 1, "silence_min": 600, "at_once": 6, **rules})
        wanted = Wanted("1.5", ("drammen",), tuple(numbers), tuple(ways), groups, told)
        return await self.rollouts.add(wanted, "kari")


@asynccontextmanager
async def an_office(
    folder: Path, port: int, files: KeyFiles, trusted: bytes, database: Path | str
) -> AsyncIterator[Office]:
    """Connected."""
    fleet = LiveFleet()
    async with Store.open(database) as store:
        ingest = Ingest(fleet, store.journal)
        link = Link(Endpoint("127.0.0.1", port), client_context(files), ingest)
        offers = OfferFolder(folder / "updates")
        ingest.updates = updater = Updater(
            offers, link.send_offer, link.send_piece, lambda sign: len(piece_topic(sign))
        )
        artifacts = Artifacts(store.rollouts, lambda: trusted)
        rollouts = Rollouts(store.rollouts, artifacts, offers, fleet, link.connected.is_set, clock_ms=fast_ms)
        working = [
            asyncio.ensure_future(one)
            for one in (link.run(), ingest.run(link.send_acks), updater.run(ROUND_S), rollouts.run(ROUND_S))
        ]
        try:
            await asyncio.wait_for(link.connected.wait(), PATIENCE_S)
            yield Office(rollouts, fleet)
        finally:
            await end_tasks(working)


async def all_online(fleet: LiveFleet, signs: list[SignId]) -> None:
    """Waits until each has been heard."""
    async with asyncio.timeout(PATIENCE_S):
        while not all((state := fleet.sign(sign)) and state.online for sign in signs):
            await asyncio.sleep(0.01)
