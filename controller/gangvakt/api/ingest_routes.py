"""The routes that tell what ingest could not read, and what did not arrive."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.api.conditional import NOT_MODIFIED, conditional
from gangvakt.api.paging import After, Limit, Page, decode_cursor, encode_cursor
from gangvakt.api.scope import require, sees
from gangvakt.api.services import DeadLetterReader, Services
from gangvakt.fleet import SignId
from gangvakt.provision.ingest_wire import BootOut, DeadLetterOut, GapOut, GapsOut
from gangvakt.store import DeadLetter
from gangvakt.store.gaps import Life

HIGHEST_NUMBER = 2**63 - 1

Number = Annotated[int, Path(ge=1, le=HIGHEST_NUMBER, description="Its number.")]


def add_ingest_routes(router: APIRouter, services: Services) -> None:
    _add_dead_letter_routes(router, services)
    _add_gap_routes(router, services)


def _add_dead_letter_routes(router: APIRouter, services: Services) -> None:
    @router.get("/dead-letters", tags=["events"])
    async def list_dead_letters(
        request: Request, after: After = None, limit: Limit = 100
    ) -> Page[DeadLetterOut]:
        """Messages that nobody could read, one a topic and reason, the newest kind first; a thousand are
        kept."""
        before = decode_cursor(after) if after is not None else None
        found = await _letters(services).page(before, limit + 1)
        shown = [_letter_out(number, letter) for number, letter in found[:limit]]
        more = encode_cursor(found[limit - 1][0]) if len(found) > limit else None
        return Page(items=tuple(one for one in shown if _sees_topic(request, one.topic)), next=more)

    @router.get("/dead-letters/{number}", tags=["events"])
    async def get_dead_letter(number: Number, request: Request) -> DeadLetterOut:
        """One message that nobody could read."""
        letter = await _letters(services).get(number)
        if letter is None or not _sees_topic(request, letter.topic):
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no dead letter {number}, or none any more")
        return _letter_out(number, letter)


def _add_gap_routes(router: APIRouter, services: Services) -> None:
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
            raise _no_broker()
        if services.fleet.sign(wanted) is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no sign {wanted}")
        boots = tuple(map(_boot_out, await services.gaps.lives(wanted)))
        missing = sum(boot.missing for boot in boots)
        return conditional(request, GapsOut(sign=str(wanted), missing=missing, boots=boots))


def _letters(services: Services) -> DeadLetterReader:
    if services.dead_letters is None:
        raise _no_broker()
    return services.dead_letters


def _no_broker() -> HTTPException:
    return HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no broker runs here")


def _sees_topic(request: Request, topic: str) -> bool:
    """A message that names no municipality is shown to whoever sees all."""
    parts = topic.split("/")
    return sees(request, parts[2] if len(parts) > 2 and parts[2] else "*")


def _letter_out(number: int, letter: DeadLetter) -> DeadLetterOut:
    payload = letter.payload.decode("utf-8", "backslashreplace")
    return DeadLetterOut.model_validate(vars(letter) | {"id": number, "payload": payload})


def _boot_out(life: Life) -> BootOut:
    gaps = tuple(GapOut(first_seq=first, last_seq=last) for first, last in life.gaps)
    return BootOut(
        incarnation=life.incarnation,
        boot=life.boot,
        first_seq=life.first_seq,
        last_seq=life.last_seq,
        stored=life.stored,
        missing=life.missing,
        gaps=gaps,
    )
