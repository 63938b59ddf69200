"""Nothing below /api without a session or a token, except what is named here."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gangvakt.api.auth import SESSION_COOKIE, AuthService, Hurdle, Login
from gangvakt.api.origins import SAFE_METHODS, is_foreign
from gangvakt.api.problems import problem
from gangvakt.errors import LoginLocked
from gangvakt.store.acting import act_as

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
    return bearer_of(connection) or connection.cookies.get(SESSION_COOKIE)


def bearer_of(connection: HTTPConnection) -> str | None:
    """From `Authorization: Bearer ...`, which no page of another site can send."""
    header = connection.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else None


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
        answer = await self._refusal(HTTPConnection(scope), path) if guarded else None
        await (answer or self._app)(scope, receive, send)

    async def _refusal(self, connection: HTTPConnection, path: str) -> Response | None:
        """None for whoever may pass; his log-in is in the state then."""
        changes = connection.scope.get("method") not in SAFE_METHODS
        if changes and bearer_of(connection) is None and is_foreign(connection.headers):
            return problem(HTTPStatus.FORBIDDEN, "a page of another site asked for this")
        if path in OPEN_PATHS:
            return None
        try:
            login = await self._auth.login_of(token_of(connection))
        except LoginLocked as error:
            wait = {"Retry-After": str(error.retry_after_s)}
            return problem(HTTPStatus.TOO_MANY_REQUESTS, "too many requests with this token", headers=wait)
        if login is None:
            return problem(HTTPStatus.UNAUTHORIZED, "log in first", headers={"WWW-Authenticate": "Bearer"})
        if login.hurdle is not None and path not in OPEN_BEFORE[login.hurdle]:
            return problem(HTTPStatus.FORBIDDEN, FIRST[login.hurdle])
        connection.state.login = login
        act_as(login.user)
        return None


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
