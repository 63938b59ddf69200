"""What somebody reads where there is no such page, or none for his role: what to do, in his language."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import Request, Response
from nicegui import Client
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gangvakt.api.auth import Login
from gangvakt.api.rights import role_of_page
from gangvakt.fleet.roles import EVERYWHERE, Grants, Role
from gangvakt.store.records import Member
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
MOST_GIVERS = 10


def no_right(scope: Scope, login: Login, members: Sequence[Member]) -> Response:
    """403: his role does not open the page. Which does, and who of the `members` can give it."""
    texts, role = texts_of_request(), role_of_page(scope["path"])
    held = login.granted.highest
    who = ", ".join(givers(login.granted, members)[:MOST_GIVERS])
    hint = texts.say(
        "lost_no_right_hint",
        role=texts.say(role.word) if role else "",
        held=texts.say(held.word) if held else texts.say("lost_no_role"),
        who=who or texts.say("lost_nobody"),
    )
    return _page(scope, "lost_no_right", HTTPStatus.FORBIDDEN, hint)


def givers(granted: Grants, members: Sequence[Member]) -> list[str]:
    """Who can give somebody more: administrators where he has a role, or of all where he has none."""
    places = [place for place in granted if place != EVERYWHERE] or [EVERYWHERE]
    able = [one for one in members if not one.locked]
    return [
        one.user for one in able if any(one.grants.role_in(place) is Role.ADMINISTRATOR for place in places)
    ]


def tell_missing(client: Client) -> None:
    """What the page is about is not there, and the page says so itself: a 404 with words of its own."""
    client.status_code = HTTPStatus.NOT_FOUND
    client.request.state.tells_missing = True


class LostPages:
    """Puts a page in the place of each 404 that a person would see, but for those that tell it themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_of_a_person(scope):
            await self.app(scope, receive, send)
            return
        is_lost, told = False, scope.setdefault("state", {})

        async def pass_on(message: Message) -> None:
            nonlocal is_lost
            is_start = message["type"] == "http.response.start"
            is_lost |= (
                is_start and message["status"] == HTTPStatus.NOT_FOUND and not told.get("tells_missing")
            )
            if not is_lost:
                await send(message)

        await self.app(scope, receive, pass_on)
        if is_lost:
            await _page(scope, "lost_missing", HTTPStatus.NOT_FOUND)(scope, receive, send)


def _is_of_a_person(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _page(scope: Scope, key: str, status: HTTPStatus, hint: str = "") -> Response:
    texts = texts_of_request()
    values = {"title": texts.say(key), "hint": hint or texts.say(f"{key}_hint")}
    request = Request(scope)
    return form("lost.html", request, status, here=request.url.path[:LONGEST_SHOWN], **values)
