"""Roll-ups count each event once, and nothing is deleted before it is rolled up."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from gangvakt.errors import SettingRefused
from gangvakt.fleet import EventKey, SignId
from gangvakt.fleet.rollout_states import State
from gangvakt.settings import Keep
from gangvakt.store import DeadLetter, NewEvent, Store, Work, retention, rollups
from gangvakt.store.orders import CommandEntry
from gangvakt.store.rollups import DAY, HOUR, Rollup
from gangvakt.store.tables import EVENTS
from gangvakt.store.tables_rollouts import ARTIFACTS, ROLLOUT_MOVES, ROLLOUT_SIGNS, ROLLOUTS

from .support import NORTH, SOUTH, eventually_async

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MONDAY_MS = 20_000 * DAY_MS
LONG = 1 << 50
EMPTY = Rollup(0, 0, 0, 0, 0, 0, 0, 0, 0)


def an_event(seq: int, kind: str, utc_ms: int, sign: SignId = NORTH, **detail: object) -> NewEvent:
    return NewEvent(EventKey(sign, "9f3ac01b", 1, seq), kind, utc_ms, "utc", 10, utc_ms, detail)


def one_crossing(seq: int, utc_ms: int, sign: SignId = NORTH) -> tuple[NewEvent, ...]:
    on = an_event(seq, "activation_on", utc_ms, sign, reason="track", t_kerb_ms=4200, track=3)
    return on, an_event(seq + 1, "activation_off", utc_ms + 9_000, sign, on_ms=9_000)


async def test_hours_and_days_of_a_sign_and_of_its_crossing(store: Store) -> None:
    events = one_crossing(1, MONDAY_MS) + one_crossing(3, MONDAY_MS + HOUR_MS)
    blind = an_event(5, "activation_on", MONDAY_MS, reason="pir", t_kerb_ms=-1, track=None)
    await store.journal.write(Work((*events, blind, *one_crossing(1, MONDAY_MS, SOUTH))))
    await store.housekeeper(Keep(events=0)).turn()
    first = Rollup(MONDAY_MS, 3, 2, 1, 1, 4200, 9_000, 0, 0)
    second = Rollup(MONDAY_MS + HOUR_MS, 2, 1, 1, 1, 4200, 9_000, 0, 0)
    assert await store.rollups.read(NORTH, HOUR, 0, LONG) == (first, second)
    assert await store.rollups.read(NORTH, HOUR, MONDAY_MS + 1, LONG) == (second,)
    day = Rollup(MONDAY_MS, 7, 4, 3, 3, 3 * 4200, 27_000, 0, 0)
    assert await store.rollups.read(NORTH.site_id, DAY, 0, LONG) == (day,)


async def test_each_event_counts_once_whenever_it_comes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MOST_EVENTS", 3)
    keeper = store.housekeeper(Keep(events=0))
    for seq in (1, 21, 11):
        await store.journal.write(Work(tuple(an_event(seq + n, "boot", MONDAY_MS) for n in range(7))))
        await keeper.turn()
        await keeper.turn()
    (hour,) = await store.rollups.read(NORTH, HOUR, 0, LONG)
    assert (hour.events, hour.boots) == (21, 21)


async def test_an_event_whose_time_is_corrected_moves_to_its_hour(store: Store) -> None:
    late_ms = MONDAY_MS + 5 * HOUR_MS
    key = EventKey(NORTH, "9f3ac01b", 1, 1)
    waiting = NewEvent(key, "fault_on", late_ms, "received", 60_000, late_ms, {"code": "lamp"})
    keeper = store.housekeeper(Keep(events=0))
    await store.journal.write(Work((waiting,)))
    await keeper.turn()
    told = {"q": "utc", "utc_ms": MONDAY_MS + 120_000}
    word = waiting._replace(key=key._replace(seq=2), kind="clock_set", up_ms=120_000, detail=told)
    await store.journal.write(Work((word,)))
    await keeper.turn()
    moved = replace(EMPTY, start_ms=MONDAY_MS, events=2, faults=1)
    assert await store.rollups.read(NORTH, HOUR, 0, LONG) == (moved,)


async def test_what_is_old_goes_and_its_sums_stay(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST_ROWS", 2)
    now_ms = MONDAY_MS + 10 * DAY_MS
    old = tuple(an_event(n, "boot", MONDAY_MS) for n in range(5))
    letter = DeadLetter(MONDAY_MS, "t", "why", b"x", 1)
    await store.journal.write(Work((*old, an_event(9, "boot", now_ms)), dead_letters=(letter,)))
    for sent_ms in (MONDAY_MS, now_ms):
        await store.orders.begin(CommandEntry(str(NORTH), "q", "identify", {}, "kari", sent_ms))
    await store.housekeeper(Keep(events=9, dead_letters=9, commands=9), lambda: now_ms).turn()
    assert [event.seq for event in await store.events.page()] == [9]
    assert await store.dead_letters.latest() == ()
    assert [entry.sent_ms for entry, _ in await store.orders.commands()] == [now_ms]
    days = await store.rollups.read(NORTH, DAY, 0, LONG)
    assert [(day.start_ms, day.boots) for day in days] == [(MONDAY_MS, 5), (now_ms, 1)]


async def test_hours_end_and_days_stay(store: Store) -> None:
    await store.journal.write(Work((an_event(1, "boot", MONDAY_MS),)))
    keeper = store.housekeeper(Keep(events=0, hours=9), lambda: MONDAY_MS + 10 * DAY_MS)
    await keeper.turn()
    assert await store.rollups.read(NORTH, HOUR, 0, LONG) == ()
    assert len(await store.rollups.read(NORTH, DAY, 0, LONG)) == 1


async def test_it_works_beside_ingest_and_ends_when_it_is_told(where: Path | str) -> None:
    async with Store.open(where) as store:
        keeper = asyncio.create_task(store.housekeeper(Keep(events=0)).run())
        for n in range(20):
            await store.journal.write(Work((an_event(n, "boot", MONDAY_MS),)))

        async def is_counted() -> bool:
            hours = await store.rollups.read(NORTH, HOUR, 0, LONG)
            return bool(hours)

        await store.housekeeper(Keep(events=0)).turn()
        await eventually_async(is_counted)
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
        (hour,) = await store.rollups.read(NORTH, HOUR, 0, LONG)
        async with store.reading() as connection:
            assert await connection.scalar(select(func.count()).select_from(EVENTS)) == hour.boots == 20


@pytest.mark.parametrize("option", ["events", "events=", "events=-1", "people=3", "hours=36501"])
def test_an_unclear_time_to_keep_is_refused(option: str) -> None:
    with pytest.raises(SettingRefused, match="--keep"):
        Keep.parse([option])


def test_times_to_keep_are_days_by_name() -> None:
    assert Keep.parse(["dead-letters=7", "events=0"]) == Keep(events=0, dead_letters=7)


async def put_rollout(store: Store, number: int, artifact: int, state: State, since_ms: int) -> None:
    """With one sign and one move."""
    file = {"id": artifact, "sha256": f"{artifact:064}", "board": "esp32", "version": "1.0.0", "is_app": True}
    file |= {"sequence": artifact, "replaces": 0, "minimum": 0, "size": 1, "content": b"x"}
    made = {
        "id": number,
        "title": "t",
        "rules": "{}",
        "groups": "[]",
        "at_group": 0,
        "reason": "",
        "start_ms": 0,
    }
    sign = {
        "rollout": number,
        "sign": str(NORTH),
        "in_group": 0,
        "step": 0,
        "artifact": artifact,
        "state": "x",
    }
    move = {"rollout": number, "move": "x", "before": "x", "after": "x", "at_ms": since_ms, "reason": ""}
    by = {"who": "kari", "made_ms": MONDAY_MS}
    async with store.exclusive() as connection:
        await connection.execute(insert(ARTIFACTS).values(file | by))
        ended = {"state": state.value, "since_ms": since_ms}
        await connection.execute(insert(ROLLOUTS).values(made | ended | by))
        await connection.execute(insert(ROLLOUT_SIGNS).values(sign | {"since_ms": since_ms, "reason": ""}))
        await connection.execute(insert(ROLLOUT_MOVES).values(move | {"who": "kari"}))


async def test_rollouts_end_with_their_moves_and_files_when_nothing_needs_them(store: Store) -> None:
    late_ms = MONDAY_MS + 8 * DAY_MS
    await put_rollout(store, 1, 11, State.DONE, MONDAY_MS)
    await put_rollout(store, 2, 12, State.RUNNING, MONDAY_MS)
    await put_rollout(store, 3, 13, State.ABORTED, MONDAY_MS)
    await put_rollout(store, 4, 14, State.DONE, late_ms)
    await put_rollout(store, 5, 15, State.DRAFT, MONDAY_MS)
    await put_rollout(store, 6, 16, State.ROLLED_BACK, MONDAY_MS)
    keeper = store.housekeeper(Keep(events=0, rollouts=9, artifacts=9), lambda: MONDAY_MS + 10 * DAY_MS)
    await keeper.turn()
    async with store.reading() as connection:
        assert (await connection.scalars(select(ROLLOUTS.c.id).order_by(ROLLOUTS.c.id))).all() == [2, 4, 5]
        assert set((await connection.scalars(select(ROLLOUT_MOVES.c.rollout))).all()) == {2, 4, 5}
        files = (await connection.scalars(select(ARTIFACTS.c.id).order_by(ARTIFACTS.c.id))).all()
    assert files == [12, 14, 15, 16], "what a rollout names, and the newest two of the board"
    told = {row.action: row.before for row in await store.audit.page()}
    assert told == {
        "rollout.delete-old": {"rollouts": [1, 3, 6]},
        "artifact.delete-old": {"artifacts": [11, 13]},
    }


async def test_for_ever_is_zero(store: Store) -> None:
    await put_rollout(store, 1, 11, State.DONE, MONDAY_MS)
    keep = Keep(events=0, rollouts=0, artifacts=0)
    await store.housekeeper(keep, lambda: MONDAY_MS + 30_000 * DAY_MS).turn()
    async with store.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(ROLLOUT_MOVES)) == 1
