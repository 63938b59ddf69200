"""Nothing below /api without a session, except what is named here."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from gangvakt.api.auth import SESSION_COOKIE, AuthService, Hurdle, Login
from gangvakt.api.problems import problem

API_PREFIX = "/api"
OPEN_PATHS = frozenset({"/api/v1/health", "/api/v1/login", "/healthz", "/readyz", "/metrics"})
# Where somebody may go who has to do something else first, and what he is told elsewhere.
_ALWAYS = frozenset({"/api/v1/logout", "/api/v1/me"})
OPEN_BEFORE = {
    Hurdle.CODE: _ALWAYS | {"/api/v1/login/code"},
    Hurdle.PASSWORD: _ALWAYS | {"/api/v1/password"},
    Hurdle.SECOND_FACTOR: _ALWAYS | {"/api/v1/second-factor", "/api/v1/second-factor/confirm"},
}
FIRST = {
    Hurdle.CODE: "send the code of your second factor first",
    Hurdle.PASSWORD: "choose a new password first",
    Hurdle.SECOND_FACTOR: "set up a second factor first",
}

_BEARER = "bearer "


def token_of(connection: HTTPConnection) -> str | None:
    """From `Authorization: Bearer ...` or the cookie."""
    header = connection.headers.get("authorization", "")
    if header.lower().startswith(_BEARER):
        return header[len(_BEARER) :].strip()
    return connection.cookies.get(SESSION_COOKIE)


def login_of(request: Request) -> Login:
    """The session that the guard let in."""
    login = request.state.login
    assert isinstance(login, Login)
    return login


class Guard:
    """ASGI middleware; what is forgotten stays closed."""

    def __init__(self, app: ASGIApp, auth: AuthService) -> None:
        self._app, self._auth = app, auth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        guarded = scope["type"] in ("http", "websocket") and _is_below(path, API_PREFIX)
        if not guarded or path in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        login = await self._auth.login_of(token_of(connection))
        if login is None:
            refusal = problem(HTTPStatus.UNAUTHORIZED, "log in first", headers={"WWW-Authenticate": "Bearer"})
        elif login.hurdle is not None and path not in OPEN_BEFORE[login.hurdle]:
            refusal = problem(HTTPStatus.FORBIDDEN, FIRST[login.hurdle])
        else:
            connection.state.login = login
            await self._app(scope, receive, send)
            return
        await refusal(scope, receive, send)


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
