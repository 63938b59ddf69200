"""The page behind the signed link of a message: it shows the alarms, and its button acknowledges them.

Only the button does: programs that look at links before people do (previews, scanners of mails) GET them.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from gangvakt.api.relay_routes import desk_of
from gangvakt.api.services import Services
from gangvakt.api.throttle import Throttle
from gangvakt.errors import LinkRefused, LoginLocked, StoreError
from gangvakt.relay.links import LONGEST_TOKEN
from gangvakt.relay.notice_states import NoticeState
from gangvakt.relay.rate import Rate
from gangvakt.relay.wording import word
from gangvakt.store.notices import Notice

PREFIX = "/a"
WRONG_LOCKS_AT = 10  # tokens in a row that are none, from one address
MOST_A_MINUTE = 60  # requests of one address: each asks the database

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}
STYLE = (
    "body{font:18px/1.5 sans-serif;max-width:34em;margin:2em auto;padding:0 1em}"
    "button{font:inherit;padding:.6em 1.5em;background:#0a5;color:#fff;border:0;border-radius:.3em}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
)
Token = Annotated[str, Path(max_length=4 * LONGEST_TOKEN)]
Answer = Callable[[], HTMLResponse]


def make_link_router(services: Services) -> APIRouter:
    """Outside of the guard: the token says who it is."""
    router = APIRouter(prefix=PREFIX, include_in_schema=False)
    guesses, rate = Throttle(WRONG_LOCKS_AT), Rate(MOST_A_MINUTE)

    def check(request: Request) -> str:
        address = request.client.host if request.client else "unknown"
        rate.take(address)
        guesses.check(address)
        return address

    async def answer(token: str, request: Request, *, acknowledge: bool) -> HTMLResponse:
        try:
            address = check(request)
            notifier = desk_of(services).notifier
            if acknowledge:
                return _page(await notifier.acknowledge_by(token), None)
            notice, _ = await notifier.look_at(token)
            guesses.succeeded(address)
            return _page(notice, token)
        except LoginLocked as error:
            wait = {"retry-after": str(error.retry_after_s)}
            return _plain(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests", "Wait a while.", wait)
        except LinkRefused as error:
            if error.field == "token":
                guesses.failed(address)
            return _plain(HTTPStatus.FORBIDDEN, "This link does not work", str(error))
        except StoreError:
            return _plain(HTTPStatus.SERVICE_UNAVAILABLE, "Not now", "Nothing was acknowledged. Try again.")

    @router.get("/{token}")
    async def show(token: Token, request: Request) -> HTMLResponse:
        return await answer(token, request, acknowledge=False)

    @router.post("/{token}")
    async def acknowledge(token: Token, request: Request) -> HTMLResponse:
        return await answer(token, request, acknowledge=True)

    return router


def _page(notice: Notice, token: str | None) -> HTMLResponse:
    wording = word(notice, None)
    lines = "".join(f"<li>{escape(line)}</li>" for line in wording.lines)
    state = {
        NoticeState.ACKNOWLEDGED.value: f"Acknowledged by {notice.acknowledged_by or 'somebody'}.",
        NoticeState.CLEARED.value: "Over by itself.",
    }.get(notice.state)
    if state is not None:
        return _html(
            HTTPStatus.OK, wording.subject, f"<p><strong>{escape(state)}</strong></p><ul>{lines}</ul>"
        )
    action = f"{PREFIX}/{escape(token or '')}"
    form = f'<form method="post" action="{action}"><button>Acknowledge</button></form>'
    return _html(HTTPStatus.OK, wording.subject, f"<ul>{lines}</ul>{form}")


def _plain(status: HTTPStatus, title: str, text: str, headers: dict[str, str] | None = None) -> HTMLResponse:
    return _html(status, title, f"<p>{escape(text)}</p>", headers)


def _html(
    status: HTTPStatus, title: str, content: str, headers: dict[str, str] | None = None
) -> HTMLResponse:
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
    )
    body = f"<h1>{escape(title)}</h1>{content}"
    text = f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'
    return HTMLResponse(text, status, HEADERS | (headers or {}))
