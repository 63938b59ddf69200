"""What may be told to everybody of a crossing.

Counts are of whole days of UTC and of a whole crossing; one below FEWEST is not told, and neither is zero.
There is no other sum to subtract from: nothing is told of a single sign, of an hour, of the day that goes on,
nor of several days or crossings together, but for what a reader can add up himself from what is told. A day
is told when it has been over for a day, for most of what a sign tells late is in by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from gangvakt.fleet import SignState
from gangvakt.fleet.alarm import Alarm
from gangvakt.store.rollups import Rollup

FEWEST = 5
DAY_MS = 86_400_000
WAITS_DAYS = 2  # today, and the day whose last events may be on their way
SILENT_MS = 15 * 60_000  # as long as people need not know that a connection was away


class Works(Enum):
    """What everybody may know of how a crossing's signs are."""

    WORKS = "works"
    PARTLY = "partly"  # some of the signs
    FAULT = "fault"  # it may not warn, and staff know it
    TRIAL = "trial"  # decides, and stays dark
    UNKNOWN = "unknown"  # nothing is heard; a sign warns without a network
    NONE = "none"  # no sign is there yet


@dataclass(frozen=True)
class DayCount:
    """`count` None: fewer than FEWEST, which may be none at all."""

    day: date
    count: int | None


def works(signs: Sequence[SignState], alarms: Iterable[Alarm], now_ms: int) -> Works:
    """By the signs' own word and the open alarms of priority 1."""
    if not signs:
        return Works.NONE
    broken = {alarm.object for alarm in alarms if alarm.priority == 1 and alarm.is_open}
    states = [_sign_works(sign, now_ms, broken) for sign in signs]
    if len(set(states)) == 1:
        return states[0]
    if Works.FAULT in states and Works.WORKS not in states:
        return Works.FAULT
    return Works.PARTLY if Works.WORKS in states else Works.UNKNOWN


def _sign_works(sign: SignState, now_ms: int, broken: set[str]) -> Works:
    if str(sign.id) in broken:
        return Works.FAULT
    heard = sign.last_seen_ms is not None and now_ms - sign.last_seen_ms <= SILENT_MS
    if sign.status is None or not heard:
        return Works.UNKNOWN
    return Works.TRIAL if sign.status.is_shadow else Works.WORKS


def told_days(now_ms: int, days: int) -> tuple[int, int]:
    """From and until when (UTC ms, the end not included) counts of so many days are told."""
    until_ms = now_ms - now_ms % DAY_MS - (WAITS_DAYS - 1) * DAY_MS
    return until_ms - days * DAY_MS, until_ms


def day_counts(sums: Iterable[Rollup], now_ms: int, days: int) -> tuple[DayCount, ...]:
    """Of each of the last `days` that may be told, oldest first. `sums` are daily ones of one crossing."""
    from_ms, until_ms = told_days(now_ms, days)
    held = {one.start_ms: one.activations for one in sums if from_ms <= one.start_ms < until_ms}
    first = datetime.fromtimestamp(from_ms / 1000, UTC).date()
    return tuple(
        DayCount(first + timedelta(days=number), _told(held.get(from_ms + number * DAY_MS, 0)))
        for number in range(days)
    )


def _told(count: int) -> int | None:
    return count if count >= FEWEST else None
