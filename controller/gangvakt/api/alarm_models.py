"""How alarms are told."""

from __future__ import annotations

from collections.abc import Iterable

from gangvakt.fleet.alarm import Alarm, Step
from gangvakt.fleet.alarm_classes import Category, class_of
from gangvakt.fleet.alarm_states import State
from gangvakt.provision.alarm_wire import AlarmDetailOut, AlarmOut, RsmpOut, StepOut

# Of a class that another part of the program made up.
OTHER_RSMP, OTHER_ADVICE = "A0999", "See the controller's guide."
INACTIVE = (State.CLEARED, State.RESTING)
HELD_BACK = (State.SUSPENDED, State.RESTING)


def alarm_out(alarm: Alarm) -> AlarmOut:
    known = class_of(alarm.code)
    return AlarmOut.model_validate(
        {
            "id": alarm.id,
            "code": alarm.code,
            "object": alarm.object,
            "municipality": alarm.municipality,
            "state": alarm.state.value,
            "priority": alarm.priority,
            "text": alarm.text,
            "advice": known.advice if known else OTHER_ADVICE,
            "data": dict(alarm.data),
            "raised_ms": alarm.raised_ms,
            "changed_ms": alarm.changed_ms,
            "cleared_ms": alarm.cleared_ms,
            "acknowledged_by": alarm.acknowledged_by,
            "suspended_until_ms": alarm.suspended_until_ms,
            "assigned_to": alarm.assigned_to,
            "level": alarm.level,
            "rsmp": _rsmp(alarm),
        }
    )


def detail_out(alarm: Alarm, steps: Iterable[Step]) -> AlarmDetailOut:
    told = tuple(map(step_out, steps))
    return AlarmDetailOut.model_validate(alarm_out(alarm).model_dump() | {"history": told})


def step_out(one: Step) -> StepOut:
    return StepOut(kind=one.kind.value, at_ms=one.at_ms, who=one.who, text=one.text, data=dict(one.data))


def _rsmp(alarm: Alarm) -> RsmpOut:
    known = class_of(alarm.code)
    return RsmpOut.model_validate(
        {
            "aCId": known.rsmp if known else OTHER_RSMP,
            "cId": alarm.object,
            "aS": "inActive" if alarm.state in INACTIVE else "Active",
            "ack": "Acknowledged" if alarm.acknowledged_by else "notAcknowledged",
            "sS": "Suspended" if alarm.state in HELD_BACK else "notSuspended",
            "cat": (known.category if known else Category.TECHNICAL).value,
            "pri": str(alarm.priority),
        }
    )
