"""The route of sealed exports."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.api.guard import login_of
from gangvakt.api.order_routes import ONE_SIGN
from gangvakt.api.scope import require
from gangvakt.api.services import Services
from gangvakt.fleet import SignId
from gangvakt.relay.case import Wanted

Ms = Annotated[int | None, Query(ge=0, lt=2**43, description="UTC ms since 1970.")]


def add_export_routes(router: APIRouter, services: Services) -> None:
    @router.get(
        f"{ONE_SIGN}/export",
        response_class=Response,
        responses={200: {"content": {"application/zip": {}}, "description": "The sealed export."}},
    )
    async def export_case(
        municipality: str,
        site: str,
        sign: str,
        request: Request,
        event: Annotated[int | None, Query(ge=1, lt=2**63, description="Around this event.")] = None,
        from_ms: Ms = None,
        to_ms: Ms = None,
    ) -> Response:
        """All that is known of a sign around an event or in some time, with a seal: a ZIP that
        `gangvakt export verify` checks on any computer."""
        wanted = SignId(municipality, site, sign)
        require(request, municipality)
        if services.cases is None:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no exports are made here")
        data = await services.cases.export(Wanted(wanted, event, from_ms, to_ms), login_of(request).user)
        name = f"{municipality}-{site}-{sign}.zip"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(data, media_type="application/zip", headers=headers)
