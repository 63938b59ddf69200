"""The routes on alarms: lists, one with its history, and what staff do with them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.exceptions import HTTPException

from gangvakt.alarms import Patrol
from gangvakt.api.alarm_models import alarm_out, detail_out, step_out
from gangvakt.api.guard import login_of
from gangvakt.api.paging import HIGHEST_INTEGER, After, Limit, Page, number_of, page_of
from gangvakt.api.scope import is_known, require, sees
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import AlarmMissing, AlarmRefused
from gangvakt.fleet.alarm import Alarm, Step
from gangvakt.fleet.alarm_states import OPEN, Kind, State
from gangvakt.provision.alarm_wire import (
    HIGHEST_ALARM,
    NOTE_PATTERN,
    AlarmDetailOut,
    AlarmOut,
    AlarmsDoneOut,
    AssignIn,
    BulkIn,
    CommentIn,
    NoteIn,
    StateWord,
    StepOut,
    SuspendIn,
)
from gangvakt.store.alarms import AlarmFilter

MINUTE_MS = 60_000
# Whoever sees every municipality sees what is nobody's; no municipality can be called that.
CONTROLLERS_OWN = "*"
OPEN_STATES = tuple(sorted(OPEN, key=lambda state: state.value))

Number = Annotated[int, Path(ge=1, le=HIGHEST_ALARM, description="The alarm's number.")]
NameQuery = Annotated[
    str | None, Query(max_length=32, pattern=NOTE_PATTERN, description="Of what is called so.")
]


def add_alarm_routes(router: APIRouter, services: Services) -> None:
    _add_reading(router, services)
    _add_steps(router, services)


def _add_reading(router: APIRouter, services: Services) -> None:
    @router.get("/alarms")
    async def list_alarms(
        request: Request,
        state: Annotated[list[StateWord] | None, Query(max_length=6, description="None: open ones.")] = None,
        priority: Annotated[int | None, Query(ge=1, le=3, description="Of this priority.")] = None,
        municipality: NameQuery = None,
        site: NameQuery = None,
        sign: NameQuery = None,
        owner: Annotated[
            str | None, Query(max_length=64, pattern=NOTE_PATTERN, description="Empty: nobody's.")
        ] = None,
        after: After = None,
        limit: Limit = 100,
    ) -> Page[AlarmOut]:
        """Alarms, newest first."""
        patrol = patrol_of(services)
        states = tuple(State(word) for word in state) if state else OPEN_STATES
        seen = await _seen(patrol, request)
        wanted = AlarmFilter(states, priority, municipality, site, sign, owner, seen)
        found = await patrol.alarms.table.page(wanted, number_of(after, HIGHEST_ALARM), limit + 1)
        return page_of([alarm_out(alarm) for alarm in found], limit, lambda one: one.id)

    @router.get("/alarms/{number}")
    async def get_alarm(number: Number, request: Request) -> AlarmDetailOut:
        """One alarm with every step of its history."""
        table = patrol_of(services).alarms.table
        found = await _visible(services, request, number)
        return detail_out(found, await table.history(number))

    @router.get("/alarms/{number}/steps")
    async def list_alarm_steps(
        number: Number, request: Request, after: After = None, limit: Limit = 100
    ) -> Page[StepOut]:
        """The steps of an alarm's history, oldest first."""
        await _visible(services, request, number)
        behind = number_of(after, HIGHEST_INTEGER) or 0
        found = await patrol_of(services).alarms.table.steps(number, behind, limit + 1)
        page = page_of(found, limit, lambda one: one[0])
        return Page(items=tuple(step_out(step) for _, step in page.items), next=page.next)


def _add_steps(router: APIRouter, services: Services) -> None:
    async def act(request: Request, number: int, step: Step, seen_ms: int | None = None) -> AlarmOut:
        await _visible(services, request, number)
        return alarm_out(await patrol_of(services).alarms.act(number, step, seen_ms))

    @router.post("/alarms/{number}/acknowledge")
    async def acknowledge(number: Number, body: NoteIn, request: Request) -> AlarmOut:
        """Takes the alarm: it is not escalated any more."""
        return await act(request, number, _step(Kind.ACKNOWLEDGE, request, body.text), body.seen_ms)

    @router.post("/alarms/{number}/suspend")
    async def suspend(number: Number, body: SuspendIn, request: Request) -> AlarmOut:
        """Holds the alarm back for a time, for work at the sign; again for another time from now."""
        return await act(request, number, _suspension(request, body.minutes, body.text), body.seen_ms)

    @router.post("/alarms/{number}/resume")
    async def resume(number: Number, body: NoteIn, request: Request) -> AlarmOut:
        """Ends a suspension before its time."""
        return await act(request, number, _step(Kind.RESUME, request, body.text), body.seen_ms)

    @router.post("/alarms/{number}/comment")
    async def comment(number: Number, body: CommentIn, request: Request) -> AlarmOut:
        """Adds a note to the history."""
        return await act(request, number, _step(Kind.COMMENT, request, body.text))

    @router.post("/alarms/{number}/assign")
    async def assign(number: Number, body: AssignIn, request: Request) -> AlarmOut:
        """Says who shall see to it; an empty name gives it back."""
        return await act(request, number, _assignment(request, body.to, body.text), body.seen_ms)

    @router.post("/alarms/steps")
    async def step_alarms(body: BulkIn, request: Request) -> AlarmsDoneOut:
        """One step for many alarms, all or none; refused with 409 when others fit than were `expected`."""
        patrol = patrol_of(services)
        states = tuple(State(word) for word in body.state) if body.state else OPEN_STATES
        place = (body.municipality, body.site, body.sign)
        wanted = AlarmFilter(states, body.priority, *place, None, await _seen(patrol, request))
        done = await patrol.alarms.act_on_all(wanted, _bulk_step(body, request), body.expected)
        return AlarmsDoneOut(count=len(done))


def patrol_of(services: Services) -> Patrol:
    """Refused with 503 where nobody watches."""
    if services.patrol is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no fleet is watched here")
    return services.patrol


async def _visible(services: Services, request: Request, number: int) -> Alarm:
    """AlarmMissing as well for another's; 403 where the role is too low."""
    found = await patrol_of(services).alarms.table.get(number)
    if found is None or not is_known(request, found.municipality or CONTROLLERS_OWN):
        raise AlarmMissing(number)
    require(request, found.municipality or CONTROLLERS_OWN)
    return found


async def _seen(patrol: Patrol, request: Request) -> frozenset[str | None]:
    owners = await patrol.alarms.table.owners()
    return frozenset(one for one in owners if sees(request, one or CONTROLLERS_OWN))


def _step(kind: Kind, request: Request, text: str) -> Step:
    return Step(kind, utc_ms(), login_of(request).user, text)


def _suspension(request: Request, minutes: int, text: str) -> Step:
    now_ms = utc_ms()
    until = {"until_ms": now_ms + minutes * MINUTE_MS}
    return Step(Kind.SUSPEND, now_ms, login_of(request).user, text, until)


def _assignment(request: Request, to: str, text: str) -> Step:
    return Step(Kind.ASSIGN, utc_ms(), login_of(request).user, text, {"to": to or None})


def _bulk_step(body: BulkIn, request: Request) -> Step:
    """AlarmRefused when what the step needs is missing."""
    kind = Kind(body.step)
    if kind is Kind.SUSPEND:
        if body.minutes is None:
            raise AlarmRefused("request", "minutes", None, "for how long to suspend")
        return _suspension(request, body.minutes, body.text)
    if kind is Kind.ASSIGN:
        if body.to is None:
            raise AlarmRefused("request", "to", None, "whom to assign to, or empty for nobody")
        return _assignment(request, body.to, body.text)
    if kind is Kind.COMMENT and not body.text:
        raise AlarmRefused("request", "text", "", "what to write")
    return _step(kind, request, body.text)
