"""Whose signs a member of staff sees, and what he may do about them: municipalities share one controller."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException

from gangvakt.api.auth import Login
from gangvakt.api.guard import login_of
from gangvakt.api.rights import OPEN, OWN, OWN_OF_PROGRAMS, RoleTooLow, least_role, require_role
from gangvakt.fleet.roles import Role

# Routes whose path names no municipality, and which look by themselves whose it is.
FILTERED = (
    *("signs", "events", "certificates", "sites", "registrations", "map", "live", "dead-letters", "counts"),
    *("municipalities", "site-files", "sign-files"),
    *("bundles", "bundles/{bundle}/revoke", "bundles/{bundle}/sync"),
    *("alarms", "alarms/steps", "alarms/{number}", "alarms/{number}/steps"),
    *(f"alarms/{{number}}/{step}" for step in ("acknowledge", "suspend", "resume", "comment", "assign")),
    *("relays", "relays/{name}"),
    *(f"relays/{{name}}/{part}" for part in ("test", "secret", "undelivered", "retry")),
    *("artifacts", "rollouts", "rollouts/{number}", "rollouts/{number}/history"),
    *(f"rollouts/{{number}}/{step}" for step in ("start", "pause", "resume", "abort", "roll-back")),
    *("people", "people/{user}", "people/{user}/tokens", "people/{user}/tokens/{number}"),
    *(f"people/{{user}}/{part}" for part in ("roles", "lock", "unlock", "password")),
    *("people/{user}/second-factor", "people/{user}/sessions"),
    *("approvals", "approvals/{number}"),
    *(f"approvals/{{number}}/{step}" for step in ("approve", "refuse", "take", "finish")),
    *("contacts", "contacts/{number}", "notices", "notices/{notice}/revoke"),
    "dead-letters/{number}",
    *("fault-reports", "fault-reports/{number}/done"),
)
FOR_EVERYBODY = frozenset(f"/api/v1/{name}" for name in FILTERED)


def sees(request: Request, municipality: str) -> bool:
    """Whether whoever asks may, in `municipality`, what the route does."""
    return login_of(request).sees(municipality)


def is_known(request: Request, municipality: str) -> bool:
    """Whether whoever asks has any role in `municipality`, enough for the route or not."""
    return login_of(request).granted.role_in(municipality) is not None


def require(request: Request, municipality: str, role: Role | None = None) -> None:
    """404 for what is not shown: whoever may not see it does not learn that it exists. 403 where his role
    there is too low for the route, or for `role`."""
    login = login_of(request)
    require_role(login.granted, role or login.least, municipality)


def guard(request: Request) -> None:
    """Before every route: 403 and 404 as by RIGHTS.

    From here on the log-in has only those of its municipalities where its role is enough for the route, so
    that what filters by them shows, and touches, nothing else. A route that is new is closed to whoever has
    not the same role everywhere, until it filters and stands above.
    """
    path = request.scope["route"].path
    line = f"{request.method} {path}"
    if line in OPEN:
        return
    login, role = login_of(request), least_role(request.method, path)
    if line in OWN:
        if login.is_token and line not in OWN_OF_PROGRAMS:
            raise HTTPException(HTTPStatus.FORBIDDEN, "a token may not; log in with a password")
        return
    municipality = request.path_params.get("municipality")
    if municipality is not None:
        require_role(login.granted, role, municipality)
    elif path not in FOR_EVERYBODY and not _everywhere(login, role):
        raise RoleTooLow(role, "your role in all municipalities is less")
    elif not login.granted.at_least(role):
        raise RoleTooLow(role, "your role is less")
    request.state.login = login.narrowed(role)


def _everywhere(login: Login, role: Role) -> bool:
    return (login.granted.everywhere or 0) >= role
