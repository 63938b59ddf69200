"""Each request has an id, by which an answer and the log can speak of it, and a line in the log."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gangvakt.tracing import request_id

LOG = logging.getLogger(__name__)

HEADER = "X-Request-ID"
ID_BYTES = 8
# What a proxy gives is taken when it cannot break a line of the log or a header.
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIds:
    """ASGI middleware, outside of all that answers. Paths are logged without their queries.

    `failed` makes the answer where nobody else did.
    """

    def __init__(self, app: ASGIApp, failed: Callable[[], Response]) -> None:
        self.app, self._failed = app, failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        own = given if _ID.fullmatch(given) else secrets.token_hex(ID_BYTES)
        token = request_id.set(own)
        answer = _Answer(send, own)
        begun_s = time.perf_counter()
        try:
            await self.app(scope, receive, answer.send)
        except Exception:
            LOG.exception("%s %s", scope["method"], scope["path"])
            if answer.status:  # too late for another answer: the connection is cut off
                raise
            await self._failed()(scope, receive, answer.send)
        finally:
            _log(scope, answer.status, (time.perf_counter() - begun_s) * 1000)
            request_id.reset(token)


class _Answer:
    def __init__(self, send: Send, own: str) -> None:
        self._send, self._own = send, own
        self.status = 0  # until it begins

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)[HEADER] = self._own
        await self._send(message)


def _log(scope: Scope, status: int, took_ms: float) -> None:
    told = {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "took_ms": round(took_ms, 1),
    }
    LOG.info("%s %s %s", scope["method"], scope["path"], status, extra=told)
