"""A controller that is killed in any state of a rollout goes on with it: a test for each state."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.fleet import SignId
from gangvakt.fleet.rollout_states import State
from gangvakt.provision.pki import CONTROLLER_NAME
from gangvakt.provision.update_keys import UpdateKeys

from .rollout_office import PATIENCE_S
from .rollout_street import NEW, OLD, WORD, Street, a_street, an_update
from .rollout_worker import Errand, work
from .support import Keys

# One clean process that has imported everything already: its children are there at once.
PROCESSES = multiprocessing.get_context("forkserver")

# How each state comes about: what somebody orders on the way to it.
ON_THE_WAY: Mapping[State, Mapping[State, str]] = {
    State.PAUSED: {State.RUNNING: "pause"},
    State.ABORTING: {State.RUNNING: "abort"},
    State.ABORTED: {State.RUNNING: "abort"},
    State.ROLLING_BACK: {State.SOAKING: "roll_back"},
    State.BACK_PAUSED: {State.SOAKING: "roll_back", State.ROLLING_BACK: "pause"},
    State.ROLLED_BACK: {State.SOAKING: "roll_back"},
}
# What is ordered of the next controller, where somebody has to.
AFTERWARDS: Mapping[State, str] = {State.DRAFT: "start", State.PAUSED: "resume", State.BACK_PAUSED: "resume"}
# In `make test`: on the way, held by somebody, and on the way back. All of them in `make soak`.
USUALLY = frozenset({State.RUNNING, State.PAUSED, State.ROLLING_BACK})
BACK = frozenset({State.ROLLING_BACK, State.BACK_PAUSED, State.ROLLED_BACK})


@pytest.fixture(scope="module")
def update_keys(tmp_path_factory: pytest.TempPathFactory) -> UpdateKeys:
    PROCESSES.set_forkserver_preload([f"{__package__}.rollout_worker"])
    keys = UpdateKeys(tmp_path_factory.mktemp("update-keys"))
    keys.create(WORD)
    return keys


async def ended(errand: Errand) -> int | None:
    """The exit code of a process that does `errand`."""
    process = PROCESSES.Process(target=work, args=(errand,))
    process.start()
    try:
        await asyncio.to_thread(process.join, PATIENCE_S)
        return process.exitcode
    finally:
        process.kill()
        process.join()


async def check(
    state: State,
    tmp_path: Path,
    database: Path | str,
    broker: EmbeddedBroker,
    keys: Keys,
    update_keys: UpdateKeys,
    crossings: int,
) -> None:
    signs = tuple(SignId("drammen", f"x{at}", sign) for at in range(crossings) for sign in ("a", "b"))
    port, files = broker.signs_port, keys.files(CONTROLLER_NAME)
    updates, back = (an_update(update_keys, NEW),), (an_update(update_keys, OLD, replaces=1_005_000),)
    first = Errand(
        tmp_path,
        database,
        port,
        files,
        update_keys.trusted(),
        signs,
        ON_THE_WAY.get(state, {}),
        state,
        updates,
        back,
    )
    async with a_street(keys, port, signs) as street:
        assert await ended(first) == -signal.SIGKILL, f"it never came to be {state.value}"
        second = replace(first, orders=AFTERWARDS, dies_in=None, updates=(), back=())
        assert await ended(second) == 0
        check_end(state, street)


def check_end(state: State, street: Street) -> None:
    assert street.wrong == []
    assert street.mixed() == []
    assert all(count == 1 for count in street.installed.values()), f"taken twice: {street.installed}"
    if state in BACK:
        assert street.versions() == {OLD}
    elif state not in (State.ABORTING, State.ABORTED):
        assert street.versions() == {NEW}


@pytest.mark.parametrize(
    "state",
    [pytest.param(one, marks=() if one in USUALLY else pytest.mark.soak, id=one.value) for one in State],
)
async def test_it_goes_on_after_kill_9(
    state: State, tmp_path: Path, broker: EmbeddedBroker, keys: Keys, update_keys: UpdateKeys
) -> None:
    await check(state, tmp_path, tmp_path / "x.db", broker, keys, update_keys, 2)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
async def test_it_goes_on_after_kill_9_with_20_signs_on_either_database(
    state: State,
    tmp_path: Path,
    where: Path | str,
    broker: EmbeddedBroker,
    keys: Keys,
    update_keys: UpdateKeys,
) -> None:
    await check(state, tmp_path, where, broker, keys, update_keys, 10)
