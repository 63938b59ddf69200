"""The routes of what is shown live: changes as they happen, and the map."""

from __future__ import annotations

from functools import cache, partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from gangvakt.api.conditional import NOT_MODIFIED, conditional
from gangvakt.api.fleet_map import FleetMap, MapOut
from gangvakt.api.guard import login_of
from gangvakt.api.paging import LONGEST_CURSOR, decode_cursor
from gangvakt.api.rights import least_role_of_verb
from gangvakt.api.scope import sees
from gangvakt.api.services import Services
from gangvakt.api.sign_filter import EVERY_SIGN, Municipality, SignFilter, Site, State, Text
from gangvakt.errors import SettingRefused

EVENT_STREAM = "text/event-stream"
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Blocks of server-sent events: `sign` (a sign as it is now), `event` (a stored event, "
        "whose `id` goes into `Last-Event-ID`), `look` (what a sign sees while somebody watches it, for "
        "operators) and `dropped` (what was not told: read the lists again). "
        "A block without data is a heartbeat.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": "event: sign\ndata: {...}\n\n"}},
    }
}
# nginx would keep blocks back otherwise.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

LastEventId = Annotated[
    str | None,
    Header(max_length=LONGEST_CURSOR, description="`id` of the last block: what came later is told first."),
]


def add_live_routes(router: APIRouter, services: Services) -> None:
    @router.get("/live", tags=["events"], response_class=StreamingResponse, responses=STREAM)
    async def listen(request: Request, last_event_id: LastEventId = None) -> Response:
        """What changes from now on, without an end."""
        feeds, login = services.live, login_of(request)
        if feeds is None:
            raise HTTPException(503, "nothing is live here")
        last_id = _last_id(last_event_id)
        feeds.check_room()

        async def still_in() -> bool:
            return await services.auth.login_of(login.token, used=False) is not None

        def watches(municipality: str) -> bool:
            role = login.granted.role_in(municipality)
            return role is not None and role >= least_role_of_verb("watch")

        blocks = feeds.tell(partial(sees, request), still_in, last_id, watches)
        return StreamingResponse(blocks, media_type=EVENT_STREAM, headers=HEADERS)

    fleet_map = FleetMap(services.positions)

    @router.get("/map", tags=["signs"], response_model=MapOut, responses=NOT_MODIFIED)
    async def get_map(
        request: Request,
        municipality: Municipality = None,
        site: Site = None,
        state: State = None,
        text: Text = None,
    ) -> Response:
        """Every sign in one answer, as GeoJSON; `geometry` is null where nobody told where the site is."""
        wanted = SignFilter(municipality, site, state, text)
        is_shown = cache(partial(sees, request))  # asked for every sign, of few municipalities
        seen = (one for one in services.fleet.signs() if is_shown(one.id.municipality))
        shown = seen if wanted == EVERY_SIGN else filter(wanted.fits, seen)
        return conditional(request, fleet_map.of(shown))


def _last_id(text: str | None) -> int | None:
    """An empty one is what browsers send that heard nothing yet."""
    try:
        return decode_cursor(text) if text else None
    except SettingRefused as refused:
        raise SettingRefused(
            "request", "last-event-id", refused.value, "`id` of a block, unchanged"
        ) from None
