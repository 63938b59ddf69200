"""What figures say is wrong, and what they must not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gangvakt.alarms.patrol import Patrol
from gangvakt.alarms.statistics import BATTERY_LAST_MV, ROUND_MS, SOURCE, Statistics
from gangvakt.fleet import EventKey, LiveFleet, ReportedConfig, SignEvent, SiteId
from gangvakt.fleet.activity import COMPARED_DAYS, HOUR_MS, Activity
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import CERTIFICATE, CLOCK_DRIFT, MIXED_PATTERNS, NO_ACTIVATIONS
from gangvakt.fleet.alarm_statistics import (
    BATTERY_SPAN_MS,
    DAY_MS,
    DRIFT_MS,
    FLASHING_FIELDS,
    OUT_OF_SYNC_MS,
    SHARED_FIELDS,
    battery_trend,
    certificate_ending,
    clock_drift,
    many_activations,
    mixed,
    no_activations,
    out_of_sync,
)
from gangvakt.fleet.power import MAINS
from gangvakt.fleet.presence import Presence, Sight
from gangvakt.ingest.messages import parse_status
from gangvakt.provision.lifetimes import Kind, Lifetime
from gangvakt.store import NewEvent, Work
from gangvakt.store.alarms import AlarmFilter
from sign.core import config_fields

from .migrated import a_store
from .support import NORTH, SOUTH
from .wire import INCARNATION, status

SITE = SiteId("drammen", "storgata")
NOW_MS = 1_800_000_000_000 // DAY_MS * DAY_MS + 16 * HOUR_MS  # four in the afternoon


@pytest.mark.parametrize(
    ("count", "usual", "is_wrong"),
    [
        (0, [12, 9, 11, 10, 12, 9, 11], True),
        (1, [12, 9, 11, 10, 12, 9, 11], False),
        (0, [40, 40, 40, 40, 40, 40, 0], False),  # a day without any is nothing new here
        (0, [2, 3, 2, 1, 2, 3, 2], False),  # chance alone
        (0, [50, 50], False),
    ],
)
def test_none_where_there_always_are_some_is_wrong(count: int, usual: list[int], is_wrong: bool) -> None:
    assert bool(no_activations(NORTH, count, usual)) == is_wrong


@pytest.mark.parametrize(
    ("count", "usual", "is_wrong"),
    [
        (100, [30, 20, 33, 25, 28, 29, 31], True),
        (99, [30, 20, 33, 25, 28, 29, 31], False),
        (29, [1, 1, 1, 1, 1, 1, 1], False),
        (500, [0, 0, 0, 0, 0, 0, 9], False),  # a new sign has no usual
    ],
)
def test_far_more_than_on_any_day_is_wrong(count: int, usual: list[int], is_wrong: bool) -> None:
    assert bool(many_activations(NORTH, count, usual)) == is_wrong


def voltages(first_mv: int, mv_a_day: float, days: int = 6) -> list[tuple[int, int]]:
    return [(hour * HOUR_MS, round(first_mv + mv_a_day * hour / 24)) for hour in range(days * 24 + 1)]


def test_a_battery_that_will_be_empty_within_days_is_wrong() -> None:
    assert battery_trend(NORTH, voltages(12_800, -120), BATTERY_LAST_MV)
    assert not battery_trend(NORTH, voltages(12_800, -20), BATTERY_LAST_MV), "it lasts for weeks"
    assert not battery_trend(NORTH, voltages(12_000, 50), BATTERY_LAST_MV), "it is being charged"
    assert not battery_trend(NORTH, voltages(12_800, -300, days=2), BATTERY_LAST_MV), "a cloudy day or two"
    assert BATTERY_SPAN_MS > 2 * DAY_MS


@given(st.lists(st.integers(0, 10**7), min_size=5, max_size=12), st.integers(-DRIFT_MS, DRIFT_MS))
@settings(max_examples=50)
def test_events_that_come_late_are_no_wrong_clock(delays_ms: list[int], ahead_ms: int) -> None:
    prompt = [ahead_ms, *(ahead_ms - delay for delay in delays_ms)]
    assert clock_drift(NORTH, prompt) is None


def test_a_clock_that_is_ahead_or_always_behind_is_wrong() -> None:
    assert clock_drift(NORTH, [DRIFT_MS + 1] * 5)
    assert clock_drift(NORTH, [-DRIFT_MS - 1] * 5)
    assert not clock_drift(NORTH, [DRIFT_MS + 1] * 4)


def test_a_pole_out_of_step_is_wrong_when_it_stays_so() -> None:
    assert out_of_sync(NORTH, [OUT_OF_SYNC_MS, -3, OUT_OF_SYNC_MS])
    assert not out_of_sync(NORTH, [2, 1000, -3])


def test_poles_of_one_crossing_flash_and_warn_alike() -> None:
    alike = {NORTH: {"lead_ms": 4000, "kerb_a_x_mm": 1}, SOUTH: {"lead_ms": 4000, "kerb_a_x_mm": 2}}
    assert mixed(SITE, alike) == []
    found = mixed(SITE, {NORTH: {"pattern": "wigwag"}, SOUTH: {"lead_ms": 4000}})
    assert [condition.data["fields"] for condition in found] == [["pattern"], ["lead_ms"]]


def test_what_is_compared_is_in_the_firmwares_table() -> None:
    fields = {field.name: field for field in config_fields.FIELDS}
    assert {*FLASHING_FIELDS, *SHARED_FIELDS} <= set(fields)
    assert fields["battery_last_mv"].default == BATTERY_LAST_MV


@pytest.mark.parametrize(("days", "priority"), [(31, None), (30, 2), (7, 1), (-1, 1)])
def test_a_certificate_that_ends_is_told_in_time(days: int, priority: int | None) -> None:
    found = certificate_ending(str(NORTH), "sign", NOW_MS + days * DAY_MS, NOW_MS)
    assert (found and found.priority) == priority


@given(st.lists(st.integers(0, 10 * 24 * 60), max_size=60))
@settings(max_examples=50)
def test_activity_counts_the_same_hours_of_each_day_whatever_the_order(ago_min: list[int]) -> None:
    activity = Activity()
    for minutes in ago_min:
        activity.add(NOW_MS - minutes * 60_000)
    counted = [
        sum(1 <= -(-(minutes - 1440 * day) // 60) <= 6 for minutes in ago_min)
        for day in range(COMPARED_DAYS + 1)
    ]
    assert activity.compare(NOW_MS) == (counted[0], tuple(counted[1:]))


async def test_a_busy_crossing_that_falls_quiet_is_an_alarm_also_after_a_restart(tmp_path: Path) -> None:
    clock = [NOW_MS]
    async with a_store(tmp_path / "x.db") as store:
        times = [
            NOW_MS - day * DAY_MS - minute * 60_000 for day in range(1, 8) for minute in range(1, 300, 10)
        ]
        events = [
            NewEvent(EventKey(NORTH, INCARNATION, 1, seq), "activation_on", at_ms, "received", 1, at_ms, {})
            for seq, at_ms in enumerate(times)
        ]
        await store.journal.write(Work(tuple(events)))
        fleet = LiveFleet(lambda: clock[0])
        patrol = Patrol(store.alarms, fleet, lambda: True, clock_ms=lambda: clock[0])
        await patrol.restore()
        clock[0] += ROUND_MS
        known = parse_status(status(faults=[]))
        assert known is not None
        fleet.put_status(NORTH, known, clock[0])
        await patrol.round()
        alarms = await store.alarms.page(AlarmFilter(), None, 10)
        assert [(alarm.code, alarm.object) for alarm in alarms] == [(NO_ACTIVATIONS, str(NORTH))]


def test_the_figures_of_a_fleet_become_conditions_of_those_who_are_there() -> None:
    ends = datetime.fromtimestamp(NOW_MS / 1000 + 86_400, UTC)
    lifetimes = [Lifetime(kind, str(NORTH), ends, "ab") for kind in (Kind.SIGN, Kind.BUNDLE)]
    fleet = LiveFleet()
    statistics = Statistics(fleet, lambda _: MAINS, lambda: lifetimes)
    for sign, pattern in ((NORTH, "wigwag"), (SOUTH, "alternating")):
        fleet.put_config(sign, ReportedConfig(1, "00", {"pattern": pattern}, ()), NOW_MS)
    found = statistics.round(NOW_MS, lambda _: Sight(Presence.FINE, 1))
    assert sorted(condition.code for condition in found) == [CERTIFICATE, MIXED_PATTERNS]
    found = statistics.round(NOW_MS, lambda _: Sight(Presence.OFFLINE, 1))
    assert [condition.code for condition in found] == [CERTIFICATE]


async def test_after_a_restart_a_wrong_clock_stands_until_enough_is_known(tmp_path: Path) -> None:
    clock = [NOW_MS]
    known = parse_status(status(faults=[]))
    assert known is not None
    async with a_store(tmp_path / "x.db") as store:
        fleet = LiveFleet(lambda: clock[0])
        patrol = Patrol(store.alarms, fleet, lambda: True, clock_ms=lambda: clock[0])
        await patrol.alarms.report(SOURCE, {Condition(CLOCK_DRIFT, str(NORTH))})
        for stamps, stands in ((4, True), (1, False)):
            for seq in range(stamps):
                event = SignEvent(1, NORTH, INCARNATION, 1, seq, "boot", clock[0], "utc", 1, clock[0], {})
                fleet.put_events([event])
            clock[0] += ROUND_MS
            fleet.put_status(NORTH, known, clock[0])
            await patrol.round()
            assert bool(patrol.alarms.standing(SOURCE)) is stands
