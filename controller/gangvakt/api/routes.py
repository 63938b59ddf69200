"""The routes below /api/v1."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gangvakt.api.alarm_routes import add_alarm_routes
from gangvakt.api.auth import SESSION_COOKIE, SESSION_LIFE_S, Login
from gangvakt.api.export_routes import add_export_routes
from gangvakt.api.file_routes import add_file_routes
from gangvakt.api.guard import login_of
from gangvakt.api.models import (
    CertificateOut,
    CertificatesOut,
    EventOut,
    EventsOut,
    HealthOut,
    LoginIn,
    LoginOut,
    MeOut,
    PasswordIn,
    SignOut,
    SignsOut,
)
from gangvakt.api.order_routes import add_order_routes
from gangvakt.api.recording_routes import add_recording_routes
from gangvakt.api.registry_routes import add_registry_routes
from gangvakt.api.relay_routes import add_relay_routes
from gangvakt.api.scope import guard, sees
from gangvakt.api.services import Services
from gangvakt.fleet import SignId, SignState
from gangvakt.fleet.presence import Sight
from gangvakt.provision.lifetimes import Kind, Lifetime

MOST_EVENTS = 1000
HIGHEST_ID = 2**63 - 1


def make_router(services: Services) -> APIRouter:
    """All routes, bound to one set of services."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(guard)])
    _add_staff_routes(router, services)
    _add_fleet_routes(router, services)
    add_registry_routes(router, services)
    add_file_routes(router, services)
    add_order_routes(router, services)
    add_recording_routes(router, services)
    add_alarm_routes(router, services)
    add_relay_routes(router, services)
    add_export_routes(router, services)
    return router


def _add_staff_routes(router: APIRouter, services: Services) -> None:
    @router.post("/login")
    async def login(body: LoginIn, request: Request, response: Response) -> LoginOut:
        """Opens a session: as a cookie for browsers, as a token for programs."""
        address = request.client.host if request.client else "unknown"
        opened = await services.auth.login(body.user, body.password, address)
        _set_cookie(request, response, opened)
        return LoginOut.model_validate(opened)

    @router.post("/logout", status_code=HTTPStatus.NO_CONTENT)
    async def logout(request: Request, response: Response) -> None:
        """Ends this session."""
        services.auth.logout(login_of(request))
        response.delete_cookie(SESSION_COOKIE)

    @router.post("/password")
    async def password(body: PasswordIn, request: Request, response: Response) -> LoginOut:
        """Chooses a new password; all other sessions of the user end."""
        opened = await services.auth.change_password(login_of(request), body.new_password)
        _set_cookie(request, response, opened)
        return LoginOut.model_validate(opened)

    @router.get("/me")
    async def me(request: Request) -> MeOut:
        """Who is logged in."""
        return MeOut.model_validate(login_of(request))


def _add_fleet_routes(router: APIRouter, services: Services) -> None:
    @router.get("/health", responses={503: {"model": HealthOut}})
    async def health() -> JSONResponse:
        """200 while the controller does its work, else 503; open to everybody."""
        state = HealthOut.model_validate(services.health())
        return JSONResponse(state.model_dump(), HTTPStatus.OK if state.ok else HTTPStatus.SERVICE_UNAVAILABLE)

    @router.get("/certificates")
    async def certificates(request: Request) -> CertificatesOut:
        """When each certificate ends known here: the controller's own, those of signs and of bundles;
        to staff of some municipalities, those of their signs and the controller's own."""
        now = datetime.now(UTC)
        seen = (one for one in services.certificates() if _is_shown(request, one))
        found = sorted(seen, key=lambda lifetime: lifetime.ends)
        return CertificatesOut(certificates=tuple(CertificateOut.of(lifetime, now) for lifetime in found))

    @router.get("/signs")
    async def signs(request: Request) -> SignsOut:
        """Every sign of the municipalities that are seen, ordered by its id."""
        shown = (s for s in services.fleet.signs() if sees(request, s.id.municipality))
        return SignsOut(signs=tuple(SignOut.of(state, _sight(services, state)) for state in shown))

    @router.get("/signs/{municipality}/{site}/{sign}")
    async def one_sign(municipality: str, site: str, sign: str) -> SignOut:
        """One sign."""
        wanted = SignId(municipality, site, sign)
        state = services.fleet.sign(wanted)
        if state is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no sign {wanted}")
        return SignOut.of(state, _sight(services, state))

    @router.get("/events")
    async def events(
        request: Request,
        after: Annotated[int, Query(ge=0, le=HIGHEST_ID)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_EVENTS)] = 100,
        sign: Annotated[str | None, Query(max_length=64)] = None,
    ) -> EventsOut:
        """Stored events above id `after`, ascending, of one sign (`municipality/site/sign`) or all seen."""
        seen = login_of(request).municipalities
        found = await services.events.page(after, limit, SignId.parse(sign) if sign else None, seen)
        return EventsOut(
            events=tuple(EventOut.of(event) for event in found), next_after=found[-1].id if found else after
        )


def _is_shown(request: Request, one: Lifetime) -> bool:
    if one.kind is Kind.SIGN:
        return sees(request, one.name.partition("/")[0])
    return one.kind is not Kind.BUNDLE or login_of(request).municipalities is None


def _sight(services: Services, state: SignState) -> Sight | None:
    return services.patrol.sight(state.id) if services.patrol else None


def _set_cookie(request: Request, response: Response, login: Login) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        login.token,
        max_age=SESSION_LIFE_S,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
