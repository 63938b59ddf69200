"""The routes that tell of signs, what they reported, and certificates."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.api.conditional import NOT_MODIFIED, conditional
from gangvakt.api.guard import login_of
from gangvakt.api.models import CertificateOut, EventOut, SignOut
from gangvakt.api.paging import (
    After,
    Limit,
    Page,
    decode_cursor,
    page_of,
    page_of_sorted,
)
from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.api.sights import sign_out
from gangvakt.api.sign_filter import Municipality, SignFilter, Site, State, Text
from gangvakt.fleet import SignId
from gangvakt.provision.lifetimes import Kind, Lifetime

LONGEST_SIGN = 64


def add_fleet_routes(router: APIRouter, services: Services) -> None:
    _add_sign_routes(router, services)
    _add_event_routes(router, services)
    _add_certificate_routes(router, services)


def _add_sign_routes(router: APIRouter, services: Services) -> None:
    @router.get("/signs", tags=["signs"], response_model=Page[SignOut], responses=NOT_MODIFIED)
    async def list_signs(
        request: Request,
        municipality: Municipality = None,
        site: Site = None,
        state: State = None,
        text: Text = None,
        after: After = None,
        limit: Limit = 100,
    ) -> Response:
        """Signs that were ever heard, ordered by their ids."""
        wanted = SignFilter(municipality, site, state, text)
        behind = SignId.parse(decode_cursor(after, str)) if after is not None else None
        found = services.fleet.page(
            behind, limit + 1, lambda one: sees(request, one.id.municipality) and wanted.fits(one)
        )
        page = page_of([sign_out(services, one) for one in found], limit, lambda one: one.id)
        return conditional(request, page)

    @router.get(
        "/signs/{municipality}/{site}/{sign}", tags=["signs"], response_model=SignOut, responses=NOT_MODIFIED
    )
    async def get_sign(municipality: str, site: str, sign: str, request: Request) -> Response:
        """One sign."""
        require(request, municipality)
        wanted = SignId(municipality, site, sign)
        state = services.fleet.sign(wanted)
        if state is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no sign {wanted}")
        return conditional(request, sign_out(services, state))


def _add_event_routes(router: APIRouter, services: Services) -> None:
    @router.get("/events", tags=["events"], response_model=Page[EventOut], responses=NOT_MODIFIED)
    async def list_events(
        request: Request,
        sign: Annotated[
            str | None,
            Query(max_length=LONGEST_SIGN, description="Of one sign, `municipality/site/sign`."),
        ] = None,
        after: After = None,
        limit: Limit = 100,
    ) -> Response:
        """Stored events in the order of storing. Without `next` there are no more yet: ask again later with
        the same `after` and `If-None-Match`, or listen to /live."""
        wanted = SignId.parse(sign) if sign else None
        if wanted is not None:
            require(request, wanted.municipality)
        behind, seen = decode_cursor(after) if after is not None else 0, login_of(request).municipalities
        page = page_of(await services.events.page(behind, limit + 1, wanted, seen), limit, lambda one: one.id)
        return conditional(request, Page(items=tuple(map(EventOut.of, page.items)), next=page.next))


def _add_certificate_routes(router: APIRouter, services: Services) -> None:
    @router.get(
        "/certificates",
        tags=["certificates"],
        response_model=Page[CertificateOut],
        responses=NOT_MODIFIED,
    )
    async def list_certificates(request: Request, after: After = None, limit: Limit = 100) -> Response:
        """Certificates known here: the controller's own, those of signs and of bundles; to staff of some
        municipalities the controller's own and their signs'. Those that end first come first."""
        now = datetime.now(UTC)
        found = (one for one in services.certificates() if _is_shown(request, one))
        shown = sorted((CertificateOut.of(one, now) for one in found), key=_by_end)
        return conditional(request, page_of_sorted(shown, after, limit, _by_end))


def _is_shown(request: Request, one: Lifetime) -> bool:
    if one.kind is Kind.SIGN:
        return sees(request, one.name.partition("/")[0])
    return one.kind is not Kind.BUNDLE or login_of(request).municipalities is None


def _by_end(one: CertificateOut) -> str:
    return f"{one.ends_ms:020}{one.fingerprint}"
