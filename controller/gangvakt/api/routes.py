"""The routes below /api/v1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from gangvakt.api.account_routes import add_account_routes
from gangvakt.api.alarm_routes import add_alarm_routes
from gangvakt.api.audit_routes import add_approval_routes, add_audit_routes
from gangvakt.api.auth import SESSION_COOKIE
from gangvakt.api.bulk_routes import add_bulk_routes
from gangvakt.api.config_routes import add_config_routes
from gangvakt.api.contact_routes import add_contact_routes
from gangvakt.api.cookies import set_session
from gangvakt.api.count_routes import add_count_routes
from gangvakt.api.description import operation_id
from gangvakt.api.export_routes import add_export_routes
from gangvakt.api.file_routes import add_file_routes
from gangvakt.api.fleet_routes import add_fleet_routes
from gangvakt.api.guard import login_of
from gangvakt.api.ingest_routes import add_ingest_routes
from gangvakt.api.live_routes import add_live_routes
from gangvakt.api.models import (
    HealthOut,
    LoginIn,
    LoginOut,
    MeOut,
    PasswordIn,
)
from gangvakt.api.order_routes import add_order_routes
from gangvakt.api.people_routes import add_people_routes
from gangvakt.api.provider_routes import add_provider_routes
from gangvakt.api.public_routes import add_public_routes
from gangvakt.api.recording_routes import add_recording_routes
from gangvakt.api.registry_routes import add_registry_routes
from gangvakt.api.relay_routes import add_relay_routes
from gangvakt.api.rollout_routes import add_rollout_routes
from gangvakt.api.scope import guard
from gangvakt.api.services import Services
from gangvakt.api.sign_list_routes import add_sign_list_routes
from gangvakt.api.speed_routes import add_speed_routes
from gangvakt.errors import PasswordRefused


def make_routers(services: Services) -> Iterator[APIRouter]:
    """All routes, bound to one set of services: a router for each part of the description."""
    parts: dict[str | None, tuple[Callable[[APIRouter, Services], None], ...]] = {
        "staff": (_add_staff_routes,),
        "account": (add_account_routes,),
        "people": (add_people_routes, add_provider_routes),
        None: (
            *(_add_health_route, add_fleet_routes, add_ingest_routes, add_live_routes),
            *(add_order_routes, add_recording_routes),
        ),
        "counts": (add_count_routes, add_speed_routes),
        "registry": (add_registry_routes, add_file_routes, add_sign_list_routes),
        "alarms": (add_alarm_routes,),
        "relays": (add_relay_routes, add_contact_routes),
        "public": (add_public_routes,),
        "rollouts": (add_rollout_routes,),
        "steering": (add_config_routes, add_bulk_routes),
        "exports": (add_export_routes,),
        "audit": (add_audit_routes,),
        "approvals": (add_approval_routes,),
    }
    for tag, adders in parts.items():
        # Not one within another: the guard knows a route by its whole path.
        router = APIRouter(
            prefix="/api/v1",
            dependencies=[Depends(guard)],
            tags=[tag] if tag else None,
            generate_unique_id_function=operation_id,
        )
        for add in adders:
            add(router, services)
        yield router


def _add_staff_routes(router: APIRouter, services: Services) -> None:
    @router.post("/login")
    async def login(body: LoginIn, request: Request, response: Response) -> LoginOut:
        """Opens a session: as a cookie for browsers, as a token for programs."""
        address = request.client.host if request.client else "unknown"
        agent = request.headers.get("user-agent", "")
        opened = await services.auth.login(body.user, body.password, address, agent, body.code)
        held = request.cookies.get(SESSION_COOKIE)
        if held is not None:  # whoever had it before, or had planted it, is out
            await services.auth.end(held)
        set_session(request, response, opened)
        return LoginOut.of(opened)

    @router.post("/logout", status_code=HTTPStatus.NO_CONTENT)
    async def logout(request: Request, response: Response) -> None:
        """Ends this session."""
        await services.auth.logout(login_of(request))
        response.delete_cookie(SESSION_COOKIE)

    @router.post("/password")
    async def choose_password(body: PasswordIn, request: Request, response: Response) -> LoginOut:
        """Chooses a new password; all other sessions of the user end."""
        login = login_of(request)
        if not login.must_change:
            if body.password is None:
                raise PasswordRefused("request", "password", None, "the one that you have now")
            address = request.client.host if request.client else "unknown"
            await services.auth.check_password(login.user, body.password, address)
        opened = await services.auth.change_password(login, body.new_password)
        set_session(request, response, opened)
        return LoginOut.of(opened)

    @router.get("/me")
    async def get_me(request: Request) -> MeOut:
        """Who is logged in."""
        return MeOut.of(login_of(request))


def _add_health_route(router: APIRouter, services: Services) -> None:
    @router.get("/health", tags=["health"], responses={503: {"model": HealthOut}})
    async def get_health() -> JSONResponse:
        """200 while the controller does its work, else 503; open to everybody."""
        state = HealthOut.model_validate(await services.health_now())
        return JSONResponse(state.model_dump(), HTTPStatus.OK if state.ok else HTTPStatus.SERVICE_UNAVAILABLE)
