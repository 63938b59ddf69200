"""The routes of the audit, and of what takes two people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.exceptions import HTTPException

from gangvakt.api.guard import login_of
from gangvakt.api.paging import After, Limit, Page, decode_cursor, page_of
from gangvakt.api.services import Services
from gangvakt.fleet.pair_states import PairState
from gangvakt.fleet.roles import EVERYWHERE
from gangvakt.orders.pairs import Pairs
from gangvakt.provision.audit_wire import (
    HIGHEST_NUMBER,
    TEXT_PATTERN,
    AskIn,
    AuditRowOut,
    FinishIn,
    PairOut,
    PairWord,
    TakeIn,
)
from gangvakt.store.audit_table import AuditFilter, AuditRow, AuditTable
from gangvakt.store.pairs import Pair

HIGHEST_ROW = 2**63 - 1
Number = Annotated[int, Path(ge=1, le=HIGHEST_NUMBER, description="Its number.")]
Row = Annotated[int, Path(ge=1, le=HIGHEST_ROW, description="The number of a row.")]
Ms = Annotated[int | None, Query(ge=0, lt=2**43, description="UTC ms since 1970.")]


def _word(longest: int, text: str) -> object:
    return Query(max_length=longest, pattern=TEXT_PATTERN, description=text)


def add_audit_routes(router: APIRouter, services: Services) -> None:
    @router.get("/audit")
    async def audit(
        who: Annotated[str | None, _word(128, "By this user, or `person 7`.")] = None,
        subject: Annotated[str | None, _word(160, "To this; `drammen/*` for all that begins so.")] = None,
        action: Annotated[str | None, _word(64, "This action; `site.*` for all that begins so.")] = None,
        from_ms: Ms = None,
        to_ms: Ms = None,
        after: After = None,
        limit: Limit = 100,
    ) -> Page[AuditRowOut]:
        """What people did, newest first."""
        before = decode_cursor(after) if after is not None else None
        wanted = AuditFilter(who, subject, action, from_ms, to_ms)
        found = await _audit_of(services).page(wanted, before, limit + 1)
        return page_of([_row_out(row) for row in found], limit, lambda row: row.number)

    @router.get("/audit/{number}")
    async def audit_row(number: Row) -> AuditRowOut:
        """One row of it."""
        return _row_out(await _audit_of(services).get(number))


def add_approval_routes(router: APIRouter, services: Services) -> None:
    @router.get("/approvals")
    async def approvals(
        request: Request,
        state: Annotated[list[PairWord] | None, Query(max_length=6, description="None: all of them.")] = None,
        after: After = None,
        limit: Limit = 100,
    ) -> Page[PairOut]:
        """What waits for a second person, or did; newest first."""
        states = frozenset(PairState(word) for word in state) if state else None
        before, seen = decode_cursor(after) if after is not None else None, login_of(request).municipalities
        found = await pairs_of(services).page(states, before, limit + 1, seen)
        return page_of([pair_out(pair) for pair in found], limit, lambda pair: pair.id)

    @router.get("/approvals/{number}")
    async def approval(number: Number, request: Request) -> PairOut:
        """One of them."""
        return pair_out(await _visible(services, number, request))

    @router.post("/approvals")
    async def ask_approval(body: AskIn, request: Request) -> PairOut:
        """Asks for what whoever asks carries out himself, once it is approved."""
        login = login_of(request)
        asked = await pairs_of(services).ask(
            body.kind, body.subject, body.data, login.user, EVERYWHERE, login.granted
        )
        return pair_out(asked)

    @router.post("/approvals/{number}/approve")
    async def approve(number: Number, request: Request) -> PairOut:
        """As the second person; it is carried out when this answers, or may be by whoever asked."""
        await _visible(services, number, request)
        login = login_of(request)
        return pair_out(await pairs_of(services).approve(number, login.user, login.granted))

    @router.post("/approvals/{number}/refuse")
    async def refuse_approval(number: Number, request: Request) -> PairOut:
        """Refuses it, or takes it back."""
        await _visible(services, number, request)
        login = login_of(request)
        return pair_out(await pairs_of(services).refuse(number, login.user, login.granted))

    @router.post("/approvals/{number}/take")
    async def take_approval(number: Number, body: TakeIn, request: Request) -> PairOut:
        """Begins to carry out what was approved: once, by whoever asked, and for what he asked for."""
        await _visible(services, number, request)
        return pair_out(
            await pairs_of(services).take(number, body.kind, body.subject, login_of(request).user)
        )

    @router.post("/approvals/{number}/finish")
    async def finish_approval(number: Number, body: FinishIn, request: Request) -> PairOut:
        """What came of what was taken."""
        await _visible(services, number, request)
        who = login_of(request).user
        return pair_out(await pairs_of(services).finish(number, body.result, ok=body.ok, who=who))


def pairs_of(services: Services) -> Pairs:
    """Refused with 503 where nothing takes two people."""
    if services.pairs is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "nothing is approved here")
    return services.pairs


def pair_out(pair: Pair) -> PairOut:
    return PairOut.model_validate({**vars(pair), "state": pair.state.value})


async def _visible(services: Services, number: int, request: Request) -> Pair:
    """404 for one of a municipality that is not shown."""
    pair = await pairs_of(services).one(number)
    seen = login_of(request).municipalities
    if seen is not None and pair.municipality not in seen:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no approval {number}")
    return pair


def _audit_of(services: Services) -> AuditTable:
    if services.audit is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no audit is kept here")
    return services.audit


def _row_out(row: AuditRow) -> AuditRowOut:
    return AuditRowOut.model_validate(row)
