"""A bound on what a request may carry, before anybody is asked who he is."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gangvakt.api.problems import problem

LARGEST_BODY = 256 * 1024  # bytes; the largest form is far below
LARGEST_PHOTO = 8 * 1024 * 1024
LARGEST_UPDATE = 4 * 1024 * 1024  # as of an update file
_ARTIFACTS = "/api/v1/artifacts"
_PHOTOS = re.compile(r"/api/v1/signs/[^/]+/[^/]+/[^/]+/photos")


class BodyLimit:
    """ASGI middleware: refuses a body that says it is larger, and stops reading one that turns out to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = _most(scope["path"])
        if _announced(Headers(scope=scope)) > most:
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {most} bytes")
            await refusal(scope, receive, send)
        else:
            await self._app(scope, _counting(receive, most), send)


def _most(path: str) -> int:
    if path == _ARTIFACTS:
        return LARGEST_UPDATE
    return LARGEST_PHOTO if _PHOTOS.fullmatch(path) else LARGEST_BODY


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0


def _counting(receive: Receive, most: int) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {most} bytes")
        return message

    return counted
