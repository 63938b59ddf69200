"""The routes of flight recordings, which signs send when they are asked to."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from gangvakt.api.guard import login_of
from gangvakt.api.order_routes import ONE_SIGN, orders_of
from gangvakt.api.services import Services
from gangvakt.errors import Missing
from gangvakt.fleet import SignId
from gangvakt.provision.order_wire import AnswerOut, RecordingOut
from gangvakt.recordings import Progress, Transfers

ONE_RECORDING = f"{ONE_SIGN}/recordings/{{number}}"
FETCH = "recording-fetch"

OCTETS = "application/octet-stream"
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}
}

Number = Annotated[int, InPath(ge=1, lt=2**32, description="The number of the recording.", examples=[7])]


def add_recording_routes(router: APIRouter, services: Services) -> None:
    @router.post(ONE_RECORDING, tags=["recordings"])
    async def fetch_recording(
        municipality: str, site: str, sign: str, number: Number, request: Request
    ) -> AnswerOut:
        """Has the sign send it, and tells the sign's answer: also a refusal, which is no error here."""
        wanted, user = SignId(municipality, site, sign), login_of(request).user
        _transfers(services).ask(wanted, number)
        answer = await orders_of(services).commander.command(wanted, FETCH, number, user)
        return AnswerOut.model_validate(answer)

    @router.get(ONE_RECORDING, tags=["recordings"])
    async def get_recording(municipality: str, site: str, sign: str, number: Number) -> RecordingOut:
        """How far it has come since it was asked for."""
        return _out(_progress(services, SignId(municipality, site, sign), number))

    @router.get(f"{ONE_RECORDING}/file", tags=["recordings"], response_class=FileResponse, responses=FILE)
    async def get_recording_file(municipality: str, site: str, sign: str, number: Number) -> FileResponse:
        """The recording itself, once it is kept."""
        found = _progress(services, SignId(municipality, site, sign), number)
        return FileResponse(_kept(found, number), media_type=OCTETS)


def _transfers(services: Services) -> Transfers:
    if services.recordings is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no broker runs here")
    return services.recordings


def _progress(services: Services, sign: SignId, number: int) -> Progress:
    found = _transfers(services).progress(sign, number)
    if found is None:
        raise Missing("transfer of recording", str(number), "fetch it first")
    return found


def _kept(found: Progress, number: int) -> Path:
    if found.file is None or not found.file.is_file():
        raise Missing("file of recording", str(number), "fetch it first")
    return found.file


def _out(found: Progress) -> RecordingOut:
    return RecordingOut(
        number=found.number,
        state=found.state.value,
        received=found.received,
        bytes=found.bytes,
        file=found.file.name if found.file else None,
        why=found.why,
    )
