"""Answers that are not sent again to whoever has them: ETag and If-None-Match (RFC 9110)."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    HTTPStatus.NOT_MODIFIED.value: {"description": "As the `If-None-Match` that was sent says."}
}
_TAG_BYTES = 12
# Every reader asks again, and what one member of staff may see is kept from others.
_PRIVATE = "private, no-cache"


def conditional(request: Request, answer: BaseModel | bytes) -> Response:
    """The answer as JSON with its tag; 304 and no body when the request names that tag."""
    body = answer if isinstance(answer, bytes) else answer.model_dump_json().encode()
    tag = f'W/"{hashlib.blake2b(body, digest_size=_TAG_BYTES).hexdigest()}"'  # weak: it may be packed later
    headers = {"ETag": tag, "Cache-Control": _PRIVATE, "Vary": "Authorization, Cookie"}
    if _names(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _names(listed: str, tag: str) -> bool:
    wanted = tag.removeprefix("W/")
    return any(one.strip().removeprefix("W/") in (wanted, "*") for one in listed.split(","))
