"""When people are on call: a week's table in their own time zone, public holidays left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from gangvakt.provision.site_address import check_address

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 30  # no holiday is longer; a table that is never on call is refused

_STEP = timedelta(days=1)


class Calendar(Enum):
    """Whose public holidays are left out."""

    NONE = "none"
    NORWAY = "norway"


class Shift(BaseModel):
    """Hours of some days of the week, local time; `until` 24:00 is midnight."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: tuple[str, ...] = Field(
        DAYS, min_length=1, max_length=7, description="Days: mon to sun.", examples=[["mon", "fri"]]
    )
    begin: str = Field("00:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="From, local time.")
    until: str = Field("24:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", description="Until.")

    @field_validator("days")
    @classmethod
    def _known(cls, days: tuple[str, ...]) -> tuple[str, ...]:
        for day in days:
            if day not in DAYS:
                raise ValueError(f"days are {', '.join(DAYS)}")
        return tuple(day for day in DAYS if day in days)

    @model_validator(mode="after")
    def _forward(self) -> Shift:
        if self.until <= self.begin:
            raise ValueError("until must be later than begin; for a night give two shifts")
        return self


ROUND_THE_CLOCK = Shift.model_validate({})


class OnCallOptions(BaseModel):
    """Who is told of alarms, when, and who next."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contacts: tuple[int, ...] = Field(
        min_length=1, max_length=10, description="Numbers of contacts: the first is told first."
    )
    timezone: str = Field("Europe/Oslo", max_length=64, description="Time zone of the hours.")
    shifts: tuple[Shift, ...] = Field(
        (ROUND_THE_CLOCK,), min_length=1, max_length=21, description="When somebody is on call."
    )
    holidays: Calendar = Field(Calendar.NONE, description="Public holidays on which nobody is on call.")
    days_off: tuple[date, ...] = Field((), max_length=100, description="More days on which nobody is.")
    always_priority: int = Field(
        1,
        ge=0,
        le=3,
        description="Alarms of this priority and more urgent ones are told at any hour; 0: none.",
    )
    group_s: int = Field(60, ge=0, le=3600, description="How long alarms are gathered into one message (s).")
    escalate_min: int = Field(
        15, ge=1, le=1440, description="The next person is told when nobody acknowledges for so long (min)."
    )

    address: str | None = Field(
        None,
        max_length=120,
        description="Where people reach the pages, for the link; as https://signs.example.no.",
    )

    @field_validator("address")
    @classmethod
    def _checked_address(cls, address: str | None) -> str | None:
        return None if address is None else check_address(address)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("a time zone as Europe/Oslo") from None
        return name


def next_on_call(options: OnCallOptions, now: datetime) -> datetime | None:
    """This time when somebody is on call, else the next such; None without any in LOOK_AHEAD_DAYS."""
    zone = ZoneInfo(options.timezone)
    local = now.astimezone(zone)
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        day = local.date() + ahead * _STEP
        if not _is_off(options, day):
            starts = [
                _span(shift, day, zone) for shift in options.shifts if DAYS[day.weekday()] in shift.days
            ]
            good = sorted(max(begin, now) for begin, until in starts if until > now)
            if good:
                return good[0]
    return None


def _span(shift: Shift, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """As UTC: local times of the night on which clocks change cannot be compared."""
    midnight = datetime.combine(day + _STEP, time(), zone)
    is_midnight = shift.until == "24:00"
    until = midnight if is_midnight else datetime.combine(day, time.fromisoformat(shift.until), zone)
    return datetime.combine(day, time.fromisoformat(shift.begin), zone).astimezone(UTC), until.astimezone(UTC)


def _is_off(options: OnCallOptions, day: date) -> bool:
    if day in options.days_off:
        return True
    return options.holidays is Calendar.NORWAY and day in norwegian_holidays(day.year)


def norwegian_holidays(year: int) -> frozenset[date]:
    """Public holidays by law: fixed ones, and those that go with Easter."""
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))}
    sunday = easter(year)
    return frozenset(fixed | {sunday + timedelta(days=days) for days in (-3, -2, 0, 1, 39, 49, 50)})


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
