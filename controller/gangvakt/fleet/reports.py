"""What happened at a crossing in a month, from the events of its signs: for the municipality's own figures,
and for the assessment of a crossing, which asks for people in the peak hour.

A person is counted where a radar followed him and lamps were lit for him. Both signs of a crossing may light
for the same person: one that is followed by another of the same crossing within SAME_PERSON_MS on another
pole counts once. Hours and days are those of the municipality's clock.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gangvakt.errors import SettingRefused
from gangvakt.fleet.events import QUALITY_DOUBTFUL, SignEvent
from gangvakt.fleet.names import SignId, SiteId
from gangvakt.fleet.speeds import VEHICLES, Period, Speeds, periods_of, speeds_by_sign, speeds_of

LEAD_TARGET_MS = 2500
# The poles of a crossing light together: what one sees, the other tells within a second or two.
SAME_PERSON_MS = 3000
DAY_MS = 86_400_000
YEARS = range(2020, 2200)
KINDS = ("activation_on", "activation_off", "boot", "fault_on", "fault_off", VEHICLES)  # what a report reads


class Month(NamedTuple):
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """From `2026-03`; SettingRefused for what is none."""
        found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
        if found is None or int(found[1]) not in YEARS:
            raise SettingRefused("report", "month", text[:20], f"{YEARS[0]}-01..{YEARS[-1]}-12")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, utc_ms: int, zone: ZoneInfo) -> Month:
        """The month in which that was."""
        local = datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone(zone)
        return cls(local.year, local.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    def after(self, months: int) -> Month:
        """The one so many later; earlier for a negative number."""
        at = self.year * 12 + self.month - 1 + months
        return Month(at // 12, at % 12 + 1)

    def span_ms(self, zone: ZoneInfo) -> tuple[int, int]:
        """UTC ms of its begin, and of that of the next one."""
        return self._begin_ms(zone), self.after(1)._begin_ms(zone)

    def _begin_ms(self, zone: ZoneInfo) -> int:
        return int(datetime(self.year, self.month, 1, tzinfo=zone).timestamp() * 1000)


class Hour(NamedTuple):
    """An hour of a day of the municipality's clock."""

    day: date
    hour: int


@dataclass(frozen=True)
class Outage:
    """`code` is a fault's; `until_ms` None: it goes on."""

    sign: SignId
    code: str
    from_ms: int
    until_ms: int | None


@dataclass(frozen=True)
class Vehicles:
    """Those that came, where a radar of the crossing sees them; `by_sign` is one way each, `counted_ms` for
    how long that sign counted."""

    speeds: Speeds = field(default_factory=Speeds)
    by_sign: Mapping[SignId, Speeds] = field(default_factory=dict)
    counted_ms: Mapping[SignId, int] = field(default_factory=dict)
    by_hour: tuple[float, ...] = (0.0,) * 24  # in each of the 24 hours, a mean day's of all signs
    peak: tuple[Hour, int] | None = None  # the hour with the most vehicles, and how many

    @property
    def a_day(self) -> float | None:
        """Vehicles in 24 hours, all ways: the mean of the time in which each sign counted; None where none
        has counted for a day."""
        if not any(counted_ms >= DAY_MS for counted_ms in self.counted_ms.values()):
            return None
        return sum(
            of.vehicles * DAY_MS / self.counted_ms[sign]
            for sign, of in self.by_sign.items()
            if self.counted_ms[sign]
        )


@dataclass(frozen=True)
class MonthReport:
    """Figures of one crossing and month; `uptime` is the share of the time in which its signs were heard."""

    site: SiteId
    month: Month
    activations: int
    people: int
    by_hour: tuple[float, ...]  # people in each of the 24 hours, the mean over the days of the month
    by_weekday: tuple[float, ...]  # people a day, Monday first
    peak: tuple[Hour, int] | None  # the hour with the most people, and how many
    leads_ms: tuple[int, ...]  # of those whose way to the kerb was known, ascending
    lit_ms: int
    starts: int
    faults: tuple[Outage, ...]
    uptime: float | None
    vehicles: Vehicles = field(default_factory=Vehicles)

    @property
    def lead_share(self) -> float | None:
        """Share with at least the lead that the sign is built for; None where no lead is known."""
        good = sum(lead >= LEAD_TARGET_MS for lead in self.leads_ms)
        return good / len(self.leads_ms) if self.leads_ms else None

    @property
    def median_lead_ms(self) -> float | None:
        return median(self.leads_ms) if self.leads_ms else None


def report_of(
    site: SiteId, month: Month, zone: ZoneInfo, events: Iterable[SignEvent], uptime: float | None = None
) -> MonthReport:
    """Of the site's events in the month, in any order; those of an unknown time are left out."""
    begin_ms, end_ms = month.span_ms(zone)
    mine = sorted(
        (one for one in events if begin_ms <= one.utc_ms < end_ms and one.quality != QUALITY_DOUBTFUL),
        key=lambda one: one.utc_ms,
    )
    lit = [one for one in mine if one.kind == "activation_on"]
    people = _people(lit)
    hours = Counter(_hour_of(one.utc_ms, zone) for one in people)
    days = _days(begin_ms, end_ms, zone)
    return MonthReport(
        site,
        month,
        activations=len(lit),
        people=len(people),
        by_hour=_by_hour(hours, len(days)),
        by_weekday=_by_weekday(hours, days),
        peak=max(hours.items(), key=lambda one: (one[1], -one[0].day.toordinal()), default=None),
        leads_ms=tuple(
            sorted(lead for one in lit if (lead := _known(one.detail.get("t_kerb_ms"))) is not None)
        ),
        lit_ms=sum(_known(one.detail.get("on_ms")) or 0 for one in mine if one.kind == "activation_off"),
        starts=sum(one.kind == "boot" for one in mine),
        faults=_outages(mine),
        uptime=uptime,
        vehicles=vehicles_of(periods_of(mine), zone, len(days)),
    )


def vehicles_of(periods: Sequence[Period], zone: ZoneInfo, days: int) -> Vehicles:
    """What signs counted in so many days."""
    hours: Counter[Hour] = Counter()
    counted: Counter[SignId] = Counter()
    for one in periods:
        if 0 in one.counts:  # each period is told from there on, once
            counted[one.sign] += one.period_ms
    for one in periods:
        hours[_hour_of(one.middle_ms, zone)] += sum(one.counts.values())
    busy = +hours
    return Vehicles(
        speeds_of(periods),
        speeds_by_sign(periods),
        counted,
        _by_hour(hours, days),
        max(busy.items(), key=lambda one: (one[1], -one[0].day.toordinal()), default=None),
    )


def uptime_of(absences: Iterable[tuple[int, int]], signs: int, from_ms: int, until_ms: int) -> float | None:
    """The share of the time in which so many signs were heard, from the (begin, end) of each absence of one;
    None where there is no sign or no time."""
    whole_ms = signs * (until_ms - from_ms)
    if whole_ms <= 0:
        return None
    lost_ms = sum(max(0, min(end, until_ms) - max(begin, from_ms)) for begin, end in absences)
    return max(0.0, 1 - lost_ms / whole_ms)


def _people(lit: Sequence[SignEvent]) -> list[SignEvent]:
    """One activation for each person, of those that a radar followed; `lit` in the order of their times."""
    counted: list[SignEvent] = []
    last: dict[SignId, int] = {}
    for one in lit:
        if _known(one.detail.get("track")) is None:
            continue
        others = (at_ms for sign, at_ms in last.items() if sign != one.sign)
        if all(one.utc_ms - at_ms > SAME_PERSON_MS for at_ms in others):
            counted.append(one)
            last[one.sign] = one.utc_ms
    return counted


def _hour_of(utc_ms: int, zone: ZoneInfo) -> Hour:
    local = datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone(zone)
    return Hour(local.date(), local.hour)


def _days(begin_ms: int, end_ms: int, zone: ZoneInfo) -> tuple[date, ...]:
    first, last = _hour_of(begin_ms, zone).day, _hour_of(end_ms - 1, zone).day
    return tuple(date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))


def _by_hour(hours: Mapping[Hour, int], days: int) -> tuple[float, ...]:
    sums: Counter[int] = Counter()
    for at, count in hours.items():
        sums[at.hour] += count
    return tuple(sums[hour] / days for hour in range(24))


def _by_weekday(hours: Mapping[Hour, int], days: Sequence[date]) -> tuple[float, ...]:
    sums: Counter[int] = Counter()
    for at, count in hours.items():
        sums[at.day.weekday()] += count
    there = Counter(day.weekday() for day in days)
    return tuple(sums[weekday] / there[weekday] for weekday in range(7))


def _outages(events: Sequence[SignEvent]) -> tuple[Outage, ...]:
    """Each fault with its end, in the order of their beginnings."""
    open_: dict[tuple[SignId, str], int] = {}
    done: list[Outage] = []
    for one in events:
        key = one.sign, str(one.detail.get("code", "?"))
        if one.kind == "fault_on":
            open_.setdefault(key, one.utc_ms)
        elif one.kind == "fault_off" and key in open_:
            done.append(Outage(*key, open_.pop(key), one.utc_ms))
    done += [Outage(*key, from_ms, None) for key, from_ms in open_.items()]
    return tuple(sorted(done, key=lambda one: (one.from_ms, str(one.sign), one.code)))


def _known(value: object) -> int | None:
    """Signs write -1 or null for what they do not know."""
    known = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if known and isinstance(value, int) else None
