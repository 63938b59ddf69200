"""What holds a rollout back, over a real broker to light signs: too few that took it, alarms, hours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.fleet import SignId
from gangvakt.fleet.rollout_states import SignState, State
from gangvakt.fleet.windows import Calendar, Window
from gangvakt.provision.pki import CONTROLLER_NAME
from gangvakt.provision.update_keys import UpdateKeys

from .rollout_office import Office, all_online, an_office
from .rollout_street import NEW, OLD, WORD, Street, a_street, an_update
from .support import Keys, eventually
from .test_rollouts import is_calm, pairs, until

MONDAY_NIGHT = Calendar((Window.parse("mon 22:00-04:00"),))
NEVER_PAUSES = 100  # per cent of a group


@pytest.fixture(scope="module")
def update_keys(tmp_path_factory: pytest.TempPathFactory) -> UpdateKeys:
    keys = UpdateKeys(tmp_path_factory.mktemp("update-keys"))
    keys.create(WORD)
    return keys


@asynccontextmanager
async def a_fleet(
    folder: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys, bad: Iterable[SignId] = ()
) -> AsyncIterator[tuple[Street, Office]]:
    """Two crossings: a canary, and all."""
    port, files = broker.signs_port, keys.files(CONTROLLER_NAME)
    async with (
        a_street(keys, port, pairs(2), bad) as street,
        an_office(folder, port, files, update_keys.trusted(), folder / "x.db") as office,
    ):
        await all_online(office.fleet, pairs(2))
        yield street, office


async def a_round_later(office: Office) -> list[str]:
    """The alarms that the rollouts raise, after they have looked at everything once more."""
    office.raised[:] = ["not told yet"]
    await eventually(lambda: office.raised != ["not told yet"], "a round")
    return office.raised


def at(moment: str) -> int:
    """UTC ms."""
    return int(datetime.fromisoformat(f"{moment}+00:00").timestamp()) * 1000


async def test_a_group_of_which_too_few_took_it_pauses_with_an_alarm_and_goes_on_when_somebody_says_so(
    tmp_path: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys
) -> None:
    signs = pairs(2)
    async with a_fleet(tmp_path, broker, keys, update_keys, bad=(signs[1], signs[3])) as (street, office):
        plan = await office.plan([an_update(update_keys, NEW)], [], error_pct=NEVER_PAUSES, success_pct=60)
        await office.rollouts.start(plan.id, 4, "kari")
        paused = await until(office, plan.id, lambda one: one.state is State.PAUSED)
        assert (paused.reason, paused.group) == ("1 of 2 signs of canary took it", 0)
        assert office.rollouts.has_paused_itself(paused)
        told = f"rollout_paused at drammen/rollout {plan.id}: 1.5: 1 of 2 signs of canary took it"
        await eventually(lambda: office.raised == [told], "the alarm")
        assert street.count(NEW) == 1, "nobody of the next group was touched"
        await office.rollouts.resume(plan.id, "kari")
        await eventually(lambda: office.raised == [], "the end of the alarm")
        await until(office, plan.id, lambda one: one.group == 1)


@pytest.mark.soak
async def test_what_somebody_has_paused_raises_no_alarm_though_a_sign_has_failed(
    tmp_path: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys
) -> None:
    async with a_fleet(tmp_path, broker, keys, update_keys, bad=pairs(2)) as (_, office):
        plan = await office.plan([an_update(update_keys, NEW)], [], error_pct=NEVER_PAUSES, soak_min=600)
        await office.rollouts.start(plan.id, 4, "kari")
        await until(office, plan.id, lambda one: one.count({SignState.FAILED}))
        await office.rollouts.pause(plan.id, "kari", "storm warning")
        paused = await until(office, plan.id, is_calm)
        rounds = await a_round_later(office)
        assert not office.rollouts.has_paused_itself(paused)
        assert rounds == []


async def test_an_alarm_in_the_soak_time_is_a_failure_that_pauses_and_takes_the_crossing_back(
    tmp_path: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys
) -> None:
    async with a_fleet(tmp_path, broker, keys, update_keys) as (street, office):
        ways = [an_update(update_keys, OLD, replaces=1_005_000)]
        plan = await office.plan([an_update(update_keys, NEW)], ways, soak_min=24 * 60)
        await office.rollouts.start(plan.id, 4, "kari")
        soaking = await until(office, plan.id, lambda one: one.state is State.SOAKING)
        first, second = (entry.sign for entry in soaking.of_group(0))
        office.ill[first] = "radar"
        paused = await until(office, plan.id, is_calm)
        assert paused.reason == f"1 of 2 signs of canary failed, as {first}"
        assert (paused.entries[first].state, "radar" in paused.entries[first].reason) == (
            SignState.FAILED,
            True,
        )
        assert street.signs[second].version == NEW, "of one that runs it, the others need not go back"
        assert street.count(NEW) == 2, "nobody of the next group was touched"
        assert (street.wrong, street.mixed()) == ([], [])


async def test_outside_of_its_window_nobody_is_offered_anything_until_it_opens(
    tmp_path: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys
) -> None:
    async with a_fleet(tmp_path, broker, keys, update_keys) as (street, office):
        office.stands_ms = at("2027-03-01T21:59:59")
        plan = await office.plan([an_update(update_keys, NEW)], [], calendar=MONDAY_NIGHT, soak_min=0)
        await office.rollouts.start(plan.id, 4, "kari")
        await a_round_later(office)
        await a_round_later(office)
        waiting = await office.rollouts.get(plan.id)
        assert (waiting.state, waiting.count({SignState.WAITING})) == (State.SCHEDULED, 4)
        office.stands_ms = at("2027-03-01T22:00:00")
        await until(office, plan.id, lambda one: one.state is State.DONE)
        assert street.versions() == {NEW}


@pytest.mark.soak
async def test_when_a_window_ends_the_half_done_crossing_is_ended_and_no_other_begins(
    tmp_path: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys
) -> None:
    async with a_fleet(tmp_path, broker, keys, update_keys) as (street, office):
        office.stands_ms = at("2027-03-02T03:59:59")
        plan = await office.plan([an_update(update_keys, NEW)], [], calendar=MONDAY_NIGHT, soak_min=0)
        await office.rollouts.start(plan.id, 4, "kari")
        await until(office, plan.id, lambda one: one.count({SignState.CONFIRMED}) == 1)
        office.stands_ms = at("2027-03-02T04:00:00")
        await until(office, plan.id, lambda one: one.count({SignState.CONFIRMED}) == 2)
        await a_round_later(office)
        await a_round_later(office)
        closed = await office.rollouts.get(plan.id)
        assert (street.mixed(), street.count(NEW), closed.count({SignState.WAITING})) == ([], 2, 2)
