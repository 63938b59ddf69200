"""What watches the controller asks: is the process alive, can it do its work, and its figures.

Open to everybody, since nothing secret is told; figures only to this computer, or for a token.
"""

from __future__ import annotations

import hmac
import ipaddress
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from gangvakt.api.guard import token_of
from gangvakt.api.models import AliveOut, ReadyOut
from gangvakt.api.problems import problem
from gangvakt.api.services import Services

BROKER_AWAY = "not connected to the broker"
STORE_REFUSES = "the database does not take what signs say"
STORE_SILENT = "the database does not answer"
STOPPING = "the controller is stopping"
METRICS_TYPE = "text/plain; version=1.0.0; charset=utf-8"


def make_probes(services: Services) -> APIRouter:
    """Beside /api, where load balancers, systemd and Prometheus look for them."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def is_alive() -> AliveOut:
        """200 while the process answers, whatever else fails: what restarts it asks here."""
        return AliveOut(alive=True)

    @router.get("/readyz", response_model=ReadyOut, responses={503: {"model": ReadyOut}})
    async def is_ready() -> JSONResponse:
        """200 while signs are heard and what they say is stored, else 503 and why not."""
        reasons = await _reasons(services)
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        return JSONResponse(ReadyOut(ready=not reasons, reasons=reasons).model_dump(mode="json"), status)

    @router.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """The controller's figures for Prometheus."""
        meters = services.meters
        if meters is None:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "nothing is measured here")
        if not _may_measure(request, services.metrics_token):
            return problem(
                HTTPStatus.FORBIDDEN, "from this computer only, or with the token of --metrics-token-file"
            )
        return Response(await meters.fresh_text(), media_type=METRICS_TYPE)

    return router


def make_public_probes() -> APIRouter:
    """For everybody: only whether the process answers."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def is_alive() -> AliveOut:
        """200 while the process answers."""
        return AliveOut(alive=True)

    return router


async def _reasons(services: Services) -> tuple[str, ...]:
    """Migrations are done before anything is answered."""
    health = await services.health_now()
    told = {
        BROKER_AWAY: not health.broker_connected,
        STORE_SILENT: not health.store_answering,
        STORE_REFUSES: not health.store_writing,
        STOPPING: services.live is not None and services.live.is_closed,
    }
    return tuple(reason for reason, holds in told.items() if holds)


def _may_measure(request: Request, token: str | None) -> bool:
    """With a token set, nobody without it: behind a proxy everybody comes from this computer."""
    if token is not None:
        return hmac.compare_digest((token_of(request) or "").encode(), token.encode())
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
