"""Forms of one's own account: another password, a second factor."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from gangvakt.api.auth import AuthService, Hurdle, Login
from gangvakt.api.cookies import set_session
from gangvakt.api.second_factors import SetUp
from gangvakt.errors import FactorMissing, FactorSet, LoginRefused
from gangvakt.web.forms import Field, address_of, enter, form, refused_form
from gangvakt.web.guards import SECOND_FACTOR_PATH
from gangvakt.web.signing_in import change_password

OWN_PASSWORD_PATH = "/account/password"


def own_routes(auth: AuthService) -> APIRouter:
    """The routes of these forms; the guard lets nobody through who is not logged in."""
    routes = APIRouter(include_in_schema=False)
    _add_password(routes, auth)
    _add_second_factor(routes, auth)
    return routes


def _add_password(routes: APIRouter, auth: AuthService) -> None:
    @routes.get(OWN_PASSWORD_PATH)
    async def password_form(request: Request) -> Response:
        return form("own_password.html", request, user=request.state.login.user)

    @routes.post(OWN_PASSWORD_PATH)
    async def set_password(request: Request, old: Field, password: Field, again: Field) -> Response:
        user = request.state.login.user
        try:
            await auth.check_password(user, old, address_of(request))
        except LoginRefused as refused:
            return refused_form("own_password.html", request, refused, user=user)
        return await change_password(request, auth, "own_password.html", password, again, "/account")


def _add_second_factor(routes: APIRouter, auth: AuthService) -> None:
    @routes.get(SECOND_FACTOR_PATH)
    async def factor_form(request: Request) -> Response:
        login: Login = request.state.login
        if login.hurdle is Hurdle.SECOND_FACTOR:  # the password was told just now
            return _form(request, login, await auth.factors.begin(login.user))
        return _form(request, login, None)

    @routes.post(SECOND_FACTOR_PATH)
    async def set_up(request: Request, password: Field = "", code: Field = "") -> Response:
        login: Login = request.state.login
        try:
            if code:
                return await _confirm(request, auth, login, code)
            await auth.check_password(login.user, password, address_of(request))
            return _form(request, login, await auth.factors.begin(login.user))
        except LoginRefused as refused:
            set_up = await auth.factors.pending(login.user) if code else None
            return refused_form(
                "second_factor.html", request, refused, set_up=set_up, must=login.hurdle is not None
            )
        except (FactorSet, FactorMissing):
            return enter(request, login, "/account")


async def _confirm(request: Request, auth: AuthService, login: Login, code: str) -> Response:
    codes, opened = await auth.confirm_factor(login, code)
    answer = form("recovery_codes.html", request, codes=codes, here="/account", method="get")
    set_session(request, answer, opened)
    return answer


def _form(request: Request, login: Login, set_up: SetUp | None) -> Response:
    return form("second_factor.html", request, set_up=set_up, must=login.hurdle is not None)
