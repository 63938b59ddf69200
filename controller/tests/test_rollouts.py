"""Rollouts over a real broker, to light signs of which some fail: thresholds, crossings, the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gangvakt.broker import Broker
from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.errors import RolloutMoved, RolloutRefused, UpdateRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.rollout_states import BEHIND, UNWELL, SignState, State
from gangvakt.fleet.rollouts import Rollout
from gangvakt.provision.pki import CONTROLLER_NAME
from gangvakt.provision.update_file import UpdateFile
from gangvakt.provision.update_keys import UpdateKeys

from .brokers import Door, make_broker
from .rollout_office import PATIENCE_S, Office, all_online, an_office
from .rollout_street import NEW, OLD, WORD, a_street, an_update
from .support import Keys


@pytest.fixture(scope="module")
def update_keys(tmp_path_factory: pytest.TempPathFactory) -> UpdateKeys:
    keys = UpdateKeys(tmp_path_factory.mktemp("update-keys"))
    keys.create(WORD)
    return keys


@pytest.fixture(scope="module")
def update(update_keys: UpdateKeys) -> UpdateFile:
    return an_update(update_keys, NEW)


@pytest.fixture(scope="module")
def back(update_keys: UpdateKeys) -> UpdateFile:
    return an_update(update_keys, OLD, replaces=1_005_000)


def pairs(count: int) -> list[SignId]:
    """The signs of so many crossings."""
    return [SignId("drammen", f"x{at}", sign) for at in range(count) for sign in ("north", "south")]


async def until(
    office: Office, number: int, is_so: Callable[[Rollout], object], patience_s: float = PATIENCE_S
) -> Rollout:
    rollout = await office.rollouts.get(number)
    try:
        async with asyncio.timeout(patience_s):
            while not is_so(rollout):
                await asyncio.sleep(0.01)
                rollout = await office.rollouts.get(number)
    except TimeoutError:
        entries = [f"{one.sign} {one.state.value} {one.reason}" for one in rollout.entries.values()]
        pytest.fail("\n".join([f"it is {rollout.state.value}: {rollout.reason}", *entries]))
    return rollout


def is_calm(rollout: Rollout) -> bool:
    """Paused, and nothing on its way any more."""
    moving = (SignState.OFFERED, SignState.FETCHING, SignState.TRIAL, SignState.RECALLED, SignState.RETURNING)
    return rollout.state is State.PAUSED and not rollout.count(moving)


async def check_every_tenth_fails(
    tmp_path: Path,
    broker: Broker,
    keys: Keys,
    update_keys: UpdateKeys,
    signs: list[SignId],
    **rules: int,
) -> None:
    update, back = an_update(update_keys, NEW), an_update(update_keys, OLD, replaces=1_005_000)
    port, files = broker.signs_port, keys.files(CONTROLLER_NAME)
    async with (
        a_street(keys, port, signs, bad=signs[::10]) as street,
        an_office(tmp_path, broker.endpoint.port, files, update_keys.trusted(), tmp_path / "x.db") as office,
    ):
        await all_online(office.fleet, signs)
        planned = await office.plan([update], [back], **rules)
        await office.rollouts.start(planned.id, len(signs), "kari")
        paused = await until(office, planned.id, is_calm, 10 * PATIENCE_S)
        failed = [one for one in paused.of_group(paused.group) if one.state in UNWELL]
        assert len(failed) * 100 >= paused.rules.error_pct * len(paused.of_group(paused.group)), paused.reason
        assert paused.count({SignState.WAITING}), "it did not stop at the threshold"
        assert street.mixed() == []
        while paused.state is State.PAUSED:  # somebody has seen each pause, and goes on
            await office.rollouts.resume(planned.id, "kari")
            paused = await until(
                office, planned.id, lambda one: is_calm(one) or one.state is State.DONE, 10 * PATIENCE_S
            )
        assert street.wrong == []
        assert street.mixed() == []
        left = paused.count(BEHIND | {SignState.LEFT})
        assert street.count(NEW) == len(signs) - left == paused.count({SignState.CONFIRMED})
        assert left == 2 * len(signs[::10])  # and the neighbour of each


async def test_a_rollout_in_which_every_tenth_sign_fails_pauses_by_itself_and_mixes_no_crossing(
    tmp_path: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys
) -> None:
    await check_every_tenth_fails(tmp_path, broker, keys, update_keys, pairs(10), success_pct=0)


@pytest.mark.soak
@pytest.mark.timeout(1200)
async def test_the_same_with_200_signs(tmp_path: Path, keys: Keys, update_keys: UpdateKeys) -> None:
    signs = pairs(100)
    broker = make_broker("mosquitto", keys, tmp_path, Door(keys, known={str(sign) for sign in signs}))
    await broker.start()
    try:
        await check_every_tenth_fails(
            tmp_path, broker, keys, update_keys, signs, at_once=20, error_pct=5, success_pct=0
        )
    finally:
        await broker.stop()


async def test_what_is_rolled_back_runs_the_version_before_and_the_history_says_who_and_why(
    tmp_path: Path,
    broker: EmbeddedBroker,
    keys: Keys,
    update_keys: UpdateKeys,
    update: UpdateFile,
    back: UpdateFile,
    where: Path | str,
) -> None:
    signs = pairs(2)
    port, files = broker.signs_port, keys.files(CONTROLLER_NAME)
    async with (
        a_street(keys, port, signs) as street,
        an_office(tmp_path, port, files, update_keys.trusted(), where) as office,
    ):
        await all_online(office.fleet, signs)
        planned = await office.plan([update], [back])
        with pytest.raises(RolloutMoved, match="count is 5; allowed: 4"):
            await office.rollouts.start(planned.id, 5, "kari")
        await office.rollouts.start(planned.id, 4, "kari")
        done = await until(office, planned.id, lambda one: one.state is State.DONE)
        assert street.versions() == {NEW}
        assert len(office.rollouts.concerned_by_way_back(done)) == 4
        await office.rollouts.roll_back(planned.id, 4, "ola", text="lamps too bright")
        await until(office, planned.id, lambda one: one.state is State.ROLLED_BACK)
        assert street.versions() == {OLD}
        assert street.wrong == []
        history = await office.rollouts.table.history(planned.id, None, 1000)
        told = [(one.before, one.after, one.who, one.reason) for one in history if one.sign is None]
        assert ("done", "rolling_back", "ola", "lamps too bright") in told
        assert [one.after for one in reversed(history) if one.sign == str(signs[0])] == [
            *(
                state
                for state in ("offered", "fetching", "trial", "confirmed")
                if state in {one.after for one in history}
            ),
            *("recalled", "returning", "rolled_back"),
        ]


async def test_an_artifact_of_another_an_older_one_and_one_for_a_foreign_board_are_refused_by_name(
    tmp_path: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys, update: UpdateFile
) -> None:
    signs = pairs(1)
    port, files = broker.signs_port, keys.files(CONTROLLER_NAME)
    older, foreign = an_update(update_keys, "1.3.0"), an_update(update_keys, "1.6.0", board="esp32-devkitc")
    forged = replace(update, signature=bytes(384))
    async with (
        a_street(keys, port, signs),
        an_office(tmp_path, port, files, update_keys.trusted(), tmp_path / "x.db") as office,
    ):
        await all_online(office.fleet, signs)
        with pytest.raises(UpdateRefused, match="artifact: signature is 'of another'"):
            await office.plan([forged], [])
        with pytest.raises(
            RolloutRefused, match=r"drammen/x0/north: version is '1.3.0'; allowed: higher than 1.4.0"
        ):
            await office.plan([older], [])
        with pytest.raises(
            RolloutRefused, match=r"drammen/x0/north: board is 'virtual'; allowed: a sign of esp32"
        ):
            await office.plan([foreign], [])
        with pytest.raises(RolloutRefused, match=r"back is '1.3.0, forward only'"):
            await office.plan([update], [older])
        assert await office.rollouts.table.page(None, 10) == ()
        kept = await office.rollouts.artifacts.upload(update.content, "kari")
        assert (await office.rollouts.artifacts.upload(update.content, "ola")) == kept
        planned = await office.plan([update], [])
        second = await office.plan([update], [])
        await office.rollouts.start(planned.id, 2, "kari", at_ms=4_000_000_000_000)
        with pytest.raises(RolloutRefused, match=rf"a sign that rollout {planned.id} is not about"):
            await office.rollouts.start(second.id, 2, "kari")
        with pytest.raises(RolloutRefused, match="back is 'none for virtual'"):
            await office.rollouts.roll_back(planned.id, 0, "kari")
