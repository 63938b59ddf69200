"""What a controller's answers say when it did not do what it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from gangvakt.errors import RowRefusal

LONGEST_DETAIL = 300
LONGEST_FIELD = 80


def reason_of(error: httpx.HTTPError) -> str:
    """Why there is no answer."""
    text = str(error).partition("\n")[0]
    return text or type(error).__name__


def detail_of(reply: httpx.Response) -> str:
    """The controller's own line; it may be a proxy that answers."""
    try:
        detail = reply.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = None
    if not isinstance(detail, str):
        return f"the controller answers {reply.status_code} {reply.reason_phrase}"
    return " ".join(detail.split())[:LONGEST_DETAIL]


def rows_of(reply: httpx.Response) -> tuple[RowRefusal, ...]:
    """Of a file, each row that is refused."""
    try:
        return tuple(_row(one) for one in reply.json()["errors"] if "line" in one)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def _row(error: Mapping[str, Any]) -> RowRefusal:
    field, allowed = str(error["field"])[:LONGEST_FIELD], str(error["allowed"])[:LONGEST_DETAIL]
    return RowRefusal(int(error["line"]), field, error["value"], " ".join(allowed.split()))
