"""What somebody reads where there is no such page, or none for his role: what to do, in his language."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gangvakt.web.forms import form, texts_of_request

# Of programs: they get the answer as it is.
PROGRAMS = (
    "/api/",
    "/assets/",
    "/_nicegui/",
    "/_nicegui_ws/",
    "/overview/",
    "/metrics",
    "/healthz",
    "/readyz",
)
LONGEST_SHOWN = 120


def no_right(scope: Scope) -> Response:
    """403: his role does not open the page."""
    return _page(scope, "lost_no_right", HTTPStatus.FORBIDDEN)


class LostPages:
    """Puts a page in the place of each 404 that a person would see."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_of_a_person(scope):
            await self.app(scope, receive, send)
            return
        is_lost = False

        async def pass_on(message: Message) -> None:
            nonlocal is_lost
            is_lost |= message["type"] == "http.response.start" and message["status"] == HTTPStatus.NOT_FOUND
            if not is_lost:
                await send(message)

        await self.app(scope, receive, pass_on)
        if is_lost:
            await _page(scope, "lost_missing", HTTPStatus.NOT_FOUND)(scope, receive, send)


def _is_of_a_person(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _page(scope: Scope, key: str, status: HTTPStatus) -> Response:
    texts = texts_of_request()
    values = {"title": texts.say(key), "hint": texts.say(f"{key}_hint")}
    request = Request(scope)
    return form("lost.html", request, status, here=request.url.path[:LONGEST_SHOWN], **values)
