"""A controller that is killed in the middle relays everything at least once, each with one id."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from gangvakt.store import Store

from .relaying import Target, a_target, a_webhook, running

PATIENCE_S = 60.0  # a Python that starts beside others takes its time
WORKER = Path(__file__).with_name("relay_worker.py")


async def eventually(condition: Callable[[], object], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        pytest.fail(f"there never were {what}")


async def die_in_the_middle(database: Path, target: Target, after: int) -> None:
    """A worker that is killed when `after` more requests have come."""
    before = len(target.requests)
    worker = subprocess.Popen([sys.executable, str(WORKER), str(database), "10000"])
    try:
        await eventually(
            lambda: len(target.requests) >= before + after or worker.poll() is not None, "requests"
        )
        assert worker.poll() is None, "the worker ended by itself"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()


async def check(tmp_path: Path, kills: int) -> None:
    database = tmp_path / "x.db"
    chance = random.Random(7)
    async with a_target() as target:
        async with Store.open(database) as store:
            relay = a_webhook(target)
            async with running(store) as relays:
                await relays.add(relay)
        for _ in range(kills):
            await die_in_the_middle(database, target, chance.randrange(1, 25))
        async with Store.open(database) as store:
            head = await store.outbox.head()
            async with running(store):
                await eventually(lambda: str(head) in target.codes, f"the last of {head} alarms")
        ids = defaultdict(set)
        for request in target.requests:
            ids[request.events[0]["data"]["code"]].add(request.headers["webhook-id"])
        assert set(ids) == {str(number) for number in range(1, head + 1)}, "none is lost, none invented"
        assert all(len(found) == 1 for found in ids.values()), "what is told twice has one id"
        first = list(dict.fromkeys(target.codes))
        assert first == sorted(first, key=int), "in order, but for what is told again"


async def test_a_killed_controller_relays_everything_at_least_once(tmp_path: Path) -> None:
    await check(tmp_path, kills=2)


@pytest.mark.soak
async def test_a_controller_that_is_killed_fifty_times_relays_everything(tmp_path: Path) -> None:
    await check(tmp_path, kills=50)
