"""The routes of staff on what is open to everybody, and on what everybody tells."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.alarms.fault_reports import FaultReports
from gangvakt.api.file_routes import IfMatch, etag, version_of
from gangvakt.api.guard import login_of
from gangvakt.api.paging import HIGHEST_INTEGER, After, Limit, Page, number_of, page_of
from gangvakt.api.scope import is_known, require
from gangvakt.api.services import Services
from gangvakt.errors import Missing
from gangvakt.fleet import SiteId
from gangvakt.provision.public_wire import FaultReportOut, PublicPageIn, PublicPageOut

OF_MUNICIPALITY, OF_SITE = "/public-pages/{municipality}", "/sites/{municipality}/{site}/public-page"
Number = Annotated[int, Path(ge=1, le=HIGHEST_INTEGER, description="The report's number.", examples=[12])]


def add_public_routes(router: APIRouter, services: Services) -> None:
    _add_pages(router, services)
    _add_reports(router, services)


def _add_pages(router: APIRouter, services: Services) -> None:
    pages = services.registry.public_pages

    @router.get(OF_MUNICIPALITY)
    async def get_public_municipality(municipality: str, response: Response) -> PublicPageOut:
        """Whether the crossings of a municipality are open to everybody, unless one has its own word."""
        return _tagged(response, await pages.municipality(municipality))

    @router.put(OF_MUNICIPALITY)
    async def put_public_municipality(
        municipality: str, body: PublicPageIn, response: Response, if_match: IfMatch = None
    ) -> PublicPageOut:
        """Opens or closes all of them but for those that have a word of their own."""
        return _tagged(response, await pages.put_municipality(municipality, body, version_of(if_match)))

    @router.get(OF_SITE)
    async def get_public_site(municipality: str, site: str, response: Response) -> PublicPageOut:
        """Whether a crossing is open to everybody."""
        return _tagged(response, await pages.site(SiteId(municipality, site)))

    @router.put(OF_SITE)
    async def put_public_site(
        municipality: str, site: str, body: PublicPageIn, response: Response, if_match: IfMatch = None
    ) -> PublicPageOut:
        """Opens or closes it, whatever its municipality says."""
        told = await pages.put_site(SiteId(municipality, site), body, version_of(if_match))
        return _tagged(response, told)


def _add_reports(router: APIRouter, services: Services) -> None:
    @router.get("/fault-reports")
    async def list_fault_reports(
        request: Request,
        only_open: Annotated[bool, Query(description="Only those nobody has dealt with.")] = True,
        after: After = None,
        limit: Limit = 100,
    ) -> Page[FaultReportOut]:
        """What people in the street told, oldest first, as long as it is kept."""
        seen = login_of(request).municipalities
        behind = number_of(after, HIGHEST_INTEGER) or 0
        table = reports_of(services).table
        found = await table.page(seen, behind, limit + 1, only_open=only_open)
        return page_of(found, limit, lambda one: one.id)

    @router.post("/fault-reports/{number}/done")
    async def finish_fault_report(number: Number, request: Request) -> FaultReportOut:
        """Somebody has dealt with it: how to reach whoever told it is forgotten, and the alarm ends with the
        last report of the crossing."""
        reports = reports_of(services)
        municipality = (await reports.one(number)).site.partition("/")[0]
        if not is_known(request, municipality):
            raise Missing("fault report", str(number))
        require(request, municipality)
        return await reports.done(number, login_of(request).user)


def reports_of(services: Services) -> FaultReports:
    """Refused with 503 where nobody watches."""
    if services.fault_reports is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no reports are taken here")
    return services.fault_reports


def _tagged(response: Response, told: PublicPageOut) -> PublicPageOut:
    response.headers["ETag"] = etag(told.version)
    return told
