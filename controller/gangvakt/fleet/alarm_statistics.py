"""What figures say is wrong, though no sign says so itself: functions of numbers, with their thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import linear_regression, mean, median

from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import (
    BATTERY,
    CERTIFICATE,
    CLOCK_DRIFT,
    MANY_ACTIVATIONS,
    MIXED_CONFIG,
    MIXED_PATTERNS,
    NO_ACTIVATIONS,
    OUT_OF_SYNC,
)
from gangvakt.fleet.names import SignId, SiteId

DAY_MS = 86_400_000
# By chance alone none come where ten are usual once in e^10 = 22,000 windows; and of a week no day had none.
USUAL_AT_LEAST, USUAL_DAYS = 10, 5
# Three times the busiest day of a week, and clearly more than chance gives at a quiet crossing.
MANY_TIMES_THE_MOST, MANY_AT_LEAST = 3, 30
# A battery that loses what it has within ten days; a week of samples, since one cloudy day says nothing.
BATTERY_DAYS, BATTERY_SAMPLES, BATTERY_SPAN_MS = 10, 24, 5 * DAY_MS
# The clock is set to a second or better; two are noticed when recordings of two poles are laid together.
DRIFT_MS, DRIFT_SAMPLES = 2_000, 5
# The firmware keeps poles within a few ms; from a quarter of a 500 ms flash on, drivers see it.
OUT_OF_SYNC_MS, SYNC_SAMPLES = 125, 3
# Signs renew from 90 days before the end on: one that has not for two months will not by itself.
CERTIFICATE_DAYS, CERTIFICATE_URGENT_DAYS = 30, 7
FLASHING_FIELDS = ("mode", "pattern", "user_pattern")
# What decides when and how long a crossing warns; where a pole stands and what it is fitted with is its own.
SHARED_FIELDS = (
    "lead_ms",
    "cyclist_lead_ms",
    "hold_start_ms",
    "hold_min_ms",
    "hold_max_ms",
    "winter",
    "winter_lead_ms",
    "winter_hold_ms",
    "dim_pct",
    "night_dim_pct",
    "fail_mode",
    "pole_sync",
)


def no_activations(sign: SignId, count: int, usual: Sequence[int]) -> Condition | None:
    """None in a window in which each of at least USUAL_DAYS days had some, USUAL_AT_LEAST on average."""
    if count or len(usual) < USUAL_DAYS or not min(usual) or mean(usual) < USUAL_AT_LEAST:
        return None
    text = f"No activation in hours that usually have {mean(usual):.0f}"
    return Condition(NO_ACTIVATIONS, str(sign), 0, text, {"usual": list(usual)})


def many_activations(sign: SignId, count: int, usual: Sequence[int]) -> Condition | None:
    """More than MANY_TIMES_THE_MOST the busiest of at least USUAL_DAYS days, and at least MANY_AT_LEAST. A
    sign that never warned before has no usual yet."""
    is_known = sum(day > 0 for day in usual) >= USUAL_DAYS
    if not is_known or count < MANY_AT_LEAST or count <= MANY_TIMES_THE_MOST * max(usual):
        return None
    told = {"count": count, "usual": list(usual)}
    return Condition(MANY_ACTIVATIONS, str(sign), 0, "Over three times the activations of any day", told)


def battery_trend(sign: SignId, samples: Sequence[tuple[int, int]], empty_mv: int) -> Condition | None:
    """`samples` are (UTC ms, mV): a straight line through them reaches `empty_mv` within BATTERY_DAYS."""
    if len(samples) < BATTERY_SAMPLES or samples[-1][0] - samples[0][0] < BATTERY_SPAN_MS:
        return None
    days = [(at_ms - samples[-1][0]) / DAY_MS for at_ms, _ in samples]
    slope, now_mv = linear_regression(days, [mv for _, mv in samples])
    if slope >= 0 or (empty_mv - now_mv) / slope > BATTERY_DAYS:
        return None
    text = f"The battery runs down day by day and is empty within {BATTERY_DAYS} days"
    return Condition(BATTERY, str(sign), 0, text, {"mv": round(now_mv), "mv_a_day": round(slope)})


def clock_drift(sign: SignId, ahead_ms: Sequence[int]) -> Condition | None:
    """`ahead_ms` are the sign's stamps less the time of arrival. What is late on the way only lowers them, so
    the highest of at least DRIFT_SAMPLES is nearest to the truth."""
    if len(ahead_ms) < DRIFT_SAMPLES or abs(max(ahead_ms)) <= DRIFT_MS:
        return None
    return Condition(CLOCK_DRIFT, str(sign), data={"ahead_ms": max(ahead_ms)})


def out_of_sync(sign: SignId, ahead_ms: Sequence[int]) -> Condition | None:
    """The median of at least SYNC_SAMPLES is OUT_OF_SYNC_MS or more from the leading pole."""
    if len(ahead_ms) < SYNC_SAMPLES or abs(median(ahead_ms)) < OUT_OF_SYNC_MS:
        return None
    return Condition(OUT_OF_SYNC, str(sign), data={"ahead_ms": median(ahead_ms)})


def mixed(site: SiteId, values: Mapping[SignId, Mapping[str, object]]) -> list[Condition]:
    """`values` of each pole are what differs from the defaults. One condition for how they flash, one for
    when they warn, each naming the fields that differ."""
    found = []
    for code, fields, what in (
        (MIXED_PATTERNS, FLASHING_FIELDS, "flash differently"),
        (MIXED_CONFIG, SHARED_FIELDS, "are set differently"),
    ):
        names = [name for name in fields if len({_comparable(one.get(name)) for one in values.values()}) > 1]
        if names:
            text = f"The poles of one crossing {what}: {', '.join(names)}"
            found.append(Condition(code, str(site), 0, text, {"fields": names}))
    return found


def certificate_ending(name: str, kind: str, ends_ms: int, now_ms: int) -> Condition | None:
    """Within CERTIFICATE_DAYS; of priority 1 within CERTIFICATE_URGENT_DAYS. `name` is a sign's, or a part of
    the controller."""
    days = (ends_ms - now_ms) / DAY_MS
    if days > CERTIFICATE_DAYS:
        return None
    ends = datetime.fromtimestamp(ends_ms / 1000, UTC)
    verb = "ended" if days <= 0 else "ends"
    text = f"The {kind} certificate {verb} on {ends:%Y-%m-%d}"
    return Condition(CERTIFICATE, name, 1 if days <= CERTIFICATE_URGENT_DAYS else 2, text)


def _comparable(value: object) -> str:
    return repr(value)
