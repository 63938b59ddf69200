"""The routes that tell what ingest could not read, and what did not arrive."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.api.conditional import NOT_MODIFIED, conditional
from gangvakt.api.fleet_routes import sees_topic
from gangvakt.api.ingest_models import GapsOut
from gangvakt.api.models import DeadLetterOut
from gangvakt.api.scope import require
from gangvakt.api.services import Services
from gangvakt.fleet import SignId

NO_BROKER = "no broker runs here"
HIGHEST_NUMBER = 2**63 - 1


def add_ingest_routes(router: APIRouter, services: Services) -> None:
    @router.get("/dead-letters/{number}", tags=["events"])
    async def get_dead_letter(
        number: Annotated[int, Path(ge=1, le=HIGHEST_NUMBER, description="Its number.")], request: Request
    ) -> DeadLetterOut:
        """One message that nobody could read."""
        if services.dead_letters is None:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, NO_BROKER)
        letter = await services.dead_letters.get(number)
        if letter is None or not sees_topic(request, letter.topic):
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no dead letter {number}, or none any more")
        return DeadLetterOut.of(number, letter)

    @router.get(
        "/signs/{municipality}/{site}/{sign}/gaps",
        tags=["signs"],
        response_model=GapsOut,
        responses=NOT_MODIFIED,
    )
    async def get_gaps(municipality: str, site: str, sign: str, request: Request) -> Response:
        """Which numbered events of a sign are not stored, by its boots."""
        require(request, municipality)
        wanted = SignId(municipality, site, sign)
        if services.gaps is None:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, NO_BROKER)
        if services.fleet.sign(wanted) is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no sign {wanted}")
        return conditional(request, GapsOut.of(wanted, await services.gaps.lives(wanted)))
