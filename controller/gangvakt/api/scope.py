"""Whose signs a member of staff sees: several municipalities share one controller."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException

from gangvakt.api.guard import login_of


def sees(request: Request, municipality: str) -> bool:
    """Whether what belongs to `municipality` is shown to whoever asks."""
    return login_of(request).sees(municipality)


def require(request: Request, municipality: str) -> None:
    """404 for what is not shown: whoever may not see it does not learn that it exists."""
    if not sees(request, municipality):
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no {municipality}")
