"""What takes two people is asked by one, approved by another, and done once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gangvakt.errors import PairRefused, SettingRefused
from gangvakt.fleet.pair_states import TRANSITIONS, PairState, PairStep, diagram
from gangvakt.fleet.roles import EVERYWHERE, Grants, Role
from gangvakt.orders.pairs import LIFE_MS, MOST_OPEN, PairKind, Pairs
from gangvakt.store import Store
from gangvakt.store.pairs import Pair, join_accounts

GUIDE = Path(__file__).parents[1] / "docs" / "audit.md"
NOW_MS = 1_800_000_000_000
MUTE, SIGN = "bulk.mute", "update.sign"
OPERATOR = Grants({"drammen": Role.OPERATOR})


class Desk:
    """Two administrators of everything, kari and ola; an operator of drammen, per, and one of oslo, eva."""

    def __init__(self, store: Store) -> None:
        self.store, self.now_ms, self.done = store, NOW_MS, list[int]()
        self.pairs = Pairs(store, lambda: self.now_ms)
        self.pairs.register(PairKind(MUTE, Role.OPERATOR, self.mute))
        self.pairs.register(PairKind(SIGN, Role.ADMINISTRATOR))

    async def mute(self, pair: Pair) -> Mapping[str, object]:
        self.done.append(pair.id)
        if pair.data.get("fails"):
            raise PairRefused(pair.id, "mute", "the broker is away")
        return {"signs": pair.data["signs"]}

    async def ask(self, who: str = "kari", **data: object) -> Pair:
        return await self.pairs.ask(MUTE, "drammen", {"signs": 3} | data, who, "drammen")


async def _member(store: Store, name: str, role: Role, where: str | None) -> None:
    assert await store.staff.add(name, "-", must_change=False, grants=Grants({where or EVERYWHERE: role}))


@pytest.fixture
async def desk(store: Store) -> Desk:
    for name in ("kari", "ola"):
        await _member(store, name, Role.ADMINISTRATOR, None)
    await _member(store, "per", Role.OPERATOR, "drammen")
    await _member(store, "eva", Role.OPERATOR, "oslo")
    return Desk(store)


async def test_what_was_asked_is_done_once_another_person_approves(desk: Desk) -> None:
    asked = await desk.ask()
    assert (asked.state, asked.asked_by, desk.done) == (PairState.ASKED, "kari", [])
    done = await desk.pairs.approve(asked.id, "ola")
    assert (done.state, done.decided_by, done.result) == (PairState.DONE, "ola", {"signs": 3})
    with pytest.raises(PairRefused, match="it is done, which allows nothing any more"):
        await desk.pairs.approve(asked.id, "per")
    assert desk.done == [asked.id]
    rows = await desk.store.audit.page()
    assert [row.action for row in rows[:3]] == ["pair.complete", "pair.approve", "pair.ask"]
    await desk.store.audit.verify()


async def test_two_who_approve_at_the_same_time_have_it_done_once(desk: Desk) -> None:
    asked = await desk.ask()
    answers = await asyncio.gather(
        desk.pairs.approve(asked.id, "ola"), desk.pairs.approve(asked.id, "per"), return_exceptions=True
    )
    assert [type(answer) for answer in answers].count(PairRefused) == 1
    assert desk.done == [asked.id]


async def test_nobody_is_his_own_second_person_by_whatever_account(desk: Desk) -> None:
    await _member(desk.store, "kari@drammen", Role.ADMINISTRATOR, None)
    async with desk.store.exclusive() as connection:
        await join_accounts(connection, "kari@drammen", "kari", "ola")
    asked = await desk.ask()
    for account in ("kari", "kari@drammen"):
        with pytest.raises(PairRefused, match="the same person as you"):
            await desk.pairs.approve(asked.id, account)
    assert desk.done == []


@pytest.mark.parametrize(
    ("who", "grants", "why"),
    [
        ("eva", None, "takes two people who are operator in drammen"),
        ("per", Grants({"drammen": Role.VIEWER}), "takes two people who are operator in drammen"),
        ("nobody", None, "nobody who is let in here"),
    ],
)
async def test_the_second_person_must_have_the_right_himself(
    desk: Desk, who: str, grants: Grants | None, why: str
) -> None:
    asked = await desk.ask()
    with pytest.raises(PairRefused, match=why):
        await desk.pairs.approve(asked.id, who, grants)
    assert (await desk.pairs.one(asked.id)).state is PairState.ASKED


async def test_whoever_is_locked_is_no_second_person(desk: Desk) -> None:
    asked = await desk.ask()
    await desk.store.staff.set_locked("ola", True)
    with pytest.raises(PairRefused, match="ola is nobody who is let in here"):
        await desk.pairs.approve(asked.id, "ola")


async def test_what_nobody_approves_expires(desk: Desk) -> None:
    asked = await desk.ask()
    desk.now_ms += LIFE_MS
    with pytest.raises(PairRefused, match="its time is over"):
        await desk.pairs.approve(asked.id, "ola")
    await desk.pairs.expire()
    assert (await desk.pairs.one(asked.id)).state is PairState.EXPIRED
    with pytest.raises(PairRefused, match="it is expired"):
        await desk.pairs.approve(asked.id, "ola")


@pytest.mark.parametrize("who", ["kari", "ola"])
async def test_it_can_be_refused_and_taken_back(desk: Desk, who: str) -> None:
    asked = await desk.ask()
    assert (await desk.pairs.refuse(asked.id, who)).state is PairState.REFUSED
    with pytest.raises(PairRefused, match="it is refused"):
        await desk.pairs.approve(asked.id, "ola")


async def test_what_cannot_be_done_says_why(desk: Desk) -> None:
    asked = await desk.ask(fails=True)
    failed = await desk.pairs.approve(asked.id, "ola")
    assert failed.state is PairState.FAILED
    assert failed.result == {"error": f"approval {asked.id}: mute refused: the broker is away"}


async def test_in_a_one_man_office_it_is_done_at_once_and_the_audit_says_alone(store: Store) -> None:
    await _member(store, "kari", Role.ADMINISTRATOR, None)
    desk = Desk(store)
    assert (await desk.ask()).state is PairState.DONE
    actions = [row.action for row in await store.audit.page()]
    assert actions[:3] == ["pair.complete", "pair.alone", "pair.ask"]


async def test_two_accounts_of_one_person_are_a_one_man_office(store: Store) -> None:
    for name in ("kari", "kari2"):
        await _member(store, name, Role.ADMINISTRATOR, None)
    desk = Desk(store)
    assert await desk.pairs.needed(SIGN)
    async with store.exclusive() as connection:
        await join_accounts(connection, "kari2", "kari", "kari")
    assert not await desk.pairs.needed(SIGN)


async def test_what_is_carried_out_by_hand_is_so_by_whoever_asked_for_that_and_once(desk: Desk) -> None:
    asked = await desk.pairs.ask(SIGN, "sha256:ab", {}, "kari")
    with pytest.raises(PairRefused, match="it is not approved"):
        await desk.pairs.take(asked.id, SIGN, "sha256:ab", "kari")
    approved = await desk.pairs.approve(asked.id, "ola")
    assert approved.state is PairState.APPROVED
    with pytest.raises(PairRefused, match="somebody else asked"):
        await desk.pairs.take(asked.id, SIGN, "sha256:ab", "ola")
    with pytest.raises(PairRefused, match=r"it is for update\.sign of sha256:ab"):
        await desk.pairs.take(asked.id, SIGN, "sha256:cd", "kari")
    await desk.pairs.take(asked.id, SIGN, "sha256:ab", "kari")
    with pytest.raises(PairRefused, match="was begun before"):
        await desk.pairs.take(asked.id, SIGN, "sha256:ab", "kari")
    assert (await desk.pairs.finish(asked.id, {"file": "x.gvu"})).state is PairState.DONE


@pytest.mark.parametrize(
    ("kind", "subject", "data", "field"),
    [
        ("bulk.paint", "drammen", {}, "kind"),
        (MUTE, "", {}, "subject"),
        (MUTE, "x" * 161, {}, "subject"),
        (MUTE, "drammen", {"text": "x" * 70_000}, "data"),
    ],
)
async def test_what_is_out_of_bounds_is_not_asked(
    desk: Desk, kind: str, subject: str, data: dict[str, object], field: str
) -> None:
    with pytest.raises(SettingRefused) as refused:
        await desk.pairs.ask(kind, subject, data, "kari", "drammen")
    assert refused.value.field == field
    assert await desk.pairs.page(None, None, 10, None) == ()


async def test_nobody_floods_the_others(desk: Desk) -> None:
    for _ in range(MOST_OPEN):
        await desk.ask()
    with pytest.raises(PairRefused, match="20 of yours wait already"):
        await desk.ask()


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from gangvakt.fleet.roles import Role
from gangvakt.orders.pairs import PairKind, Pairs
from gangvakt.store import Store

async def run(pair):
    if sys.argv[2] == "after":
        with Path(sys.argv[3]).open("a") as file:
            file.write("done\\n")
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with Store.open(Path(sys.argv[1])) as store:
        for name in ("kari", "ola"):
            await store.staff.add(name, "-", must_change=False)
        pairs = Pairs(store)
        pairs.register(PairKind("bulk.mute", Role.OPERATOR, run))
        asked = await pairs.ask("bulk.mute", "drammen", {}, "kari", "drammen")
        await pairs.approve(asked.id, "ola")

asyncio.run(main())
"""


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_kill_in_the_middle_does_nothing_twice_and_forgets_nothing(
    tmp_path: Path, repeatable: bool
) -> None:
    database, effect = tmp_path / "x.db", tmp_path / "effect"
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", KILLED, str(database), "before" if repeatable else "after", str(effect)],
        check=False,
        env=os.environ,
    )
    assert killed.returncode == -signal.SIGKILL

    async def once(pair: Pair) -> Mapping[str, object]:
        with effect.open("a") as file:
            file.write("done\n")
        return {}

    async with Store.open(database) as store:
        pairs = Pairs(store)
        pairs.register(PairKind(MUTE, Role.OPERATOR, once, repeatable=repeatable))
        await pairs.resume()
        await pairs.resume()  # a second start finds nothing more to do
        (pair,) = await pairs.page(None, None, 10, None)
        await store.audit.verify()
    assert effect.read_text() == "done\n"
    assert pair.state is (PairState.DONE if repeatable else PairState.FAILED)


def test_every_state_but_the_ends_allows_a_step_and_the_guide_shows_the_table() -> None:
    ends = {PairState.DONE, PairState.FAILED, PairState.REFUSED, PairState.EXPIRED}
    assert {before for before, _ in TRANSITIONS} == set(PairState) - ends
    assert {step for _, step in TRANSITIONS} == set(PairStep)
    wanted = f"```mermaid\n{diagram()}\n```"
    assert wanted in GUIDE.read_text(encoding="utf-8"), f"the guide shall show:\n{diagram()}"
