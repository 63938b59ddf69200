"""The live model: snapshots, changes, and readers that are slow."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import NameRefused
from gangvakt.fleet import ChangeKind, LiveFleet, SignEvent, SignId, SignState, SiteId, Telemetry, World
from gangvakt.fleet.live import RECENT_EVENTS, WORLD_FRESH_MS

from .support import NORTH, SOUTH

SITE = NORTH.site_id


def event(id_: int, sign: SignId = NORTH) -> SignEvent:
    return SignEvent(id_, sign, "9f3ac01b", 1, id_, "boot", 1000, "utc", 10, 1000, {})


def test_signs_are_ordered_and_snapshots_do_not_change_afterwards() -> None:
    fleet = LiveFleet()
    fleet.put_seen(SOUTH, 2)
    fleet.put_seen(NORTH, 1)
    before = fleet.signs()
    fleet.put_telemetry(NORTH, Telemetry(uptime_ms=5), 3)
    assert [state.id for state in before] == [NORTH, SOUTH]
    assert before[0].telemetry is None
    assert fleet.sites() == (SITE,)


def test_offline_keeps_when_the_sign_was_last_heard() -> None:
    fleet = LiveFleet()
    fleet.put_seen(NORTH, 5)
    fleet.put_offline(NORTH, 100)
    fleet.put_offline(NORTH, 200)
    state = fleet.sign(NORTH)
    assert state is not None
    assert (state.online, state.last_seen_ms, state.offline_since_ms) == (False, 5, 100)


def test_restored_signs_are_offline_until_they_report() -> None:
    fleet = LiveFleet()
    fleet.restore([SignState(NORTH, online=True)], [event(1), event(2)])
    assert [state.online for state in fleet.signs()] == [False]
    assert [e.id for e in fleet.recent_events()] == [2, 1]


def test_recent_events_are_newest_first_and_bounded() -> None:
    fleet = LiveFleet()
    fleet.put_events([event(number) for number in range(RECENT_EVENTS + 10)])
    assert len(fleet.recent_events(limit=10_000)) == RECENT_EVENTS
    assert [e.id for e in fleet.recent_events(limit=2)] == [RECENT_EVENTS + 9, RECENT_EVENTS + 8]
    assert fleet.recent_events(SOUTH) == ()


def test_a_silent_simulator_leaves_no_world() -> None:
    now = [1000]
    fleet = LiveFleet(lambda: now[0])
    fleet.put_world(World(SITE, 1.0, (), {}, 1000))
    assert fleet.world(SITE) is not None
    now[0] += WORLD_FRESH_MS + 1
    assert fleet.world(SITE) is None


def test_a_slow_reader_loses_its_oldest_changes_and_nobody_elses() -> None:
    fleet = LiveFleet()
    with fleet.subscribe(capacity=2) as slow, fleet.subscribe() as fast:
        fleet.put_events([event(1), event(2), event(3)])
        assert [change.event.id for change in slow.take() if change.event] == [2, 3]
        assert slow.dropped == 1
        assert len(fast.take()) == 3
        assert fast.dropped == 0


async def test_a_waiting_reader_wakes_and_ends_with_its_subscription() -> None:
    fleet = LiveFleet()
    changes = fleet.subscribe()
    seen: list[ChangeKind] = []

    async def read() -> None:
        async for change in changes:
            seen.append(change.kind)
            changes.close()

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    fleet.put_seen(NORTH, 1)
    await asyncio.wait_for(reading, 1)
    assert seen == [ChangeKind.SIGN]


def test_every_change_raises_the_revision() -> None:
    fleet = LiveFleet()
    before = fleet.revision
    fleet.put_seen(NORTH, 1)
    assert fleet.revision == before + 1


@pytest.mark.parametrize("name", ["", "Drammen", "-x", "a/b", "a" * 33, "ø", "a+", "#", "a\n"])
def test_bad_names_are_refused_with_field_value_and_rule(name: str) -> None:
    with pytest.raises(NameRefused) as refused:
        SiteId(name, "storgata")
    assert refused.value.field == "municipality"
    assert "a-z" in refused.value.allowed


def test_reserved_and_too_long_identities_are_refused() -> None:
    with pytest.raises(NameRefused, match="reserved"):
        SignId("drammen", "storgata", "group")
    with pytest.raises(NameRefused, match="64"):
        SignId("a" * 32, "b" * 32, "c")


@given(st.text(max_size=80))
def test_any_text_parses_to_itself_or_is_refused(text: str) -> None:
    with suppress(NameRefused):
        assert str(SignId.parse(text)) == text
