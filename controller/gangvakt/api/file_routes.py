"""The routes of what staff know of municipalities, crossings and signs.

Whoever changes a description says by If-Match which version he has read, as its ETag told.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.api.guard import login_of
from gangvakt.api.paging import HIGHEST_INTEGER, After, Limit, Page, page_of_sorted
from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.file_wire import (
    LONGEST_WORD,
    KeptDays,
    LogIn,
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
    SiteRowsIn,
    SiteRowsOut,
    StepIn,
)
from gangvakt.provision.wire_values import PRINTABLE

PICTURE_KINDS = ("image/jpeg", "image/png")
ONE_SITE = "/sites/{municipality}/{site}/file"
ONE_SIGN = "/signs/{municipality}/{site}/{sign}"
ETAG = re.compile(r'"([0-9]{1,15})"')  # a version, or when it was changed

PICTURE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in PICTURE_KINDS},
    }
}

IfMatch = Annotated[str | None, Header(description="ETag of what was read before.", examples=['"3"'])]
Number = Annotated[
    int,
    Path(ge=1, le=HIGHEST_INTEGER, description="Its number, as the sign's file tells it.", examples=[3]),
]


def add_file_routes(router: APIRouter, services: Services) -> None:
    _add_municipality_routes(router, services)
    _add_site_routes(router, services)
    _add_sign_routes(router, services)
    _add_log_routes(router, services)
    _add_photo_routes(router, services)


def _add_municipality_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.site_files

    @router.get("/municipalities")
    async def list_municipalities(
        request: Request, after: After = None, limit: Limit = 100
    ) -> Page[MunicipalityOut]:
        """Municipalities that are described, ordered by their names."""
        found = [one for one in await files.municipalities() if sees(request, one.municipality)]
        return page_of_sorted(found, after, limit, lambda one: one.municipality)

    @router.put("/municipalities/{municipality}")
    async def put_municipality(
        municipality: str, body: MunicipalityIn, response: Response, if_match: IfMatch = None
    ) -> MunicipalityOut:
        """Makes or replaces its description; a new one is at version 0 before."""
        told = await files.put_municipality(municipality, body, version_of(if_match))
        response.headers["ETag"] = etag(told.version)
        return told


def _add_site_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.site_files

    @router.get("/site-files")
    async def list_site_files(request: Request, after: After = None, limit: Limit = 100) -> Page[SiteFileOut]:
        """What is known of every crossing, ordered by their names."""
        found = [one for one in await files.all() if sees(request, one.site.partition("/")[0])]
        return page_of_sorted(found, after, limit, lambda one: one.site)

    @router.post("/site-files")
    async def import_site_files(body: SiteRowsIn, request: Request) -> SiteRowsOut:
        """Describes all these crossings anew, or none; tells those that change."""
        for row in body.rows:
            require(request, row.site.partition("/")[0])
        return SiteRowsOut(items=await files.take_in(body))

    @router.get(ONE_SITE)
    async def get_site_file(municipality: str, site: str, response: Response) -> SiteFileOut:
        """What is known of one crossing."""
        told = await files.one(SiteId(municipality, site))
        response.headers["ETag"] = etag(told.version)
        return told

    @router.put(ONE_SITE)
    async def put_site_file(
        municipality: str, site: str, body: SiteFileIn, response: Response, if_match: IfMatch = None
    ) -> SiteFileOut:
        """Replaces the description; an approval locks patterns and brightness from now on."""
        told = await files.put(SiteId(municipality, site), body, version_of(if_match))
        response.headers["ETag"] = etag(told.version)
        return told


def _add_sign_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.sign_files

    @router.get(f"{ONE_SIGN}/file")
    async def get_sign_file(municipality: str, site: str, sign: str, response: Response) -> SignFileOut:
        """All that is known of one sign beyond its status."""
        told = await files.one(SignId(municipality, site, sign))
        response.headers["ETag"] = etag(told.version)
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
        told = await files.put(SignId(municipality, site, sign), body, version_of(if_match))
        response.headers["ETag"] = etag(told.version)
        return told

    @router.post(f"{ONE_SIGN}/state")
    async def change_state(
        municipality: str, site: str, sign: str, body: StepIn, request: Request, response: Response
    ) -> SignFileOut:
        """Into another state of its life; 409 where that may not follow."""
        told = await files.step(SignId(municipality, site, sign), body, login_of(request).user)
        response.headers["ETag"] = etag(told.version)
        return told


def _add_log_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.sign_files

    @router.post(f"{ONE_SIGN}/parts", status_code=HTTPStatus.CREATED)
    async def fit_part(municipality: str, site: str, sign: str, body: PartIn, request: Request) -> PartOut:
        """A part is in the sign from now on."""
        return await files.fit(SignId(municipality, site, sign), body, login_of(request).user)

    @router.delete(f"{ONE_SIGN}/parts/{{number}}", status_code=HTTPStatus.NO_CONTENT)
    async def remove_part(municipality: str, site: str, sign: str, number: Number) -> None:
        """It is not in the sign any more; the file keeps it."""
        await files.remove_part(SignId(municipality, site, sign), number)

    @router.post(f"{ONE_SIGN}/repairs", status_code=HTTPStatus.CREATED)
    async def add_repair(municipality: str, site: str, sign: str, body: LogIn, request: Request) -> RepairOut:
        """What was done to the sign."""
        return await files.repair(SignId(municipality, site, sign), body, login_of(request).user)

    @router.post(f"{ONE_SIGN}/notes", status_code=HTTPStatus.CREATED)
    async def add_note(municipality: str, site: str, sign: str, body: NoteIn, request: Request) -> NoteOut:
        """A note that is deleted after `keep_days`."""
        return await files.note(SignId(municipality, site, sign), body, login_of(request).user)


def _add_photo_routes(router: APIRouter, services: Services) -> None:
    files = services.registry.sign_files

    @router.post(f"{ONE_SIGN}/photos", status_code=HTTPStatus.CREATED, openapi_extra=PICTURE)
    async def add_photo(
        municipality: str,
        site: str,
        sign: str,
        request: Request,
        text: Annotated[
            str,
            Query(
                max_length=LONGEST_WORD,
                pattern=PRINTABLE,
                description="What it shows.",
                examples=["mounted"],
            ),
        ] = "",
        keep_days: Annotated[KeptDays, Query()] = 365,
    ) -> PhotoOut:
        """The body is a JPEG or PNG; what the camera wrote beside the picture is not kept."""
        data, user = await request.body(), login_of(request).user
        return await files.add_photo(SignId(municipality, site, sign), data, text, keep_days, user)

    @router.get(
        f"{ONE_SIGN}/photos/{{number}}",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}, "description": "The picture."}},
    )
    async def get_photo(municipality: str, site: str, sign: str, number: Number) -> Response:
        """The picture as JPEG."""
        data = await files.photo(SignId(municipality, site, sign), number)
        return Response(data, media_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})

    @router.delete(f"{ONE_SIGN}/photos/{{number}}", status_code=HTTPStatus.NO_CONTENT)
    async def delete_photo(municipality: str, site: str, sign: str, number: Number) -> None:
        """Before its time."""
        await files.delete_photo(SignId(municipality, site, sign), number)


def etag(version: int) -> str:
    return f'"{version}"'


def version_of(if_match: str | None) -> int:
    """428 without; SettingRefused for what is no ETag of ours."""
    if if_match is None:
        raise HTTPException(HTTPStatus.PRECONDITION_REQUIRED, "say by If-Match which ETag you have read")
    found = ETAG.fullmatch(if_match.strip())
    if found is None:
        raise SettingRefused("request", "If-Match", if_match[:80], 'one ETag as it was told, like "3"')
    return int(found.group(1))


def version_if_told(if_match: str | None) -> int | None:
    """For what may be replaced unread as well."""
    return None if if_match is None else version_of(if_match)
