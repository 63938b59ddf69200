"""A configuration that costs signs their broker, over a real broker: the first group finds out, alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.fleet import LiveFleet, SignId
from gangvakt.fleet.config_plan import Event, State
from gangvakt.fleet.selection import Selection
from gangvakt.ingest import Ingest, Link
from gangvakt.orders import Configs, Plans
from gangvakt.orders.plans import Wanted
from gangvakt.provision.pki import client_context
from gangvakt.provision.site_config import schema_hash

from .migrated import a_store
from .support import Keys, eventually, eventually_async
from .wire import as_bytes, status

DEAF = 13  # in this street no access point is on that channel: whoever looks for it there has no broker
PROBATION_S = 0.3  # the real one takes 90 s, and gives up after 600 s


class LightSign:
    """What a sign's configuration trial looks like from outside: it tries, and keeps it or goes back."""

    def __init__(self, name: SignId, keys: Keys, port: int) -> None:
        self.name, self._keys, self._port = name, keys, port
        self.version, self.values = 1, dict[str, Any]()
        self.fate: dict[str, Any] | None = None
        self.tried: list[int] = []
        self._own = f"gangvakt/v1/{name}"

    async def live(self) -> None:
        """Until cancelled."""
        while True:
            wanted = await self._session()
            self.tried.append(wanted["version"])
            await asyncio.sleep(PROBATION_S)
            if wanted["values"].get("pole_channel") == DEAF:  # no session came about in that time
                error = {"field": "config", "value": f"version {wanted['version']}", "why": "no broker"}
                self.fate = {"version": wanted["version"], "state": "rolled_back", "errors": [error]}
            else:
                self.version, self.values, self.fate = wanted["version"], wanted["values"], None

    async def _session(self) -> dict[str, Any]:
        """One connection, which ends with the news that it brings."""
        async with self._keys.client(str(self.name), self._port) as client:
            await client.subscribe(f"{self._own}/config/desired", qos=1)
            await client.publish(f"{self._own}/status", as_bytes(status()), qos=1, retain=True)
            report = {"v": 1, "version": self.version, "schema": schema_hash(), "values": self.values}
            report |= {"errors": []} | ({"desired": self.fate} if self.fate else {})
            await client.publish(f"{self._own}/config/reported", as_bytes(report), qos=1, retain=True)
            async for message in client.messages:
                wanted: dict[str, Any] = json.loads(bytes(message.payload))
                given_up = self.fate["version"] if self.fate else 0
                if wanted["version"] > max(self.version, given_up):
                    return wanted
        raise aiomqtt.MqttError("the broker is gone")


@asynccontextmanager
async def a_town(
    folder: Path, keys: Keys, broker: EmbeddedBroker, count: int
) -> AsyncIterator[tuple[Plans, LiveFleet, list[LightSign]]]:
    """A controller without pages, and signs that are connected."""
    async with a_store(folder / "x.db") as store:
        fleet = LiveFleet()
        ingest = Ingest(fleet, store.journal)
        link = Link(broker.endpoint, client_context(keys.pki.controller_files()), ingest)
        configs = Configs(fleet, store.orders, link.send_desired)
        link.on_connect = configs.publish_all
        plans = Plans(store.config_plans, configs, fleet, pause_s=0.1)
        names = [SignId("drammen", f"s{number // 2:02}", f"p{number % 2}") for number in range(count)]
        signs = [LightSign(name, keys, broker.signs_port) for name in names]
        runs = [link.run(), ingest.run(link.send_acks), plans.run(), *(sign.live() for sign in signs)]
        tasks = [asyncio.create_task(run) for run in runs]
        await eventually(lambda: sum(one.config is not None for one in fleet.signs()) == count, "all signs")
        yield plans, fleet, signs
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("count", [6, pytest.param(50, marks=pytest.mark.soak)])
async def test_a_config_that_costs_signs_their_broker_is_stopped_by_the_first_groups_probation(
    tmp_path: Path, keys: Keys, broker: EmbeddedBroker, count: int
) -> None:
    async with a_town(tmp_path, keys, broker, count) as (plans, fleet, signs):
        wanted = Wanted("Channel", {"pole_channel": DEAF}, Selection("drammen"), 2, 5, 60, "anna")
        plan = await plans.make(wanted)
        await plans.step(plan, Event.SCHEDULE, "anna")

        async def is_in(*states: State) -> bool:
            return (await plans.get("drammen", plan.id)).state in states

        await eventually_async(lambda: is_in(State.STOPPED, State.DONE))
        plan = await plans.get("drammen", plan.id)
        assert (plan.state, plan.stage) == (State.STOPPED, 0)
        assert "no broker" in plan.why
        assert sum(bool(sign.tried) for sign in signs) <= 2, "the first group, and nobody else"
        await plans.step(plan, Event.ROLL_BACK, "anna")
        await eventually_async(lambda: is_in(State.ROLLED_BACK))
        await eventually(lambda: all(one.online for one in fleet.signs()), "all signs are back")
        assert all(sign.values.get("pole_channel") != DEAF for sign in signs)


@pytest.mark.parametrize("count", [6, pytest.param(50, marks=pytest.mark.soak)])
async def test_a_good_config_reaches_all_of_them_stage_by_stage(
    tmp_path: Path, keys: Keys, broker: EmbeddedBroker, count: int
) -> None:
    async with a_town(tmp_path, keys, broker, count) as (plans, _, signs):
        wanted = Wanted("Dimmer", {"dim_pct": 70}, Selection("drammen"), 2, 5, 60, "anna")
        plan = await plans.make(wanted)
        await plans.step(plan, Event.SCHEDULE, "anna")

        async def is_done() -> bool:
            return (await plans.get("drammen", plan.id)).state is State.DONE

        async with asyncio.timeout(100):
            while not await is_done():
                await asyncio.sleep(0.05)
        assert all(sign.values == {"dim_pct": 70} for sign in signs)
        assert all(sign.tried == [2] for sign in signs), "each was told once"
