"""A month's figures of a crossing, from its events."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignEvent, SignId, SiteId
from gangvakt.fleet.reports import Hour, Month, Outage, report_of, uptime_of

OSLO = ZoneInfo("Europe/Oslo")
SITE = SiteId("drammen", "storgata")
NORTH, SOUTH = SITE.sign("north"), SITE.sign("south")
MARCH = Month(2026, 3)
NUMBERS = count(1)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> int:
    return int(datetime(2026, 3, day, hour, minute, second, tzinfo=OSLO).timestamp() * 1000)


def event(sign: SignId, kind: str, utc_ms: int, *, quality: str = "utc", **detail: object) -> SignEvent:
    number = next(NUMBERS)
    return SignEvent(number, sign, "9f3ac01b", 1, number, kind, utc_ms, quality, 1, utc_ms, detail)


def person(sign: SignId, utc_ms: int, lead_ms: int = 3000) -> SignEvent:
    return event(sign, "activation_on", utc_ms, reason="approach", track=1, t_kerb_ms=lead_ms)


def test_who_is_seen_by_both_poles_counts_once() -> None:
    events = [person(NORTH, at(2, 8)), person(SOUTH, at(2, 8, 0, 1)), person(SOUTH, at(2, 8, 1))]
    report = report_of(SITE, MARCH, OSLO, events)
    assert (report.activations, report.people) == (3, 2)


def test_two_that_the_same_pole_sees_are_two() -> None:
    report = report_of(SITE, MARCH, OSLO, [person(NORTH, at(2, 8)), person(NORTH, at(2, 8, 0, 1))])
    assert report.people == 2


def test_the_peak_hour_is_told_by_the_clock_on_the_wall() -> None:
    summer = [person(NORTH, at(30, 7, minute)) for minute in range(5)]  # after the clock was put forward
    report = report_of(SITE, MARCH, OSLO, [*summer, person(NORTH, at(2, 7))])
    assert report.peak == (Hour(date(2026, 3, 30), 7), 5)
    assert report.by_hour[7] == pytest.approx(6 / 31)
    assert report.by_weekday[0] == pytest.approx(6 / 5)  # March 2026 has five Mondays


def test_the_share_of_good_leads_is_of_those_that_are_known() -> None:
    leads = [2500, 2499, 4000, -1]
    report = report_of(SITE, MARCH, OSLO, [person(NORTH, at(2, 8, n), lead) for n, lead in enumerate(leads)])
    assert report.leads_ms == (2499, 2500, 4000)
    assert report.lead_share == pytest.approx(2 / 3)
    assert report.median_lead_ms == 2500


def test_a_fault_lasts_until_its_end_and_one_without_end_goes_on() -> None:
    events = [
        event(NORTH, "fault_on", at(3, 1), code="radar_silent"),
        event(NORTH, "fault_off", at(3, 5), code="radar_silent"),
        event(SOUTH, "fault_on", at(4, 1), code="lamps"),
    ]
    assert report_of(SITE, MARCH, OSLO, events).faults == (
        Outage(NORTH, "radar_silent", at(3, 1), at(3, 5)),
        Outage(SOUTH, "lamps", at(4, 1), None),
    )


def test_what_is_of_another_month_or_of_an_unknown_time_is_left_out() -> None:
    before = datetime(2026, 2, 28, 23, 59, tzinfo=OSLO).timestamp() * 1000
    doubtful = event(NORTH, "boot", at(5, 5), quality="doubtful")
    report = report_of(SITE, MARCH, OSLO, [person(NORTH, int(before)), doubtful])
    assert (report.people, report.starts, report.peak, report.lead_share) == (0, 0, None, None)


def vehicles(sign: SignId, utc_ms: int, counts: str, from_kmh: int = 0) -> SignEvent:
    told = {"period_s": 3600, "from_kmh": from_kmh, "counts": counts}
    return event(sign, "vehicles", utc_ms, **told)


def test_vehicles_belong_to_the_hour_in_which_most_of_their_period_lies() -> None:
    slow, fast = "0 0 0 0 0 0 0 4 6", "10 0 0 0 0 0 0 0 0"
    events = [vehicles(NORTH, at(2, hour, 0, 2), slow) for hour in range(24)]
    events += [vehicles(NORTH, at(2, 8, 0, 3), fast, from_kmh=45), vehicles(SOUTH, at(2, 9), slow)]
    found = report_of(SITE, MARCH, OSLO, events).vehicles
    assert found.peak == (Hour(date(2026, 3, 2), 7), 20)
    assert found.by_hour[8] == pytest.approx(20 / 31)
    assert found.speeds.vehicles == 260
    assert [of.vehicles for of in found.by_sign.values()] == [250, 10]
    assert found.a_day == pytest.approx(250 + 240)  # one way a day, the other an hour


def test_without_a_radar_for_vehicles_nothing_is_said_of_them() -> None:
    found = report_of(SITE, MARCH, OSLO, [person(NORTH, at(2, 8))]).vehicles
    assert (found.by_sign, found.a_day, found.peak, found.speeds.p85_kmh) == ({}, None, None, None)


def test_december_ends_with_the_year() -> None:
    begin_ms, end_ms = Month(2026, 12).span_ms(OSLO)
    assert end_ms - begin_ms == 31 * 86_400_000


def test_uptime_counts_what_lies_in_the_month_alone() -> None:
    assert uptime_of([(0, 20), (90, 500)], signs=2, from_ms=10, until_ms=110) == pytest.approx(1 - 30 / 200)
    assert uptime_of([], signs=0, from_ms=0, until_ms=1) is None


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "1999-01", "2026-1", "", "x", "٢٠٢٦-01"])
def test_what_is_no_month_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(SettingRefused, match=r"2020-01\.\.2199-12"):
        Month.parse(text)


def test_months_go_on_over_the_end_of_a_year() -> None:
    assert str(Month(2026, 12).after(1)) == "2027-01"
    assert str(Month(2026, 1).after(-1)) == "2025-12"


@given(st.lists(st.tuples(st.sampled_from([NORTH, SOUTH]), st.integers(0, 30 * 86_400)), max_size=60))
def test_people_are_never_more_than_activations_and_all_of_them_are_in_an_hour(
    seen: list[tuple[SignId, int]],
) -> None:
    events = [person(sign, at(1, 0) + second * 1000) for sign, second in seen]
    report = report_of(SITE, MARCH, OSLO, events)
    assert report.people <= report.activations == len(seen)
    assert sum(report.by_hour) * 31 == pytest.approx(report.people)
