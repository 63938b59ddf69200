"""Sheets and reports as files, to be sent to whoever decides. The guard has let in who may read them."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from importlib import import_module
from types import ModuleType

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import SettingRefused
from gangvakt.fleet.reports import Month
from gangvakt.web.planning import month as months
from gangvakt.web.planning import sheet as sheets
from gangvakt.web.planning.council_page import reports_of
from gangvakt.web.planning.crossings import Crossing, crossing_of
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts, language_of_request

PDF, CSV = "application/pdf", "text/csv; charset=utf-8"


def file_routes(services: Services) -> APIRouter:
    """The routes of the files, beside the pages that show the same; before those pages are registered."""
    router = APIRouter(include_in_schema=False)

    @router.get("/planning/{municipality}/{site}.pdf")
    async def sheet(request: Request, municipality: str, site: str) -> Response:
        found = await crossing_of(services, _login(request), municipality, site)
        if found is None:
            return _missing(municipality, site)
        try:
            place = sheets.place_of(dict(request.query_params), found.file.speed_limit_kmh)
        except SettingRefused as refused:
            return PlainTextResponse(refusal(_texts(), refused), HTTPStatus.UNPROCESSABLE_ENTITY)
        made = _papers().sheet_pdf(found, place, _texts(), _today())
        return _file(made, PDF, f"{municipality}-{site}-sheet.pdf")

    @router.get("/reports/{municipality}/{site}/{month}.{kind}")
    async def report(request: Request, municipality: str, site: str, month: str, kind: str) -> Response:
        found = await crossing_of(services, _login(request), municipality, site)
        if found is None or kind not in ("pdf", "csv"):
            return _missing(municipality, site)
        try:
            wanted = Month.parse(month)
        except SettingRefused as refused:
            return PlainTextResponse(refusal(_texts(), refused), HTTPStatus.UNPROCESSABLE_ENTITY)
        return await _report(services, found, wanted, kind)

    @router.get("/council/{municipality}/{month}.pdf")
    async def council(request: Request, municipality: str, month: str) -> Response:
        try:
            wanted = Month.parse(month)
        except SettingRefused as refused:
            return PlainTextResponse(refusal(_texts(), refused), HTTPStatus.UNPROCESSABLE_ENTITY)
        found = await reports_of(services, _login(request), municipality, wanted)
        if not found:
            return _missing(municipality, "")
        made = _papers().council_pdf(found[0][0].municipality, wanted, found, _texts(), _today())
        return _file(made, PDF, f"{municipality}-{wanted}.pdf")

    return router


async def _report(services: Services, crossing: Crossing, month: Month, kind: str) -> Response:
    report = await months.month_of(services, crossing.site, month)
    name = f"{crossing.site.municipality}-{crossing.site.site}-{month}.{kind}"
    if kind == "csv":
        return _file(months.csv_of(report, crossing.file.speed_limit_kmh), CSV, name)
    return _file(_papers().month_pdf(crossing, report, _texts(), _today()), PDF, name)


def _papers() -> ModuleType:
    """Loaded when it is wanted: the start of a controller must not wait for it."""
    return import_module("gangvakt.web.planning.papers")


def _login(request: Request) -> Login:
    login = request.state.login
    assert isinstance(login, Login)
    return login


def _texts() -> Texts:
    return Texts(language_of_request.get())


def _today() -> str:
    return datetime.now(months.ZONE).strftime("%d.%m.%Y")


def _file(data: bytes, kind: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(data, media_type=kind, headers=headers)


def _missing(municipality: str, site: str) -> Response:
    text = _texts().say("plan_unknown", site=f"{municipality}/{site}"[:80])
    return PlainTextResponse(text, HTTPStatus.NOT_FOUND)
