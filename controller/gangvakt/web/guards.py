"""Guards around the pages, as plain ASGI: sessions, foreign origins, security headers, language."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gangvakt.api.auth import SESSION_COOKIE, AuthService, Hurdle
from gangvakt.api.origins import SAFE_METHODS, is_foreign
from gangvakt.api.passwords import LONGEST
from gangvakt.api.rights import may_open
from gangvakt.store.acting import act_as
from gangvakt.web.lost import no_right
from gangvakt.web.texts import choose_language, language_of_request

LANGUAGE_COOKIE = "gangvakt_language"
WEBSOCKET_REFUSED = 1008  # policy violation, RFC 6455

# Without a session: the forms, our styles, the public files of NiceGUI. The API has a guard of its own.
OPEN_PATHS = (
    "/login",
    "/login/",
    "/logout",
    "/language/",
    "/assets/",
    "/_nicegui/",
    "/api/",
    "/favicon.ico",
    "/public",
    "/public/",
    "/sign/",
    "/healthz",
    "/readyz",
    "/metrics",
)
# Where somebody has to go first: to that page only, which is for nobody else.
CODE_PATH, NEW_PASSWORD_PATH = "/code", "/password"
SECOND_FACTOR_PATH = "/account/second-factor"
HURDLES: Mapping[Hurdle, str] = {
    Hurdle.CODE: CODE_PATH,
    Hurdle.PASSWORD: NEW_PASSWORD_PATH,
    Hurdle.SECOND_FACTOR: SECOND_FACTOR_PATH,
}
SOCKETS = ("/_nicegui_ws/",)

# NiceGUI compiles its templates in the browser ('unsafe-eval') and puts styles into the document; each
# script must be a file of ours or carry the page's nonce.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:{pictures}; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FORM_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FIXED_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
NICEGUI_PAGE = "x-nicegui-content"
NO_RIGHT = ""


class LanguageChoice:
    """Sets `language_of_request` from the language cookie or the browser's languages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            request = HTTPConnection(scope)
            accepted = request.headers.get("accept-language", "")
            language_of_request.set(choose_language(request.cookies.get(LANGUAGE_COOKIE), accepted))
        await self.app(scope, receive, send)


class SessionGuard:
    """Lets nobody past without a session, further than to what he has to do first, or to a page for which
    his role is too low.

    Requests that change something and websockets must come from our own pages.
    """

    def __init__(self, app: ASGIApp, auth: AuthService) -> None:
        self.app = app
        self.auth = auth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _under(scope["path"], ("/api/",)):
            await self.app(scope, receive, send)
        elif _foreign(scope):
            await _refuse(scope, receive, send, PlainTextResponse("request from another site", 403))
        elif (target := await self._detour(scope)) is None:
            await self.app(scope, receive, send)
        else:
            answer = await self._no_right(scope) if target == NO_RIGHT else RedirectResponse(target, 303)
            await _refuse(scope, receive, send, answer)

    async def _no_right(self, scope: Scope) -> Response:
        return no_right(scope, scope["state"]["login"], await self.auth.staff.all())

    async def _detour(self, scope: Scope) -> str | None:
        """Where a request has to go first, NO_RIGHT for nowhere; None when it may pass."""
        path = scope["path"]
        if _under(path, OPEN_PATHS):
            return None
        login = await self.auth.login_of(HTTPConnection(scope).cookies.get(SESSION_COOKIE))
        if login is None:
            return _login_for(path, scope["query_string"].decode("latin-1"))
        if login.hurdle is not None and path != HURDLES[login.hurdle]:
            return HURDLES[login.hurdle]
        if login.hurdle is None and path in (CODE_PATH, NEW_PASSWORD_PATH):
            return "/"
        is_page = not _under(path, SOCKETS)
        if is_page and login.hurdle is None and not may_open(login.granted, path):
            scope.setdefault("state", {})["login"] = login
            return NO_RIGHT
        scope.setdefault("state", {})["login"] = login
        act_as(login.user)
        return None


class SecurityHeaders:
    """Adds the headers that confine what a page may load, and gives each NiceGUI page's scripts a nonce.

    `pictures` is the origin of map tiles, if there is one.
    """

    def __init__(self, app: ASGIApp, pictures: str = "") -> None:
        self.app, self._pictures = app, f" {pictures}" if pictures else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Answer(send, self._pictures).send)


class _Answer:
    """One answer on its way out. A NiceGUI page is held until it is whole, for its scripts to be marked."""

    def __init__(self, send: Send, pictures: str = "") -> None:
        self._send, self._pictures = send, pictures
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is not None:
            await self._collect(self._start, message)
        else:
            await self._send(message)

    async def _begin(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        is_page = headers.get(NICEGUI_PAGE) == "page"
        policy = PAGE_POLICY.format(nonce=self._nonce, pictures=self._pictures) if is_page else FORM_POLICY
        for name, value in {**FIXED_HEADERS, "content-security-policy": policy}.items():
            headers.setdefault(name, value)
        if is_page:
            self._start = message
        else:
            await self._send(message)

    async def _collect(self, start: Message, message: Message) -> None:
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        # Texts of the page are escaped in it, so each "<script" is a tag of the page's frame.
        body = bytes(self._body).replace(b"<script", f'<script nonce="{self._nonce}"'.encode())
        MutableHeaders(scope=start)["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _login_for(path: str, query: str) -> str:
    """The form, which leads to the page afterwards; to the first one when its field cannot hold the page."""
    page = f"{path}?{query}" if query else path
    return "/login" if page == "/" or len(page) > LONGEST else f"/login?next={quote(page)}"


def _under(path: str, places: Sequence[str]) -> bool:
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def _foreign(scope: Scope) -> bool:
    """Whether another site's page caused a request that could change something or read along."""
    is_safe = scope["type"] == "http" and scope["method"] in SAFE_METHODS
    return not is_safe and is_foreign(Headers(scope=scope))


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": WEBSOCKET_REFUSED})
    else:
        await answer(scope, receive, send)
