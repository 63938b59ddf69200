"""Maintenance windows: hours of the week on a place's wall clock, whatever daylight saving does to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gangvakt.errors import RolloutRefused

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN = 24 * 60
# Clocks are put forward and back on such a minute everywhere, so the first open minute is one or a beginning.
GRID_MIN = 15
SEARCH_DAYS = 9  # a week, and a day that a change of clocks may shorten
FORM = "DAYS HH:MM-HH:MM, such as `mon-thu 01:00-05:00` or `sat,sun 22:00-04:00`"
_TEXT = re.compile(r"([a-z,-]{3,40}) ([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


@dataclass(frozen=True)
class Window:
    """On each of `days` (0 is Monday) from one minute of the day up to another; past midnight where that is
    not later, and all around the clock where both are the same."""

    days: frozenset[int]
    from_min: int
    until_min: int

    @classmethod
    def parse(cls, text: str) -> Window:
        """From FORM; RolloutRefused for anything else."""
        found = _TEXT.fullmatch(text.strip().lower())
        if found is None:
            raise _refused(text)
        hours = [int(number) for number in found.groups()[1:]]
        if (
            hours[0] > 23
            or hours[2] > 24
            or max(hours[1], hours[3]) > 59
            or hours[2] * 60 + hours[3] > DAY_MIN
        ):
            raise _refused(text)
        return cls(_days(found[1], text), hours[0] * 60 + hours[1], (hours[2] * 60 + hours[3]) % DAY_MIN)

    def __str__(self) -> str:
        days = ",".join(DAYS[day] for day in sorted(self.days))
        return f"{days} {_clock(self.from_min)}-{_clock(self.until_min)}"

    def holds(self, local: datetime) -> bool:
        """Whether a time of the wall clock lies in it."""
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.from_min < self.until_min:
            return day in self.days and self.from_min <= minute < self.until_min
        before = (day - 1) % 7 in self.days and minute < self.until_min
        return before or (day in self.days and minute >= self.from_min)


@dataclass(frozen=True)
class Calendar:
    """Open in any of `windows`, always where there is none. `zone` is a name of the IANA's list."""

    windows: tuple[Window, ...] = ()
    zone: str = "UTC"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            allowed = "a time zone such as Europe/Oslo"
            raise RolloutRefused("calendar", "zone", self.zone[:64], allowed) from error

    def is_open(self, at_ms: int) -> bool:
        """At a UTC time in ms."""
        if not self.windows:
            return True
        local = datetime.fromtimestamp(at_ms // 1000, ZoneInfo(self.zone))
        return any(window.holds(local) for window in self.windows)

    def next_open_ms(self, at_ms: int) -> int:
        """`at_ms` itself, or the beginning of the first open minute after it."""
        if self.is_open(at_ms):
            return at_ms
        return next((one for one in self._candidates(at_ms) if self.is_open(one)), at_ms)

    def _candidates(self, at_ms: int) -> Sequence[int]:
        grid_ms = GRID_MIN * 60_000
        first = at_ms - at_ms % grid_ms + grid_ms
        found = set(range(first, first + SEARCH_DAYS * DAY_MIN * 60_000, grid_ms))
        day = datetime.fromtimestamp(at_ms // 1000, ZoneInfo(self.zone)).replace(tzinfo=None)
        for ahead in range(SEARCH_DAYS):
            for window in self.windows:
                begin = (day + timedelta(days=ahead)).replace(
                    hour=window.from_min // 60, minute=window.from_min % 60, second=0, microsecond=0
                )
                found |= {self._utc_ms(begin.replace(fold=fold)) for fold in (0, 1)}
        return sorted(one for one in found if one > at_ms)

    def _utc_ms(self, wall: datetime) -> int:
        return int(wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC).timestamp()) * 1000


def _days(text: str, whole: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise _refused(whole)
        begin, end = DAYS.index(first), DAYS.index(last if dash else first)
        found |= {(begin + ahead) % 7 for ahead in range((end - begin) % 7 + 1)}
    return frozenset(found)


def _refused(text: str) -> RolloutRefused:
    return RolloutRefused("calendar", "window", text[:64], FORM)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
