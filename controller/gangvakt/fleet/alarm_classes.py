"""The classes of alarms: category and priority as RSMP has them, and their words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from gangvakt.fleet.alarm_faults import FAULTS

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
HIGHEST_PRIORITY, LOWEST_PRIORITY = 1, 3
# A sign that comes back within this was restarting, or changed its mast; and by then a dead feeder has shown.
ABSENCE_MS = 120_000
# A configuration or a firmware goes to the poles of a crossing one after the other.
ROLLOUT_MS = HOUR_MS


class Category(Enum):
    """RSMP's: `D` is technical, `T` concerns the traffic."""

    TECHNICAL = "D"
    TRAFFIC = "T"


@dataclass(frozen=True)
class AlarmClass:
    """`rsmp` is the alarm code id on an RSMP line. The condition must stand for `raise_after_ms`."""

    code: str
    rsmp: str
    category: Category
    priority: int
    text: str
    advice: str
    raise_after_ms: int = 0


# Numbers on an RSMP line never change: new classes are added at the end of their list.
FIRST_FAULT, FIRST_OTHER = 1, 101

OFFLINE, SILENT, PATCHY, FEEDER = "sign_offline", "sign_silent", "events_missing", "feeder_dead"
BROKER_LOST = "broker_lost"
NO_ACTIVATIONS, MANY_ACTIVATIONS = "no_activations", "many_activations"
BATTERY, CLOCK_DRIFT = "battery_trend", "clock_drift"
MIXED_PATTERNS, MIXED_CONFIG, OUT_OF_SYNC = "mixed_patterns", "mixed_config", "pole_out_of_sync"
CERTIFICATE = "certificate_ending"
ROLLOUT_PAUSED = "rollout_paused"
PLAN_STOPPED = "config_plan_stopped"
PUBLIC_REPORT = "public_report"

_T, _D = Category.TRAFFIC, Category.TECHNICAL
_OTHERS: tuple[tuple[str, Category, int, int, str, str], ...] = (
    (OFFLINE, _D, 2, ABSENCE_MS, "The sign is offline", "See whether the pole has power, then its network."),
    (
        SILENT,
        _D,
        2,
        ABSENCE_MS,
        "The sign is silent",
        "It may still warn: go there and look. See its power, then its network.",
    ),
    (
        PATCHY,
        _D,
        3,
        0,
        "Events of the sign did not arrive",
        "See in the log whether the controller put them aside; else look at the sign's connection.",
    ),
    (
        FEEDER,
        _D,
        1,
        0,
        "A feeder is dead: its signs went together",
        "Call whoever runs the street lighting; the signs come back with the power.",
    ),
    (
        BROKER_LOST,
        _D,
        1,
        MINUTE_MS,
        "The controller does not reach the broker, so nothing is known of any sign",
        "See whether the broker runs, then the network between the two.",
    ),
    (
        NO_ACTIVATIONS,
        _T,
        2,
        0,
        "No activation where there always are some",
        "Watch the crossing: is it closed, or does the sign not see people? Then test it by walking.",
    ),
    (
        MANY_ACTIVATIONS,
        _T,
        2,
        0,
        "Far more activations than usual",
        "Look at a recording: an event in town, a moved radar, branches or water in its view.",
    ),
    (
        BATTERY,
        _D,
        2,
        0,
        "The battery runs down day by day",
        "Clean the panel of snow and dirt; exchange the battery before it is empty.",
    ),
    (
        CLOCK_DRIFT,
        _D,
        3,
        0,
        "The sign's clock is wrong",
        "Restart the sign; see that its answers from the controller come promptly.",
    ),
    (
        MIXED_PATTERNS,
        _T,
        2,
        ROLLOUT_MS,
        "The poles of one crossing flash differently or differ in mode",
        "Give them the same with `gangvakt sign config MUNICIPALITY/SITE`.",
    ),
    (
        MIXED_CONFIG,
        _D,
        3,
        ROLLOUT_MS,
        "The poles of one crossing run different configuration tables",
        "Bring their firmware to the same version.",
    ),
    (
        OUT_OF_SYNC,
        _T,
        2,
        0,
        "A pole flashes out of step with the others",
        "See whether the poles hear each other; restart the one that is out of step.",
    ),
    (
        CERTIFICATE,
        _D,
        2,
        0,
        "A certificate ends soon",
        "Signs renew theirs when they connect: see why this one does not, with `gangvakt sign show`.",
    ),
    (
        ROLLOUT_PAUSED,
        _D,
        2,
        0,
        "A rollout has paused by itself: too many signs failed, or too few took it",
        "See which and why with `gangvakt rollout show`; then resume, abort or roll back.",
    ),
    (
        PLAN_STOPPED,
        _D,
        2,
        0,
        "A plan of a configuration has stopped by itself: a sign did not keep it",
        "See which with `gangvakt config plan show`; roll the plan back, or begin one that is corrected.",
    ),
    (
        PUBLIC_REPORT,
        _T,
        2,
        0,
        "Somebody in the street has reported a fault",
        "Read it with `gangvakt public reports`, look at the sign, then say `gangvakt public done`.",
    ),
)


def _made() -> dict[str, AlarmClass]:
    faults = [
        AlarmClass(code, f"A{number:04}", _category(code), *meaning)
        for number, (code, meaning) in enumerate(FAULTS.items(), FIRST_FAULT)
    ]
    others = [
        AlarmClass(code, f"A{number:04}", category, priority, text, advice, wait_ms)
        for number, (code, category, priority, wait_ms, text, advice) in enumerate(_OTHERS, FIRST_OTHER)
    ]
    return {one.code: one for one in [*faults, *others]}


def _category(code: str) -> Category:
    """A traffic alarm is one that those who cross notice: no warning, or one that never ends."""
    return _T if code in ("stuck_on", "no_sensor", "battery_last") else _D


CLASSES: Mapping[str, AlarmClass] = _made()


def class_of(code: str) -> AlarmClass | None:
    """None for a code of another part of the program, whose conditions bring their own words."""
    return CLASSES.get(code)
