"""Hours on call: a week's table in local time, without public holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gangvakt.relay.on_call import OnCallOptions, easter, next_on_call, norwegian_holidays

OFFICE: dict[str, Any] = {
    "contacts": [1],
    "shifts": [{"days": ["mon", "tue", "wed", "thu", "fri"], "begin": "07:00", "until": "15:30"}],
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "then", "why"),
    [
        ("2026-01-07T10:00", "2026-01-07T10:00", "Wednesday at work"),
        ("2026-01-07T15:00", "2026-01-08T06:00", "after work: the next morning, UTC+1"),
        ("2026-07-08T03:00", "2026-07-08T05:00", "before work in summer, UTC+2"),
        ("2026-01-09T20:00", "2026-01-12T06:00", "Friday evening: Monday"),
        ("2026-03-27T20:00", "2026-03-30T05:00", "over the night on which summer time begins"),
        ("2026-04-01T20:00", "2026-04-07T05:00", "Easter: Thursday to Monday are off"),
    ],
)
def test_alarms_wait_for_somebody_on_call(now: str, then: str, why: str) -> None:
    options = OnCallOptions(**OFFICE, holidays="norway")
    assert next_on_call(options, utc(now)) == utc(then), why


def test_a_night_is_two_shifts() -> None:
    shifts = [{"begin": "22:00", "until": "24:00"}, {"begin": "00:00", "until": "06:00"}]
    options = OnCallOptions(contacts=[1], timezone="UTC", shifts=shifts)
    assert next_on_call(options, utc("2026-01-07T23:59")) == utc("2026-01-07T23:59")
    assert next_on_call(options, utc("2026-01-08T00:00")) == utc("2026-01-08T00:00")
    assert next_on_call(options, utc("2026-01-08T06:00")) == utc("2026-01-08T22:00")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)))
def test_who_is_on_call_always_is_on_call_soon(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    found = next_on_call(OnCallOptions(**OFFICE, holidays="norway"), now)
    assert found is not None
    assert now <= found <= now + timedelta(days=11)
    assert next_on_call(OnCallOptions(**OFFICE, holidays="norway"), found) == found
    assert next_on_call(OnCallOptions(contacts=[1]), now) == now


def test_a_table_without_any_hour_left_has_no_next_one() -> None:
    off = [date(2026, 1, 5) + timedelta(days=n) for n in range(40)]
    assert next_on_call(OnCallOptions(**OFFICE, days_off=off), utc("2026-01-05T00:00")) is None


def test_easter_and_the_holidays_that_go_with_it() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2038, 4, 25),
    ]
    assert date(2026, 5, 14) in norwegian_holidays(2026), "Ascension"
    assert date(2026, 5, 25) in norwegian_holidays(2026), "Whit Monday"
    assert len(norwegian_holidays(2026)) == 12


@pytest.mark.parametrize(
    "values",
    [
        {"contacts": []},
        {"contacts": [1], "timezone": "Norway/Drammen"},
        {"contacts": [1], "timezone": "../../etc/passwd"},
        {"contacts": [1], "shifts": []},
        {"contacts": [1], "shifts": [{"days": ["someday"]}]},
        {"contacts": [1], "shifts": [{"begin": "24:00"}]},
        {"contacts": [1], "shifts": [{"begin": "12:00", "until": "11:00"}]},
        {"contacts": [1], "group_s": 3601},
        {"contacts": [1], "escalate_min": 0},
        {"contacts": [1], "always_priority": 4},
    ],
)
def test_a_table_that_cannot_be_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OnCallOptions.model_validate(values)
