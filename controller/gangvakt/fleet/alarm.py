"""One alarm and its history: the alarm is what its steps made of it, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gangvakt.errors import AlarmRefused, AlarmStepRefused
from gangvakt.fleet.alarm_classes import HIGHEST_PRIORITY, LOWEST_PRIORITY, class_of
from gangvakt.fleet.alarm_states import OPEN, TRANSITIONS, Kind, State, allowed_in

CONTROLLER = "controller"  # who did what nobody did
LONGEST_OBJECT, LONGEST_TEXT = 128, 1000
CODE_PATTERN = r"[a-z][a-z0-9_]{0,31}"


@dataclass(frozen=True)
class Condition:
    """Something that is wrong now with `object`: municipality/site[/sign], municipality/FEEDER in words, or a
    part of the controller (no slash). The same code and object are the same condition, whatever else is told.

    Priority and text of 0 and "" are those of the code's class. AlarmRefused when out of bounds.
    """

    code: str
    object: str
    priority: int = field(default=0, compare=False)
    text: str = field(default="", compare=False)
    data: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(CODE_PATTERN, self.code):
            raise AlarmRefused("condition", "code", self.code[:80], "1 to 32 of a-z, 0-9 and _")
        if not 0 < len(self.object) <= LONGEST_OBJECT:
            raise AlarmRefused("condition", "object", self.object[:80], f"1 to {LONGEST_OBJECT} characters")
        known = class_of(self.code)
        if known is not None:
            object.__setattr__(self, "priority", self.priority or known.priority)
            object.__setattr__(self, "text", self.text or known.text)
        if not HIGHEST_PRIORITY <= self.priority <= LOWEST_PRIORITY:
            allowed = f"{HIGHEST_PRIORITY}..{LOWEST_PRIORITY}"
            raise AlarmRefused("condition", "priority", self.priority, allowed)
        if not 0 < len(self.text) <= LONGEST_TEXT:
            raise AlarmRefused("condition", "text", self.text[:80], f"1 to {LONGEST_TEXT} characters")


@dataclass(frozen=True)
class Step:
    """One entry of a history: who did what at which UTC ms, what he wrote; `data` is what it changed."""

    kind: Kind
    at_ms: int
    who: str = CONTROLLER
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Alarm:
    """`id` 0 is not stored yet. `level` is how often it was escalated since it was raised."""

    code: str
    object: str
    source: str
    id: int = 0
    state: State = State.NEW
    priority: int = LOWEST_PRIORITY
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    raised_ms: int = 0
    changed_ms: int = 0
    cleared_ms: int | None = None
    acknowledged_by: str | None = None
    suspended_until_ms: int | None = None
    assigned_to: str | None = None
    level: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def municipality(self) -> str | None:
        """Whose it is; None for the controller's own."""
        return self.object.split("/")[0] if "/" in self.object else None

    def after(self, step: Step) -> Alarm:
        """AlarmStepRefused when the state does not allow it."""
        state = TRANSITIONS.get((self.state, step.kind))
        if state is None:
            raise AlarmStepRefused(self.id, self.state.value, step.kind.value, allowed_in(self.state))
        return replace(self, state=state, changed_ms=step.at_ms, **_CHANGES[step.kind](step))


def replay(alarm: Alarm, steps: Iterable[Step]) -> Alarm:
    """`alarm` after all of them; from a NEW one, what the whole history made."""
    for step in steps:
        alarm = alarm.after(step)
    return alarm


def raise_step(condition: Condition, now_ms: int, kind: Kind = Kind.RAISE) -> Step:
    """That which raises, changes or holds it."""
    told = {"priority": condition.priority, "data": dict(condition.data)}
    return Step(kind, now_ms, text=condition.text, data=told)


def _told(step: Step) -> dict[str, Any]:
    return {"priority": step.data["priority"], "text": step.text, "data": step.data["data"]}


def _begun(step: Step) -> dict[str, Any]:
    anew = {"raised_ms": step.at_ms, "cleared_ms": None, "acknowledged_by": None, "level": 0}
    return _told(step) | anew


# What each kind of step changes beside the state.
_CHANGES: Mapping[Kind, Callable[[Step], dict[str, Any]]] = {
    Kind.RAISE: _begun,
    Kind.FLAP: _begun,
    Kind.CHANGE: _told,
    Kind.CLEAR: lambda step: {"cleared_ms": step.at_ms},
    Kind.ACKNOWLEDGE: lambda step: {"acknowledged_by": step.who},
    Kind.SUSPEND: lambda step: {"suspended_until_ms": step.data["until_ms"]},
    Kind.RESUME: lambda step: {"suspended_until_ms": None, "acknowledged_by": None},
    Kind.COMMENT: lambda step: {},
    Kind.ASSIGN: lambda step: {"assigned_to": step.data["to"]},
    Kind.ESCALATE: lambda step: {"level": step.data["level"]},
}
