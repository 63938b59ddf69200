"""Log-in with its second factor, new password, log-out and language."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from gangvakt.api.auth import FIRST_USER, SESSION_COOKIE, AuthService, Login
from gangvakt.api.passwords import LONGEST, SHORTEST
from gangvakt.errors import LoginRefused, PasswordRefused
from gangvakt.provision.oidc_wire import ProviderOptions
from gangvakt.web.forms import (
    Field,
    address_of,
    enter,
    form,
    local_path,
    refusal_text,
    refused_form,
    texts_of_request,
)
from gangvakt.web.guards import CODE_PATH, HURDLES, LANGUAGE_COOKIE, NEW_PASSWORD_PATH
from gangvakt.web.texts import Language

__all__ = ["local_path", "refusal_text", "signing_in_routes"]

LANGUAGE_KEPT_S = 365 * 24 * 3600


def signing_in_routes(auth: AuthService) -> APIRouter:
    """The routes of the forms."""
    routes = APIRouter(include_in_schema=False)
    _add_log_in(routes, auth)
    _add_new_password(routes, auth)
    _add_endings(routes, auth)
    return routes


def _add_log_in(routes: APIRouter, auth: AuthService) -> None:
    @routes.get("/login")
    async def login_form(request: Request, next: str = "/") -> Response:
        return form("login.html", request, **await _login_values(auth, next, FIRST_USER))

    @routes.post("/login")
    async def log_in(request: Request, user: Field, password: Field, next: Field = "/") -> Response:
        agent = request.headers.get("user-agent", "")
        try:
            login = await auth.login(user, password, address_of(request), agent)
        except LoginRefused as refused:
            return refused_form("login.html", request, refused, **await _login_values(auth, next, user))
        return await _go_in(request, auth, login, local_path(next))

    @routes.get(CODE_PATH)
    async def code_form(request: Request, next: str = "/") -> Response:
        return form("code.html", request, user=request.state.login.user, next=local_path(next))

    @routes.post(CODE_PATH)
    async def send_code(request: Request, code: Field, next: Field = "/") -> Response:
        waiting: Login = request.state.login  # the guard lets nobody else through
        try:
            login = await auth.pass_code(waiting, code)
        except LoginRefused as refused:
            return refused_form("code.html", request, refused, user=waiting.user, next=local_path(next))
        return await _go_in(request, auth, login, local_path(next))


async def _go_in(request: Request, auth: AuthService, login: Login, target: str) -> Response:
    """The session that the browser had until now ends; what stands in the way comes first."""
    held = request.cookies.get(SESSION_COOKIE)
    if held is not None and held != login.token:
        await auth.end(held)
    if login.hurdle is None:
        return enter(request, login, target)
    onward = "" if target == "/" or login.must_change else f"?next={quote(target)}"
    return enter(request, login, HURDLES[login.hurdle] + onward)


def _add_new_password(routes: APIRouter, auth: AuthService) -> None:
    @routes.get(NEW_PASSWORD_PATH)
    async def password_form(request: Request) -> Response:
        return form("password.html", request, user=request.state.login.user)

    @routes.post(NEW_PASSWORD_PATH)
    async def set_password(request: Request, password: Field, again: Field) -> Response:
        return await change_password(request, auth, "password.html", password, again, "/")


async def change_password(
    request: Request, auth: AuthService, name: str, password: str, again: str, target: str
) -> Response:
    """A new session on the way to `target`, or the form `name` again, saying what is wrong."""
    login: Login = request.state.login
    if password != again:
        error = texts_of_request().say("passwords_differ")
        return form(name, request, 422, user=login.user, error=error)
    try:
        return enter(request, await auth.change_password(login, password), target)
    except PasswordRefused:
        error = texts_of_request().say("password_refused", shortest=SHORTEST, longest=LONGEST)
        return form(name, request, 422, user=login.user, error=error)


def _add_endings(routes: APIRouter, auth: AuthService) -> None:
    @routes.post("/logout")
    async def log_out(request: Request) -> Response:
        login = await auth.login_of(request.cookies.get(SESSION_COOKIE))
        if login is not None:
            await auth.logout(login)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(SESSION_COOKIE, path="/")
        return answer

    @routes.get("/language/{language}")
    async def choose(request: Request, language: Language, next: str = "/") -> Response:
        answer = RedirectResponse(local_path(next), 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(
            LANGUAGE_COOKIE,
            language,
            LANGUAGE_KEPT_S,
            path="/",
            httponly=True,
            samesite="lax",
            secure=secure,
        )
        return answer


async def _login_values(auth: AuthService, next_page: str, user: str) -> dict[str, Any]:
    providers = [
        (one.name, ProviderOptions.model_validate(one.options).title)
        for one in await auth.staff.providers.all()
    ]
    return {"next": local_path(next_page), "user": user, "providers": providers}
