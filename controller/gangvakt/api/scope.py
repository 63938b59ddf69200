"""Whose signs a member of staff sees: several municipalities share one controller."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException

from gangvakt.api.guard import login_of

# Routes whose path names no municipality: nothing there is anybody's, or they look by themselves whose it is.
OPEN_TO_ALL = ("login", "logout", "password", "me", "health")
FILTERED = (
    *("signs", "events", "certificates", "sites", "registrations", "map", "live", "dead-letters"),
    "dead-letters/{number}",
    *("municipalities", "site-files", "bundles", "bundles/{bundle}/revoke", "bundles/{bundle}/sync"),
    *("alarms", "alarms/steps", "alarms/{number}"),
    *(f"alarms/{{number}}/{step}" for step in ("acknowledge", "suspend", "resume", "comment", "assign")),
    *("relays", "relays/{name}"),
    *(f"relays/{{name}}/{part}" for part in ("test", "secret", "undelivered", "retry")),
    *("contacts", "contacts/{number}", "notices", "notices/{notice}/revoke"),
)
FOR_EVERYBODY = frozenset(f"/api/v1/{name}" for name in (*OPEN_TO_ALL, *FILTERED))


def sees(request: Request, municipality: str) -> bool:
    """Whether what belongs to `municipality` is shown to whoever asks."""
    return login_of(request).sees(municipality)


def require(request: Request, municipality: str) -> None:
    """404 for what is not shown: whoever may not see it does not learn that it exists."""
    if not sees(request, municipality):
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no {municipality}")


def guard(request: Request) -> None:
    """Before every route: 404 for another's municipality, 403 for what is not divided by municipality.

    A route that is new is closed to whoever sees only some municipalities, until it filters and stands above.
    """
    municipality = request.path_params.get("municipality")
    if municipality is not None:
        require(request, municipality)
    elif request.scope["route"].path not in FOR_EVERYBODY and login_of(request).municipalities is not None:
        raise HTTPException(HTTPStatus.FORBIDDEN, "only staff who see all municipalities may ask for this")
