"""The part of a controller that rolls updates out: link, ingest, updater and rollouts, on a data folder.

Its minute takes a twentieth of a second: soak times and silences are told in minutes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gangvakt.broker import Endpoint
from gangvakt.cli.ending import end_tasks
from gangvakt.fleet import LiveFleet, SignId
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.rollout_plan import GroupSpec
from gangvakt.fleet.rollouts import Rollout, Rules
from gangvakt.fleet.windows import Calendar
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
ALWAYS = Calendar()


def fast_ms() -> int:
    """A clock that all processes of a test share."""
    return int((BEGAN_S + (time.time() - BEGAN_S) * FASTER) * 1000)


@dataclass
class Office:
    """What runs. At `stands_ms` its clock stands, where that is set; `ill` are alarms at signs, by code;
    `raised` is what the rollouts themselves raise."""

    rollouts: Rollouts = field(init=False)
    fleet: LiveFleet = field(default_factory=LiveFleet)
    stands_ms: int | None = None
    ill: dict[SignId, str] = field(default_factory=dict)
    raised: list[str] = field(default_factory=list)

    def now_ms(self) -> int:
        return fast_ms() if self.stands_ms is None else self.stands_ms

    def alarm_of(self, sign: SignId, _since_ms: int) -> str | None:
        return self.ill.get(sign)

    async def report(self, _source: str, conditions: Sequence[Condition]) -> None:
        self.raised[:] = [f"{one.code} at {one.object}: {one.text}" for one in conditions]

    async def plan(
        self, updates: list[UpdateFile], back: list[UpdateFile], calendar: Calendar = ALWAYS, **rules: int
    ) -> Rollout:
        """A canary of a fifth, then all."""
        numbers = [(await self.rollouts.artifacts.upload(one.content, "kari")).artifact.id for one in updates]
        ways = [(await self.rollouts.artifacts.upload(one.content, "kari")).artifact.id for one in back]
        groups = (GroupSpec("canary", 20), GroupSpec("all", 100))
        told = Rules(**{"soak_min": 1, "silence_min": 600, "at_once": 6, **rules}, calendar=calendar)
        wanted = Wanted("1.5", ("drammen",), tuple(numbers), tuple(ways), groups, told)
        return await self.rollouts.add(wanted, "kari")


@asynccontextmanager
async def an_office(
    folder: Path, port: int, files: KeyFiles, trusted: bytes, database: Path | str
) -> AsyncIterator[Office]:
    """Connected."""
    office = Office()
    fleet = office.fleet
    async with Store.open(database) as store:
        ingest = Ingest(fleet, store.journal)
        link = Link(Endpoint("127.0.0.1", port), client_context(files), ingest)
        offers = OfferFolder(folder / "updates")
        ingest.updates = updater = Updater(
            offers, link.send_offer, link.send_piece, lambda sign: len(piece_topic(sign))
        )
        artifacts = Artifacts(store.rollouts, lambda: trusted)
        office.rollouts = rollouts = Rollouts(
            store.rollouts,
            artifacts,
            offers,
            fleet,
            link.connected.is_set,
            alarm_of=office.alarm_of,
            report=office.report,
            clock_ms=office.now_ms,
        )
        working = [
            asyncio.ensure_future(one)
            for one in (link.run(), ingest.run(link.send_acks), updater.run(ROUND_S), rollouts.run(ROUND_S))
        ]
        try:
            await asyncio.wait_for(link.connected.wait(), PATIENCE_S)
            yield office
        finally:
            await end_tasks(working)


async def all_online(fleet: LiveFleet, signs: list[SignId]) -> None:
    """Waits until each has been heard."""
    async with asyncio.timeout(PATIENCE_S):
        while not all((state := fleet.sign(sign)) and state.online for sign in signs):
            await asyncio.sleep(0.01)
