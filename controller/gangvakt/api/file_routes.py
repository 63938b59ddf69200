"""The routes of what staff know of municipalities, crossings and signs.

Whoever changes a description says by If-Match which version he has read, as its ETag told.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.api.guard import login_of
from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.file_wire import (
    LONGEST_WORD,
    KeptDays,
    LogIn,
    MunicipalitiesOut,
    MunicipalityIn,
    MunicipalityOut,
    NoteIn,
    NoteOut,
    PartIn,
    PartOut,
    PhotoOut,
    RepairOut,
    SignFileIn,
    SignFileOut,
    SiteFileIn,
    SiteFileOut,
    SiteFilesOut,
    SiteRowsIn,
    StepIn,
)
from gangvakt.provision.wire_values import PRINTABLE

ONE_SITE = "/sites/{municipality}/{site}/file"
ONE_SIGN = "/signs/{municipality}/{site}/{sign}"
HIGHEST_NUMBER = 2**31 - 1
ETAG = re.compile(r'"([0-9]{1,9})"')

IfMatch = Annotated[str | None, Header(description="ETag of what was read before.", examples=['"3"'])]
Number = Annotated[int, Path(ge=1, le=HIGHEST_NUMBER)]


def add_file_routes(router: APIRouter, services: Services) -> None:
    _add_municipality_routes(router, services)
    _add_site_routes(router, services)
    _add_sign_routes(router, services)
    _add_log_routes(router, services)
    _add_photo_routes(router, services)


def _add_municipality_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.site_files

    @router.get("/municipalities")
    async def municipalities(request: Request) -> MunicipalitiesOut:
        """Those that are seen, by their names."""
        found = await files.municipalities()
        return MunicipalitiesOut(items=tuple(one for one in found if sees(request, one.municipality)))

    @router.put("/municipalities/{municipality}")
    async def put_municipality(
        municipality: str, body: MunicipalityIn, response: Response, if_match: IfMatch = None
    ) -> MunicipalityOut:
        """Makes or replaces its description; a new one is at version 0 before."""
        told = await files.put_municipality(municipality, body, _version(if_match))
        response.headers["ETag"] = _etag(told.version)
        return told


def _add_site_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.site_files

    @router.get("/site-files")
    async def site_files(request: Request) -> SiteFilesOut:
        """What is known of every crossing that is seen."""
        found = await files.all()
        return SiteFilesOut(items=tuple(one for one in found if sees(request, one.site.partition("/")[0])))

    @router.post("/site-files")
    async def take_in(body: SiteRowsIn, request: Request) -> SiteFilesOut:
        """Describes all these crossings anew, or none; those that change."""
        for row in body.rows:
            require(request, row.site.partition("/")[0])
        return SiteFilesOut(items=await files.take_in(body))

    @router.get(ONE_SITE)
    async def site_file(municipality: str, site: str, response: Response) -> SiteFileOut:
        """What is known of one crossing."""
        told = await files.one(SiteId(municipality, site))
        response.headers["ETag"] = _etag(told.version)
        return told

    @router.put(ONE_SITE)
    async def put_site_file(
        municipality: str, site: str, body: SiteFileIn, response: Response, if_match: IfMatch = None
    ) -> SiteFileOut:
        """Replaces the description; an approval locks patterns and brightness from now on."""
        told = await files.put(SiteId(municipality, site), body, _version(if_match))
        response.headers["ETag"] = _etag(told.version)
        return told


def _add_sign_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.sign_files

    @router.get(f"{ONE_SIGN}/file")
    async def sign_file(municipality: str, site: str, sign: str, response: Response) -> SignFileOut:
        """All that is known of one sign beyond its status."""
        told = await files.one(SignId(municipality, site, sign))
        response.headers["ETag"] = _etag(told.version)
        return told

    @router.put(f"{ONE_SIGN}/file")
    async def put_sign_file(
        municipality: str,
        site: str,
        sign: str,
        body: SignFileIn,
        response: Response,
        if_match: IfMatch = None,
    ) -> SignFileOut:
        """Where it is mounted and how it is fed."""
        told = await files.put(SignId(municipality, site, sign), body, _version(if_match))
        response.headers["ETag"] = _etag(told.version)
        return told

    @router.post(f"{ONE_SIGN}/state")
    async def step(
        municipality: str, site: str, sign: str, body: StepIn, request: Request, response: Response
    ) -> SignFileOut:
        """Into another state of its life; 409 where that may not follow."""
        told = await files.step(SignId(municipality, site, sign), body, login_of(request).user)
        response.headers["ETag"] = _etag(told.version)
        return told


def _add_log_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.sign_files

    @router.post(f"{ONE_SIGN}/parts", status_code=HTTPStatus.CREATED)
    async def fit(municipality: str, site: str, sign: str, body: PartIn, request: Request) -> PartOut:
        """A part is in the sign from now on."""
        return await files.fit(SignId(municipality, site, sign), body, login_of(request).user)

    @router.delete(f"{ONE_SIGN}/parts/{{number}}", status_code=HTTPStatus.NO_CONTENT)
    async def remove_part(municipality: str, site: str, sign: str, number: Number) -> None:
        """It is not in the sign any more; the file keeps it."""
        await files.remove_part(SignId(municipality, site, sign), number)

    @router.post(f"{ONE_SIGN}/repairs", status_code=HTTPStatus.CREATED)
    async def repair(municipality: str, site: str, sign: str, body: LogIn, request: Request) -> RepairOut:
        """What was done to the sign."""
        return await files.repair(SignId(municipality, site, sign), body, login_of(request).user)

    @router.post(f"{ONE_SIGN}/notes", status_code=HTTPStatus.CREATED)
    async def note(municipality: str, site: str, sign: str, body: NoteIn, request: Request) -> NoteOut:
        """A note that is deleted after `keep_days`."""
        return await files.note(SignId(municipality, site, sign), body, login_of(request).user)


def _add_photo_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.sign_files

    @router.post(f"{ONE_SIGN}/photos", status_code=HTTPStatus.CREATED)
    async def add_photo(
        municipality: str,
        site: str,
        sign: str,
        request: Request,
        text: Annotated[str, Query(max_length=LONGEST_WORD, pattern=PRINTABLE)] = "",
        keep_days: Annotated[KeptDays, Query()] = 365,
    ) -> PhotoOut:
        """The body is a JPEG or PNG; what the camera wrote beside the picture is not kept."""
        data, user = await request.body(), login_of(request).user
        return await files.add_photo(SignId(municipality, site, sign), data, text, keep_days, user)

    @router.get(f"{ONE_SIGN}/photos/{{number}}", response_class=Response)
    async def photo(municipality: str, site: str, sign: str, number: Number) -> Response:
        """The picture as JPEG."""
        data = await files.photo(SignId(municipality, site, sign), number)
        return Response(data, media_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})

    @router.delete(f"{ONE_SIGN}/photos/{{number}}", status_code=HTTPStatus.NO_CONTENT)
    async def delete_photo(municipality: str, site: str, sign: str, number: Number) -> None:
        """Before its time."""
        await files.delete_photo(SignId(municipality, site, sign), number)


def _etag(version: int) -> str:
    return f'"{version}"'


def _version(if_match: str | None) -> int:
    """428 without; SettingRefused for what is no ETag of ours."""
    if if_match is None:
        raise HTTPException(HTTPStatus.PRECONDITION_REQUIRED, "say by If-Match which ETag you have read")
    found = ETAG.fullmatch(if_match.strip())
    if found is None:
        raise SettingRefused("request", "If-Match", if_match[:80], 'one ETag as it was told, like "3"')
    return int(found.group(1))
