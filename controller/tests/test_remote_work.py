"""Self-test and walk test of one sign over the broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gangvakt.errors import SignAway, SignMute, SignRefused
from gangvakt.fleet import LiveFleet
from gangvakt.ingest.messages import parse_status
from gangvakt.orders import Commander, walking
from gangvakt.orders.asking import Asking
from gangvakt.orders.selftest import STEPS, Selftest
from gangvakt.provision.selftest_rows import Row, Verdict
from gangvakt.provision.walking import Glimpse

from .answering import AnsweringSign
from .migrated import a_store
from .support import NORTH, SOUTH, eventually
from .wire import NOW_MS, status


@pytest.fixture
async def sign(tmp_path: Path) -> AsyncIterator[AnsweringSign]:
    async with a_store(tmp_path / "x.db") as store:
        fleet, sign = LiveFleet(), AnsweringSign()
        fleet.put_status(NORTH, parse_status(status()), NOW_MS)
        sign.commander = Commander(fleet, store.orders, sign.send, timeout_s=0.5)
        yield sign


def asking(sign: AnsweringSign) -> Asking:
    assert sign.commander is not None
    return Asking(sign.commander, NORTH, "kari")


async def test_the_self_test_finds_what_the_one_at_the_cable_finds(sign: AnsweringSign) -> None:
    steps: list[str] = []
    rows: list[Row] = []
    report = await Selftest(asking(sign), steps.append, rows.append, rate_s=0).run()
    assert tuple(steps) == STEPS
    assert [row for row in rows if row.verdict is Verdict.FAIL] == []
    assert report.ok
    assert {"board", "radar 0, frames", "PIR", "lamp left", "lamp right", "network", "faults"} <= {
        row.what for row in rows
    }


async def test_a_lamp_waits_until_nobody_is_in_view_and_then_has_failed(sign: AnsweringSign) -> None:
    sign.refuse["lamp"] = ("lamp", "somebody in view", "nobody in view")
    report = await Selftest(asking(sign), lambda _: None, lambda _: None, rate_s=0, retry_s=0).run()
    failed = [row.what for row in report.rows if row.verdict is Verdict.FAIL]
    assert failed == ["lamp left", "lamp right"]


async def test_a_walk_is_asked_for_anew_while_it_goes_on_and_ended_with_it(sign: AnsweringSign) -> None:
    site = await walking.read_site(asking(sign))
    seen: list[Glimpse] = []
    walk = asyncio.create_task(walking.walk(asking(sign), site, seen.append, renew_s=0.2))
    await eventually(lambda: sign.asked.count(("walk", True)) >= 2 and len(seen) > 3)
    walk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walk
    assert sign.asked[-1] == ("walk", False)
    assert (seen[0].warns, seen[0].t_kerb_s, seen[0].tracks[0].kerb_m) == (True, 1.7, 1.5)


async def test_a_walk_of_a_silent_sign_ends_and_says_so(
    sign: AnsweringSign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "SILENT_S", 0.2)
    sign.walks = False
    site = await walking.read_site(asking(sign))
    with pytest.raises(SignMute, match="walk"):
        await walking.walk(asking(sign), site, lambda _: None)


async def test_a_walk_ends_by_itself(sign: AnsweringSign) -> None:
    site = await walking.read_site(asking(sign))
    await walking.walk(asking(sign), site, lambda _: None, longest_s=0.2)
    assert sign.asked[-1] == ("walk", False)


async def test_a_refusal_and_a_sign_that_is_away_are_errors(sign: AnsweringSign) -> None:
    sign.refuse["hello"] = ("verb", "hello", "another")
    with pytest.raises(SignRefused, match="verb is 'hello'; allowed: another"):
        await asking(sign).ask("hello")
    assert sign.commander is not None
    with pytest.raises(SignAway):
        await Asking(sign.commander, SOUTH, "kari").ask("hello")


async def test_of_what_nobody_takes_only_the_newest_is_kept(sign: AnsweringSign) -> None:
    commander = sign.commander
    assert commander is not None
    async with commander.telling(NORTH, "walk", True, "kari") as (_, told):
        await eventually(told.full)
        await asyncio.wait_for(told.get(), 1)
