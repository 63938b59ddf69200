"""The controller on PostgreSQL: the real command, and a server that is killed below it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import stat
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from gangvakt.cli import main
from gangvakt.errors import StoreError
from gangvakt.store import Store, Work
from gangvakt.store.answering import KEPT_S, LONGEST_S, StoreProbe

from .stores import Postgres, a_postgres, missing
from .support import Keys, eventually_async
from .test_serve import acknowledged, serving
from .test_store import new_event
from .wire import as_bytes, batch, event

SEED = int(os.environ.get("GANGVAKT_SEED", "6"))


async def test_serve_stores_there_and_other_commands_and_the_next_start_find_it(
    postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, keys = postgres.fresh(), Keys(tmp_path)
    message = as_bytes(batch(event(1), event(2)))
    with serving(tmp_path, "--store", url) as running:
        assert await acknowledged(keys, running.mqtt_port, message) == 2
        running.stop()
    assert stat.S_IMODE((tmp_path / "store.url").stat().st_mode) == 0o600
    assert not (tmp_path / "gangvakt.db").exists()
    with serving(tmp_path) as again:
        assert await acknowledged(keys, again.mqtt_port, message) == 2
        again.stop()
    async with Store.open(url) as store:
        assert [one.seq for one in await store.events.page()] == [1, 2]
    assert await asyncio.to_thread(main, ["user", "reset-password", "--data", str(tmp_path)]) == 0
    assert "One-time password of admin" in capsys.readouterr().out


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """One that a test may stop."""
    try:
        with a_postgres() as server:
            yield server
    except LookupError as why:
        missing(why)


async def test_a_server_that_stops_is_noticed_by_whoever_asks_though_nothing_is_written(
    own_postgres: Postgres,
) -> None:
    """And one that no longer says a word, no later than a load balancer waits."""
    now_s = [0.0]
    async with Store.open(own_postgres.fresh()) as store:
        probe = StoreProbe(store.reading, lambda: now_s[0])
        assert await probe.answers()
        own_postgres.stop()
        assert await probe.answers(), "asked once a second"
        assert not await answers_after_a_second(probe, now_s)
        own_postgres.start()
        await eventually_async(lambda: answers_after_a_second(probe, now_s))
        own_postgres.stop()
        own_postgres.start()
        os.kill(own_postgres.pid, signal.SIGSTOP)  # it takes connections, and nothing more
        try:
            async with asyncio.timeout(LONGEST_S + 8):
                assert not await answers_after_a_second(probe, now_s)
        finally:
            os.kill(own_postgres.pid, signal.SIGCONT)
        await eventually_async(lambda: answers_after_a_second(probe, now_s))


async def answers_after_a_second(probe: StoreProbe, now_s: list[float]) -> bool:
    now_s[0] += KEPT_S
    return await probe.answers()


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
async def test_a_server_that_is_killed_loses_nothing_that_was_stored_and_stores_nothing_twice(
    kills: int,
) -> None:
    """`kill -9` at random moments of writing; who writes tries again, as ingest does."""
    moments = random.Random(SEED)
    try:
        with a_postgres(durable=True) as postgres:
            promised, failures = await _killed(postgres, kills, moments)
    except LookupError as why:
        missing(why)
    assert failures, "no kill met a write"
    assert len(promised) > kills, "hardly anything was written"


async def _killed(postgres: Postgres, kills: int, moments: random.Random) -> tuple[Counter[int], int]:
    """How often each event was told to be stored, and how many writes failed."""
    promised: Counter[int] = Counter()
    failures, ending = 0, asyncio.Event()
    async with Store.open(postgres.fresh()) as store:

        async def write() -> None:
            nonlocal failures
            for number in count(1):
                if ending.is_set():
                    return
                events = (new_event(2 * number), new_event(2 * number + 1))
                while True:
                    try:
                        await store.journal.write(Work(events))
                    except StoreError:
                        failures += 1
                        await asyncio.sleep(0.05)  # as ingest: not at once again
                    else:
                        break
                promised.update(one.key.seq for one in events)

        writing = asyncio.create_task(write())
        for _ in range(kills):
            before = len(promised)
            async with asyncio.timeout(60):
                while len(promised) < before + 10:
                    await asyncio.sleep(moments.uniform(0.001, 0.03))
            await asyncio.to_thread(postgres.kill)
            await asyncio.to_thread(postgres.start)
        ending.set()
        await writing
        found: list[int] = []
        after = 0
        while page := await store.events.page(after=after, limit=1000):
            found += [one.seq for one in page]
            after = page[-1].id
    assert Counter(found) == promised
    return promised, failures
