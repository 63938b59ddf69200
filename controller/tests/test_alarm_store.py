"""Alarms in SQLite and PostgreSQL: their steps, their lists, and what stands after a restart."""

from __future__ import annotations

import pytest

from gangvakt.alarms import Alarms, Condition, Step
from gangvakt.errors import AlarmStepRefused
from gangvakt.fleet import EventKey
from gangvakt.fleet.activity import HOUR_MS
from gangvakt.fleet.alarm import Alarm, replay
from gangvakt.fleet.alarm_classes import FEEDER
from gangvakt.fleet.alarm_states import Kind, State
from gangvakt.settings import Keep
from gangvakt.store import NewEvent, Store, Work
from gangvakt.store.alarms import AlarmFilter

from .stores import Stores
from .support import NORTH, SOUTH
from .wire import INCARNATION, NOW_MS


async def test_alarms_are_stored_found_and_there_after_a_restart(stores: Stores) -> None:
    async with Store.open(stores.migrated()) as store:
        table = store.alarms
        now = [1_800_000_000_000]
        alarms = Alarms(table, clock_ms=lambda: now[0])
        feeder = Condition(FEEDER, "drammen/feeder F12", data={"signs": [str(NORTH), "blåbær"]})
        await alarms.report("a", {Condition("store", str(NORTH)), Condition("store", str(SOUTH))})
        await alarms.report("b", {feeder, Condition("disk", "disk", 2, "The disk is full")})
        await alarms.act(1, Step(Kind.ASSIGN, now[0], "kari", data={"to": "ola"}))
        await alarms.act(1, Step(Kind.SUSPEND, now[0], "kari", data={"until_ms": now[0] + 5}))
        with pytest.raises(AlarmStepRefused):
            await alarms.act(1, Step(Kind.ACKNOWLEDGE, now[0], "kari"))
        await alarms.report("b", set())
        assert await table.owners() == {"drammen", None}
        for wanted, numbers in (
            (AlarmFilter(), [4, 3, 2, 1]),
            (AlarmFilter(states=(State.CLEARED,)), [4, 3]),
            (AlarmFilter(site="storgata"), [2, 1]),
            (AlarmFilter(owner="ola"), [1]),
            (AlarmFilter(owner="", priority=2, municipalities=frozenset({"drammen"})), [2]),
            (AlarmFilter(municipalities=frozenset()), []),
        ):
            assert [alarm.id for alarm in await table.page(wanted, None, 10)] == numbers, wanted
            assert await table.count(wanted) == len(numbers)
        assert [alarm.id for alarm in await table.page(AlarmFilter(), 3, 1)] == [2]
        restarted = Alarms(table, clock_ms=lambda: now[0])
        await restarted.restore()
        assert [alarm.state for alarm in restarted.standing("a")] == [State.SUSPENDED, State.ACTIVE]
        (found,) = await table.page(AlarmFilter(states=(State.CLEARED,), municipality="drammen"), None, 10)
        new = Alarm(found.code, found.object, found.source, found.id)
        assert replay(new, await table.history(found.id)) == found


async def test_activations_are_counted_by_sign_and_hour(stores: Stores) -> None:
    first_ms = NOW_MS // HOUR_MS * HOUR_MS
    times = [first_ms, first_ms + HOUR_MS - 1, first_ms + HOUR_MS, first_ms - 1]
    events = [
        NewEvent(EventKey(NORTH, INCARNATION, 1, seq), "activation_on", at_ms, "utc", 1, at_ms, {})
        for seq, at_ms in enumerate(times)
    ]
    async with Store.open(stores.migrated()) as store:
        await store.journal.write(Work(tuple(events)))
        counted = await store.alarms.activations(first_ms + 1)
    assert sorted(counted) == [(NORTH, first_ms, 2), (NORTH, first_ms + HOUR_MS, 1)]


async def test_activations_are_counted_from_the_roll_ups_and_what_came_since(stores: Stores) -> None:
    first_ms = NOW_MS // HOUR_MS * HOUR_MS
    async with Store.open(stores.migrated()) as store:
        for seq in range(6):
            event = EventKey(NORTH, INCARNATION, 1, seq)
            kind = "activation_off" if seq % 3 == 2 else "activation_on"
            await store.journal.write(Work((NewEvent(event, kind, first_ms, "utc", 1, first_ms, {}),)))
            if seq == 2:
                await store.housekeeper(Keep(events=1), lambda: first_ms + 9 * 86_400_000).turn()
        counted = await store.alarms.activations(first_ms)
        assert sorted(counted) == [(NORTH, first_ms, 2), (NORTH, first_ms, 2)], "the first were deleted"
