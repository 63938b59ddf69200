"""Whatever is killed under load, no event that a sign had sent is lost, and none is stored twice."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from gangvakt.broker.mosquitto_child import find_mosquitto
from gangvakt.errors import MosquittoMissing
from gangvakt.store import Store

from .light_signs import Crowd
from .stores import Postgres, a_postgres, missing
from .support import Keys

SEED = int(os.environ.get("GANGVAKT_SEED", "6"))
KILLS = int(os.environ.get("GANGVAKT_KILLS", "50"))
SIGNS = 12
START_S = 60.0  # a Python that starts beside others takes its time
A_PAGE = 1000
PORTS = range(20_000, 32_000)  # below those that systems give out
VICTIMS = ("controller", "broker", "postgresql")
SOAK = (pytest.mark.soak, pytest.mark.timeout(7200))

# The real command; only, it starts a Mosquitto that died again at once, however often it died before.
COMMAND = (
    sys.executable,
    "-c",
    "import sys; from gangvakt.broker import mosquitto_child as child; from gangvakt.cli import main;"
    "child.LONGEST_PAUSE_S = child.FIRST_PAUSE_S; sys.exit(main())",
)


@dataclass
class House:
    """A controller with a Mosquitto and, if wanted, a PostgreSQL: each can be killed, and comes back."""

    data: Path
    port: int
    store: str
    postgres: Postgres | None
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data / "controller.log"

    def start(self) -> None:
        """Returns when signs are heard."""
        where = ("--data", str(self.data), "--http-port", "0", "--mqtt-port", str(self.port))
        options = (*where, "--broker", "mosquitto", "--store", self.store)
        begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen((*COMMAND, "serve", *options), stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while not re.search(rb"^  data", self.log.read_bytes()[begin:], re.MULTILINE):
            assert self.process.poll() is None, f"the controller ended:\n{self.log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"it does not start:\n{self.log.read_text()[-2000:]}"
            time.sleep(0.02)

    def kill(self, victim: str) -> None:
        """kill -9; what does not come back by itself is started again."""
        match victim:
            case "controller":
                self._end(signal.SIGKILL)
                self.start()
            case "broker":
                os.kill(self._mosquitto(), signal.SIGKILL)
            case "postgresql":
                assert self.postgres is not None
                self.postgres.kill()
                self.postgres.start()

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _mosquitto(self) -> int:
        return int((self.data / "mosquitto" / "mosquitto.pid").read_text())

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(START_S)


@contextmanager
def a_house(data: Path, victim: str) -> Iterator[House]:
    """Running; skipped, loudly, only where Mosquitto or PostgreSQL is not installed."""
    try:
        find_mosquitto()
    except MosquittoMissing as why:
        pytest.skip(str(why))
    if victim != "postgresql":
        yield from _running(House(data, _free_port(), f"sqlite:///{data / 'gangvakt.db'}", None))
        return
    try:
        with a_postgres(durable=True) as postgres:
            yield from _running(House(data, _free_port(), postgres.fresh(), postgres))
    except LookupError as why:
        missing(why)


def _running(house: House) -> Iterator[House]:
    house.start()
    try:
        yield house
    finally:
        house.stop()


def _free_port() -> int:
    """One that nobody gets by chance while its broker is dead, least of all a sign that connects to it."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there is no free port")


async def _killing(house: House, crowd: Crowd, victim: str, kills: int) -> None:
    moments = random.Random(SEED)
    for _ in range(kills):
        before, wanted = crowd.acknowledged, moments.randint(1, 600)
        async with asyncio.timeout(START_S):
            while crowd.acknowledged < before + wanted:
                await asyncio.sleep(0.005)
        await asyncio.sleep(moments.uniform(0, 0.1))
        await asyncio.to_thread(house.kill, victim)
    crowd.end()


async def _stored(where: str) -> Counter[tuple[str, int]]:
    """How often each event of each sign stands in the store, by what is in it."""
    found: Counter[tuple[str, int]] = Counter()
    after = 0
    async with Store.open(where) as store:
        while page := await store.events.page(after=after, limit=A_PAGE):
            found.update((str(one.sign), int(str(one.detail["track"]))) for one in page)
            after = page[-1].id
    return found


@pytest.mark.parametrize(
    ("victim", "kills"),
    [("controller", 1), *(pytest.param(victim, KILLS, marks=SOAK) for victim in VICTIMS)],
)
async def test_what_is_killed_under_load_costs_no_event_and_doubles_none(
    tmp_path: Path, victim: str, kills: int
) -> None:
    with a_house(tmp_path, victim) as house:
        crowd = Crowd.of(Keys(tmp_path), house.port, SIGNS, SEED)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(crowd.live())
            await _killing(house, crowd, victim, kills)
        found = await _stored(house.store)
    lost, twice = crowd.made - found.keys(), {key for key, count in found.items() if count > 1}
    assert not lost, f"{len(lost)} of {len(crowd.made)} are lost, with seed {SEED}: {sorted(lost)[:9]}"
    assert not twice, f"{len(twice)} are stored twice, with seed {SEED}: {sorted(twice)[:9]}"
    assert found.keys() == crowd.made, "something is stored that never happened"
    again = sum(sign.resent + sign.connections - 1 for sign in crowd.signs)
    assert again, "no sign noticed anything"
    print(f"{victim}: {kills} kills, {len(found)} events, sent again or connected anew {again} times")
