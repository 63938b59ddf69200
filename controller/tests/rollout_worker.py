"""A controller's rollouts in a process of their own that is killed, kill -9, when a state has been stored.

It dies after the commit and before any sign is told: nothing but the database knows of the state then.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gangvakt.fleet import SignId
from gangvakt.fleet.rollout_states import OVER, State
from gangvakt.fleet.rollouts import Rollout
from gangvakt.provision.pki import KeyFiles
from gangvakt.provision.update_file import UpdateFile

from .rollout_office import Office, all_online, an_office

# What somebody orders when he sees a state.
Orders = Mapping[State, str]


@dataclass(frozen=True)
class Errand:
    """What the process is told; without `updates` the rollout is there already."""

    folder: Path
    database: Path | str
    port: int
    files: KeyFiles
    trusted: bytes
    signs: tuple[SignId, ...]
    orders: Orders
    dies_in: State | None = None
    updates: tuple[UpdateFile, ...] = ()
    back: tuple[UpdateFile, ...] = ()


def work(errand: Errand) -> None:
    """Until the rollout is over, or until it dies."""
    asyncio.run(_work(errand))


async def _work(errand: Errand) -> None:
    async with an_office(errand.folder, errand.port, errand.files, errand.trusted, errand.database) as office:
        await all_online(office.fleet, list(errand.signs))
        if errand.dies_in is not None:
            _die_when_stored(office, errand.dies_in)
        if errand.updates:
            made = await office.plan(list(errand.updates), list(errand.back))
            if errand.dies_in is State.DRAFT:
                _die()
            await office.rollouts.start(made.id, len(errand.signs), "kari")
        done: set[State] = set()
        while (rollout := await office.rollouts.get(1)).state not in OVER - errand.orders.keys():
            order = errand.orders.get(rollout.state)
            if order is not None and rollout.state not in done:
                done.add(rollout.state)
                await _obey(office, rollout, order)
            await asyncio.sleep(0.005)


async def _obey(office: Office, rollout: Rollout, order: str) -> None:
    match order:
        case "start":
            await office.rollouts.start(1, len(rollout.entries), "kari")
        case "roll_back":
            count = len(office.rollouts.concerned_by_way_back(rollout))
            await office.rollouts.roll_back(1, count, "kari")
        case _:
            await getattr(office.rollouts, order)(1, "kari")


def _die_when_stored(office: Office, state: State) -> None:
    bring = office.rollouts._bring_offers

    async def dying(rollout: Rollout, signs: Iterable[SignId]) -> None:
        if rollout.state is state:
            _die()
        await bring(rollout, signs)

    office.rollouts._bring_offers = dying  # type: ignore[method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
