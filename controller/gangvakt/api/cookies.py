"""The cookie that browsers keep a session in."""

from __future__ import annotations

from fastapi import Request, Response

from gangvakt.api.auth import SESSION_COOKIE, SESSION_LIFE_S, Login


def set_session(request: Request, response: Response, login: Login) -> None:
    """Kept from scripts, and from requests that other sites' pages make, but for links to ours."""
    response.set_cookie(
        SESSION_COOKIE,
        login.token,
        max_age=SESSION_LIFE_S,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
