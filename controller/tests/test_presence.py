"""Presence: what is said of a sign, and never said of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gangvakt.fleet import Fault, Lamps, ReportedConfig, SignState, SignStatus
from gangvakt.fleet.power import DAY_MIN, MAINS, MINUTE_MS, Feed, FeederHours, PowerProfile, Supply
from gangvakt.fleet.presence import (
    DEFAULT_SAVING_TELEMETRY_S,
    DEFAULT_TELEMETRY_S,
    POWERED,
    SHORTEST_SILENCE_MS,
    UNPOWERED,
    Heard,
    Link,
    Presence,
    interval_ms,
    judge,
    next_look_ms,
    silence_limit_ms,
)
from gangvakt.fleet.sequence import MOST_GAPS, PATIENCE_MS, REMEMBERED_MS, Gaps
from sign.core import config_fields

from .support import NORTH

NOON_MS = 1_800_014_400_000 // 86_400_000 * 86_400_000 + 12 * 3_600_000
MIDNIGHT_MS = NOON_MS + 12 * 3_600_000
LIT = FeederHours(lit_from_min=17 * 60, lit_until_min=6 * 60)
LIGHTING = PowerProfile(Feed.LIGHTING, "F12", LIT)
MINUTES = st.integers(0, DAY_MIN - 1)


def a_state(quiet_ms: int = 0, *, online: bool = True, now_ms: int = NOON_MS, **more: object) -> SignState:
    gone_ms = None if online else now_ms - quiet_ms
    return SignState(NORTH, online=online, last_seen_ms=now_ms - quiet_ms, offline_since_ms=gone_ms, **more)  # type: ignore[arg-type]


def a_status(*codes: str) -> SignStatus:
    faults = tuple(Fault(code) for code in codes)
    return SignStatus("9f3ac01b", 1, 1, "0.1", "00", "b", "active", 1, Lamps(False, "x", 1), 1, faults, True)


def said(
    state: SignState, profile: PowerProfile = MAINS, now_ms: int = NOON_MS, missing: int = 0
) -> Presence:
    return judge(state, profile, now_ms, watched_since_ms=0, missing=missing)


def test_the_tables_have_a_row_for_every_case() -> None:
    assert set(POWERED) == set(product(Link, Heard))
    assert set(UNPOWERED) == set(POWERED.values())


def test_a_sign_heard_in_time_is_fine() -> None:
    assert said(a_state(SHORTEST_SILENCE_MS)) is Presence.FINE


def test_a_connected_sign_that_says_nothing_is_silent() -> None:
    assert said(a_state(SHORTEST_SILENCE_MS + 1)) is Presence.SILENT


def test_a_sign_whose_last_will_came_is_offline_at_once() -> None:
    assert said(a_state(0, online=False)) is Presence.OFFLINE


def test_a_sign_nobody_ever_heard_is_unknown() -> None:
    assert said(SignState(NORTH)) is Presence.UNKNOWN


def test_after_a_start_signs_have_their_time_to_report() -> None:
    restored = SignState(NORTH, last_seen_ms=NOON_MS - 86_400_000)
    assert judge(restored, MAINS, NOON_MS, watched_since_ms=NOON_MS) is Presence.UNKNOWN
    later_ms = NOON_MS + SHORTEST_SILENCE_MS + 1
    assert judge(restored, MAINS, later_ms, watched_since_ms=NOON_MS) is Presence.SILENT


def test_after_a_broken_connection_a_sign_is_not_fine_by_what_it_said_before() -> None:
    state = a_state(3_600_000)
    assert judge(state, MAINS, NOON_MS, watched_since_ms=NOON_MS) is Presence.UNKNOWN


def test_by_day_a_sign_on_a_lighting_feeder_is_neither_silent_nor_fine() -> None:
    for state in (a_state(3_600_000), a_state(3_600_000, online=False)):
        assert said(state, LIGHTING) is Presence.OFF_BY_DAY
    by_night = a_state(3_600_000, online=False, now_ms=MIDNIGHT_MS)
    assert said(by_night, LIGHTING, MIDNIGHT_MS) is Presence.OFFLINE


def test_a_battery_for_the_day_leaves_no_excuse() -> None:
    assert said(a_state(0, online=False), PowerProfile(Feed.LIGHTING_BATTERY, "F12", LIT)) is Presence.OFFLINE


def test_a_lighting_feeder_of_unknown_hours_may_be_off_at_any_time() -> None:
    assert said(a_state(0, online=False), PowerProfile(Feed.LIGHTING, "F12")) is Presence.OFF_BY_DAY


def test_missing_events_make_a_sign_patchy_but_do_not_hide_that_it_is_gone() -> None:
    assert said(a_state(), missing=1) is Presence.PATCHY
    assert said(a_state(0, online=False), missing=1) is Presence.OFFLINE


@given(
    quiet_ms=st.integers(0, 10**9),
    online=st.booleans(),
    telemetry_s=st.integers(10, 3600),
    profile=st.sampled_from([MAINS, LIGHTING, PowerProfile(Feed.LIGHTING), PowerProfile(Feed.SOLAR)]),
    missing=st.integers(0, 3),
    minute=MINUTES,
    watched_ms=st.integers(0, 10**9),
)
@settings(max_examples=100)
def test_who_is_not_heard_in_time_is_never_shown_as_fine(
    quiet_ms: int,
    online: bool,
    telemetry_s: int,
    profile: PowerProfile,
    missing: int,
    minute: int,
    watched_ms: int,
) -> None:
    now_ms = NOON_MS + minute * MINUTE_MS
    config = ReportedConfig(1, "00", {"telemetry_s": telemetry_s}, ())
    state = a_state(quiet_ms, online=online, now_ms=now_ms, config=config)
    if not online or quiet_ms > silence_limit_ms(state):
        found = judge(state, profile, now_ms, watched_since_ms=now_ms - watched_ms, missing=missing)
        assert found not in (Presence.FINE, Presence.PATCHY)


def test_the_interval_is_that_of_the_reported_configuration() -> None:
    config = ReportedConfig(1, "00", {"telemetry_s": 600}, ())
    assert silence_limit_ms(a_state(config=config)) == 1_800_000


def test_a_sign_that_saves_its_battery_may_be_quiet_longer() -> None:
    assert interval_ms(a_state(status=a_status("battery_saving"))) == 300_000


def test_the_default_intervals_are_those_of_the_firmware() -> None:
    defaults = {field.name: field.default for field in config_fields.FIELDS}
    assert defaults["telemetry_s"] == DEFAULT_TELEMETRY_S
    assert defaults["saving_telemetry_s"] == DEFAULT_SAVING_TELEMETRY_S


def test_what_feeds_a_sign_has_the_words_of_its_configuration() -> None:
    (field,) = [field for field in config_fields.FIELDS if field.name == "power_profile"]
    assert tuple(feed.value for feed in Feed) == field.choices


@given(lit_from=MINUTES, lit_until=MINUTES, minute=MINUTES)
@settings(max_examples=50)
def test_a_feeder_says_when_its_word_may_change(lit_from: int, lit_until: int, minute: int) -> None:
    hours = FeederHours(lit_from, lit_until)
    now_ms = NOON_MS + minute * MINUTE_MS
    then_ms = hours.next_change_ms(now_ms)
    assert then_ms > now_ms
    before = {hours.supply(time_ms) for time_ms in range(now_ms, then_ms, MINUTE_MS)}
    assert len(before) == 1, (hours, minute, before)


@pytest.mark.parametrize(
    ("hour", "supply"), [(0, Supply.ON), (12, Supply.OFF), (17, Supply.TURNING), (6, Supply.TURNING)]
)
def test_a_feeder_is_lit_over_midnight(hour: int, supply: Supply) -> None:
    assert LIT.supply(MIDNIGHT_MS + hour * 3_600_000) is supply


def test_the_next_look_is_when_a_quiet_sign_becomes_silent() -> None:
    state = a_state(1000)
    then_ms = next_look_ms(state, MAINS, NOON_MS, watched_since_ms=0)
    assert then_ms is not None
    assert said(state, now_ms=then_ms - 1) is Presence.FINE
    assert said(state, now_ms=then_ms) is Presence.SILENT


def gaps_after(numbers: Sequence[int], boot: int = 1) -> Gaps:
    gaps = Gaps()
    for number in numbers:
        gaps.put("9f3ac01b", boot, number, 0)
    return gaps


def test_a_skipped_number_counts_only_when_it_stays_away() -> None:
    gaps = gaps_after([7, 8, 10])
    assert gaps.missing(PATIENCE_MS - 1) == 0
    assert gaps.next_look_ms(0) == PATIENCE_MS
    assert gaps.missing(PATIENCE_MS) == 1
    assert gaps.missing(REMEMBERED_MS) == 0


@given(st.permutations(range(12)))
@settings(max_examples=50)
def test_in_whatever_order_all_arrive_nothing_is_missing(numbers: Sequence[int]) -> None:
    assert gaps_after([0, *numbers]).missing(PATIENCE_MS) == 0


def test_a_new_boot_begins_anew_and_an_old_one_does_not_count() -> None:
    gaps = gaps_after([1, 5])
    gaps.put("9f3ac01b", 2, 900, 0)
    gaps.put("9f3ac01b", 1, 9, 0)
    assert gaps.missing(PATIENCE_MS) == 0


def test_a_leap_of_a_billion_numbers_costs_no_memory() -> None:
    assert gaps_after([1, 2**31 - 1]).missing(PATIENCE_MS) == MOST_GAPS
