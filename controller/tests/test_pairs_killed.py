"""What takes two people survives kill -9 of the controller in each of its states, on either database."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gangvakt.errors import PairRefused
from gangvakt.fleet.pair_states import PairState
from gangvakt.fleet.roles import Role
from gangvakt.orders.pairs import PairKind, Pairs
from gangvakt.store import Store
from gangvakt.store.pairs import Pair

MUTE = "bulk.mute"
PATIENCE_S = 60

# Ends itself the moment that the state has been stored.
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from gangvakt.errors import SettingRefused
from gangvakt.fleet.roles import Role
from gangvakt.orders.pairs import LIFE_MS, PairKind, Pairs
from gangvakt.store import Store

database, state, effect = sys.argv[1:]
ahead_ms = 0

def die():
    os.kill(os.getpid(), signal.SIGKILL)

async def run(pair):
    if state == "approved":
        die()
    if state == "failed":
        raise SettingRefused("sign", "mute", 0, "a sign that is there")
    with Path(effect).open("a") as file:
        file.write("done\\n")
    return {}

async def main():
    where = Path(database) if database.startswith("/") else database
    async with Store.open(where) as store:
        for name in ("kari", "ola"):
            await store.staff.add(name, "-", must_change=False)
        pairs = Pairs(store, clock_ms=lambda: 1_800_000_000_000 + ahead_ms)
        pairs.register(PairKind("bulk.mute", Role.OPERATOR, run))
        asked = await pairs.ask("bulk.mute", "drammen", {}, "kari", "drammen")
        if state == "asked":
            die()
        if state == "refused":
            await pairs.refuse(asked.id, "ola")
        elif state == "expired":
            globals()["ahead_ms"] = LIFE_MS + 1
            await pairs.expire()
        else:
            await pairs.approve(asked.id, "ola")
        die()

asyncio.run(main())
"""
ENDS = frozenset({PairState.DONE, PairState.FAILED, PairState.REFUSED, PairState.EXPIRED})
# What a second start makes of each.
AFTERWARDS = {
    PairState.ASKED: PairState.ASKED,
    PairState.APPROVED: PairState.DONE,
    **{state: state for state in ENDS},
}


@pytest.mark.soak
@pytest.mark.parametrize("state", AFTERWARDS, ids=lambda state: state.value)
async def test_what_two_people_agreed_on_is_done_once_whenever_the_controller_is_killed(
    tmp_path: Path, where: Path | str, state: PairState
) -> None:
    effect = tmp_path / "effect"
    await killed_in(state, where, effect)

    async def once(pair: Pair) -> Mapping[str, object]:
        with effect.open("a") as file:
            file.write("done\n")
        return {}

    async with Store.open(where) as store:
        pairs = Pairs(store, clock_ms=lambda: 1_800_000_000_000)
        pairs.register(PairKind(MUTE, Role.OPERATOR, once, repeatable=True))
        assert [pair.state for pair in await pairs.page(None, None, 10, None)] == [state]
        await pairs.resume()
        await pairs.resume()  # a second start finds nothing more to do
        (pair,) = await pairs.page(None, None, 10, None)
        assert pair.state is AFTERWARDS[state]
        if state is PairState.ASKED:
            pair = await pairs.approve(pair.id, "ola")
        with pytest.raises(PairRefused):
            await pairs.approve(pair.id, "ola")
        await store.audit.verify()
    was_done = effect.read_text() if effect.exists() else ""
    assert was_done == ("done\n" if pair.state is PairState.DONE else "")


async def killed_in(state: PairState, where: Path | str, effect: Path) -> None:
    """A controller that has stored this state, and nothing after it."""
    words = (sys.executable, "-c", KILLED, str(where), state.value, str(effect))
    process = await asyncio.create_subprocess_exec(*words, env=os.environ)
    try:
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == -signal.SIGKILL
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_each_state_of_a_pair_is_one_in_which_it_is_killed() -> None:
    assert set(AFTERWARDS) == set(PairState) - {PairState.NEW}
