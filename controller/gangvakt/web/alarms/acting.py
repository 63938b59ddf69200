"""What people do with alarms on a page: checked as the API checks it, and done by the same service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from starlette.exceptions import HTTPException

from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import AlarmMissing, AlarmRefused, AlarmStepRefused, AlarmTaken
from gangvakt.fleet.alarm import Alarm, Step
from gangvakt.fleet.alarm_states import Kind, State
from gangvakt.fleet.roles import EVERYWHERE, Role
from gangvakt.provision.alarm_wire import HIGHEST_ALARM, AssignIn, CommentIn, NoteIn, SuspendIn
from gangvakt.provision.wire import checked
from gangvakt.web.alarms.wording import state_word
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts

MINUTE_MS = 60_000
# Every alarm that a queue shows can be chosen at once.
MOST_AT_ONCE = 500
MODELS: Mapping[Kind, type[BaseModel]] = {
    Kind.ACKNOWLEDGE: NoteIn,
    Kind.SUSPEND: SuspendIn,
    Kind.RESUME: NoteIn,
    Kind.COMMENT: CommentIn,
    Kind.ASSIGN: AssignIn,
}


def step_of(told: Mapping[str, object], user: str) -> Step:
    """From what a form sent; AlarmRefused or SettingRefused for a step or a value that is not allowed."""
    kind = next((one for one in MODELS if one.value == told.get("step")), None)
    if kind is None:
        allowed = ", ".join(one.value for one in MODELS)
        raise AlarmRefused("form", "step", str(told.get("step"))[:80], allowed)
    model = MODELS[kind]
    values = {name: told[name] for name in model.model_fields if name in told and name != "seen_ms"}
    read = checked(model, "form", values).model_dump()
    now_ms = utc_ms()
    data: dict[str, Any] = {}
    if kind is Kind.SUSPEND:
        data = {"until_ms": now_ms + read["minutes"] * MINUTE_MS}
    elif kind is Kind.ASSIGN:
        data = {"to": read["to"].strip() or None}
    return Step(kind, now_ms, user, read["text"], data)


def chosen_of(told: Mapping[str, object]) -> dict[int, int]:
    """Numbers of the chosen alarms, each with the `changed_ms` that was seen of it."""
    listed = told.get("alarms")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_AT_ONCE:
        raise AlarmRefused("form", "alarms", str(listed)[:80], f"1 to {MOST_AT_ONCE} alarms")
    chosen = {}
    for one in listed:
        numbers = (one.get("id"), one.get("changedMs")) if isinstance(one, dict) else (None, None)
        match numbers:
            case (int(number), int(seen_ms)) if 0 < number <= HIGHEST_ALARM:
                chosen[number] = seen_ms
            case _:
                raise AlarmRefused("form", "alarms", str(one)[:80], "numbers of alarms, with what was seen")
    return chosen


def may_act(login: Login, alarm: Alarm) -> bool:
    """Whether his role there is enough."""
    held = login.granted.role_in(alarm.municipality or EVERYWHERE)
    return held is not None and held >= Role.OPERATOR


async def take_step(services: Services, login: Login, number: int, step: Step, seen_ms: int) -> Alarm:
    """AlarmMissing for one that he does not see, HTTPException where his role is too low; AlarmTaken, and
    AlarmStepRefused."""
    patrol = services.patrol
    found = await patrol.alarms.table.get(number) if patrol else None
    if patrol is None or found is None or login.granted.role_in(found.municipality or EVERYWHERE) is None:
        raise AlarmMissing(number)
    require_role(login.granted, Role.OPERATOR, found.municipality or EVERYWHERE)
    return await patrol.alarms.act(number, step, seen_ms)


REFUSALS = (AlarmMissing, AlarmRefused, AlarmStepRefused, AlarmTaken, HTTPException)


def why_not(refused: Exception, texts: Texts, clock: str) -> str:
    """A refusal in the reader's words; `clock` is the time of day of what came first."""
    match refused:
        case AlarmTaken(who=who, step=step):
            return texts.say("alarm_taken_by", who=who, step=texts.say(f"alarm_step_{step}"), at=clock)
        case AlarmStepRefused(alarm=number, state=state):
            return texts.say("alarm_not_now", number=number, state=state_word(State(state), texts))
        case AlarmMissing(alarm=number):
            return texts.say("alarm_missing", number=number)
        case _:
            return refusal(texts, refused)
