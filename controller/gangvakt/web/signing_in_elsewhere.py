"""Log-in at a municipality's own provider: to it and back."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from gangvakt.api.auth import Caller, Login
from gangvakt.api.oidc import Oidc, Returned
from gangvakt.errors import GangvaktError, LoginRefused, ProviderFailed, ProviderMissing
from gangvakt.provision.oidc_wire import NAME_PATTERN, ProviderOptions
from gangvakt.web.forms import address_of, enter, form, local_path, texts_of_request
from gangvakt.web.guards import HURDLES

LOG = logging.getLogger(__name__)

STATE_COOKIE, STATE_KEPT_S = "gangvakt_state", 600
BACK = "/login/back"
LONGEST = 2048

Text = Annotated[str | None, Query(max_length=LONGEST)]


def elsewhere_routes(oidc: Oidc) -> APIRouter:
    """The routes to providers and back."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/login/with/{name}")
    async def go(
        request: Request, name: Annotated[str, Path(pattern=NAME_PATTERN)], next: str = "/"
    ) -> Response:
        try:
            begun = await oidc.begin(name, await _back(oidc, request, name), local_path(next)[:256])
        except (ProviderFailed, ProviderMissing) as failed:
            return _failed(request, failed)
        answer = RedirectResponse(begun.url, 303)
        answer.set_cookie(
            STATE_COOKIE,
            f"{name}.{begun.state}",
            STATE_KEPT_S,
            path="/login",
            httponly=True,
            samesite="lax",  # the provider leads back from another site
            secure=request.url.scheme == "https",
        )
        return answer

    @routes.get(BACK)
    async def come_back(
        request: Request, state: Text = None, code: Text = None, error: Text = None, iss: Text = None
    ) -> Response:
        name, _, held = request.cookies.get(STATE_COOKIE, "").partition(".")
        caller = Caller(address_of(request), request.headers.get("user-agent", ""))
        returned = Returned(state or "", held, code, error, iss)
        try:
            login, page = await oidc.finish(returned, await _back(oidc, request, name), caller)
        except (ProviderFailed, ProviderMissing, LoginRefused) as failed:
            return _failed(request, failed)
        answer = enter(request, login, _first(login, page))
        answer.delete_cookie(STATE_COOKIE, path="/login")
        return answer

    return routes


async def _back(oidc: Oidc, request: Request, name: str) -> str:
    """As the provider knows it: where browsers reach this controller."""
    provider = await oidc.provider(name)
    address = ProviderOptions.model_validate(provider.options).address
    return (address or str(request.base_url)).rstrip("/") + BACK


def _first(login: Login, page: str) -> str:
    return page if login.hurdle is None else HURDLES[login.hurdle]


def _failed(request: Request, failed: GangvaktError) -> Response:
    LOG.warning("log-in elsewhere: %s", failed)
    no_role = isinstance(failed, LoginRefused)
    error = texts_of_request().say("no_role" if no_role else "elsewhere_failed")
    return form("elsewhere.html", request, 403 if no_role else 502, here="/login", method="get", error=error)
