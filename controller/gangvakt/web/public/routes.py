"""The pages for everybody: crossings, the form for faults, and open data.

No script, no log-in, no cookie but that of the language.
"""

from __future__ import annotations

import hashlib
import math
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData

from gangvakt.api.auth import SESSION_COOKIE
from gangvakt.api.rights import may_open
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import LoginLocked, Missing, NameRefused, TooManyReports
from gangvakt.fleet import SignId, SiteId
from gangvakt.fleet.names import check_name
from gangvakt.provision.public_wire import (
    FAULT_WORDS,
    LICENCES,
    LONGEST_CONTACT,
    LONGEST_REPORT,
    PublicPageOut,
)
from gangvakt.relay.rate import Rate
from gangvakt.store.alarms import AlarmFilter
from gangvakt.web.public.figures import DAY_MS, FEWEST, Works, day_counts, told_days, works
from gangvakt.web.public.open_data import Crossing, as_csv, as_json
from gangvakt.web.public.reading import is_trapped, kept, read_report
from gangvakt.web.texts import LANGUAGE_NAMES, LANGUAGES, Language, Texts, language_of_request

PAGE_DAYS, DATA_DAYS = 14, 90
CACHED_S = 300
LANGUAGE_COOKIE, LANGUAGE_KEPT_S = "gangvakt_language", 365 * 24 * 3600
# Of one address, and of all together: a person tells one or two things.
MOST_A_MINUTE, MOST_OF_ALL_A_MINUTE = 4, 60
MOST_FIELDS = 8
EVERYBODY = "*"
OPEN_ALARMS = 200
NONE_YET: dict[str, str] = {"kind": "", "text": "", "contact": "", "sign": ""}

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def public_routes(services: Services, staff: str | None) -> APIRouter:
    """The routes below /public. `staff` is the address of the staff's pages, empty where they are here; None
    is not told to anybody."""
    routes = APIRouter(include_in_schema=False)
    desk = _Desk(services, staff)

    @routes.get("/public")
    async def everything(request: Request) -> Response:
        return await desk.list_all(request)

    @routes.get("/public/language/{language}")
    async def choose(request: Request, language: Language, next: str = "/public") -> Response:
        target = next if next.startswith("/public") and next.isascii() and next.isprintable() else "/public"
        answer = RedirectResponse(target, HTTPStatus.SEE_OTHER)
        answer.set_cookie(LANGUAGE_COOKIE, language, LANGUAGE_KEPT_S, httponly=True, samesite="lax")
        return answer

    @routes.get("/public/{municipality}/data.json")
    async def data_json(request: Request, municipality: str) -> Response:
        return await desk.data(request, municipality, "application/json")

    @routes.get("/public/{municipality}/data.csv")
    async def data_csv(request: Request, municipality: str) -> Response:
        return await desk.data(request, municipality, "text/csv")

    @routes.get("/public/{municipality}/{site}")
    async def crossing(request: Request, municipality: str, site: str) -> Response:
        values = NONE_YET | {"sign": request.query_params.get("sign", "")[:32]}
        return await desk.crossing(request, municipality, site, values)

    @routes.post("/public/{municipality}/{site}")
    async def report(request: Request, municipality: str, site: str) -> Response:
        form = await request.form(max_files=0, max_fields=MOST_FIELDS)
        return await desk.report(request, municipality, site, form)

    return routes


def label_routes(services: Services, *, with_public: bool, with_login: bool) -> APIRouter:
    """Where the code on a label leads; `with_public`, `with_login`: what else there is at this address."""
    routes = APIRouter(include_in_schema=False)
    desk = _Desk(services)

    @routes.get("/sign/{municipality}/{site}/{sign}")
    async def label(request: Request, municipality: str, site: str, sign: str) -> Response:
        name = f"{municipality}/{site}/{sign}"
        return await desk.label(request, name, with_public=with_public, with_login=with_login)

    return routes


class _Desk:
    def __init__(self, services: Services, staff: str | None = None) -> None:
        self._services, self._staff = services, staff
        self._pages = services.registry.public_pages
        self._rate, self._rate_of_all = Rate(MOST_A_MINUTE), Rate(MOST_OF_ALL_A_MINUTE)

    async def list_all(self, request: Request) -> Response:
        told = await self._crossings([SiteId.parse(one.place) for one in await self._pages.opened()], 0)
        return _page(
            "list.html", request, crossings=told, municipalities=sorted({_town(one) for one in told})
        )

    async def data(self, request: Request, municipality: str, media_type: str) -> Response:
        """404 where nothing is open."""
        try:
            check_name("municipality", municipality)
        except NameRefused:
            return _nothing(request)
        places = [SiteId.parse(one.place) for one in await self._pages.opened()]
        told = await self._crossings([one for one in places if one.municipality == municipality], DATA_DAYS)
        if not told:
            return _nothing(request)
        if media_type == "text/csv":
            return _cached(request, as_csv(told), f"{media_type}; charset=utf-8")
        return _cached(request, as_json(municipality, await self._publisher(municipality), told), media_type)

    async def crossing(
        self,
        request: Request,
        municipality: str,
        site: str,
        values: dict[str, str],
        wrong: tuple[str, ...] = (),
        status: int = HTTPStatus.OK,
        said: str = "",
    ) -> Response:
        found = await self._open_page(municipality, site)
        if found is None:
            return _nothing(request)
        place = SiteId.parse(found.place)
        told = (await self._crossings([place], PAGE_DAYS))[0]
        shown = [day.count for day in told.days if day.count is not None]
        return _page(
            "crossing.html",
            request,
            status,
            one=told,
            page=found,
            publisher=await self._publisher(municipality),
            licence_url=LICENCES[found.licence],
            highest=max(shown, default=1),
            total=sum(shown),
            fewest=FEWEST,
            values=values,
            wrong=wrong,
            said=said,
            kinds=FAULT_WORDS,
            longest={"text": LONGEST_REPORT, "contact": LONGEST_CONTACT},
            takes=self._services.fault_reports is not None,
            staff=_of_staff(self._staff, place, values["sign"]),
        )

    async def report(self, request: Request, municipality: str, site: str, form: FormData) -> Response:
        """Thanks, or the form again with what was typed and what is wrong."""
        found, values = await self._open_page(municipality, site), dict(form)
        if found is None or self._services.fault_reports is None:
            return _nothing(request)
        told = read_report(values)
        if isinstance(told, tuple):
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return await self.crossing(request, municipality, site, kept(values), told, status)
        try:
            self._rate.take(request.client.host if request.client else "")
            self._rate_of_all.take(EVERYBODY)
            if not is_trapped(values):
                await self._services.fault_reports.take(SiteId(municipality, site), told)
        except LoginLocked as wait:
            minutes = math.ceil(wait.retry_after_s / 60)
            said, status = _texts().say("public_wait", minutes=minutes), HTTPStatus.TOO_MANY_REQUESTS
            return await self.crossing(request, municipality, site, kept(values), (), status, said)
        except TooManyReports:
            return _page("thanks.html", request, place=found.place, known=True)
        return _page("thanks.html", request, place=found.place, known=False)

    async def label(self, request: Request, name: str, *, with_public: bool, with_login: bool) -> Response:
        """Staff go to their work, everybody else to the public page, or to the log-in where there is none."""
        try:
            sign = SignId.parse(name)
        except NameRefused:
            return _nothing(request)
        login = await self._services.auth.login_of(request.cookies.get(SESSION_COOKIE))
        site, target = f"{sign.municipality}/{sign.site}", ""
        if login is not None and login.granted.role_in(sign.municipality) is not None:
            target = (
                f"/job/{sign}" if may_open(login.granted, "/job/") else f"/crossing/{site}?sign={sign.sign}"
            )
        elif with_public and await self._open_page(sign.municipality, sign.site) is not None:
            target = f"/public/{site}?sign={sign.sign}#report"
        elif with_login:
            target = f"/login?next=/job/{sign}"
        else:
            return _nothing(request)
        return RedirectResponse(target, HTTPStatus.SEE_OTHER, {"cache-control": "no-store"})

    async def _open_page(self, municipality: str, site: str) -> PublicPageOut | None:
        """None as well for what is not there: nobody learns which of both it is."""
        try:
            found = await self._pages.site(SiteId(municipality, site))
        except (NameRefused, Missing):
            return None
        return found if found.is_open else None

    async def _publisher(self, municipality: str) -> str:
        told = {
            one.municipality: one.title for one in await self._services.registry.site_files.municipalities()
        }
        return told.get(municipality, municipality)

    async def _crossings(self, places: list[SiteId], days: int) -> list[Crossing]:
        """What is told of each, with the counts of so many days."""
        files = {one.site: one for one in await self._services.registry.site_files.all()}
        licences = {one.place: one.licence for one in await self._pages.opened()}
        return [
            Crossing(
                files[str(place)],
                await self._works(place),
                len(self._services.fleet.signs_of(place)),
                await self._days(place, days) if days else (),
                licences[str(place)],
            )
            for place in places
            if str(place) in files and str(place) in licences
        ]

    async def _works(self, place: SiteId) -> Works:
        patrol, fleet = self._services.patrol, self._services.fleet
        wanted = AlarmFilter(priority=1, municipality=place.municipality, site=place.site)
        alarms = await patrol.alarms.table.page(wanted, None, OPEN_ALARMS) if patrol else ()
        return works(fleet.signs_of(place), alarms, utc_ms())

    async def _days(self, place: SiteId, days: int) -> tuple[Any, ...]:
        now_ms = utc_ms()
        from_ms, until_ms = told_days(now_ms, days)
        rollups = self._services.rollups
        sums = await rollups.read(place, "day", from_ms, until_ms + DAY_MS) if rollups else ()
        return day_counts(sums, now_ms, days)


def _of_staff(address: str | None, place: SiteId, sign: str) -> str:
    """Where staff go on who came by a label: to the work on its sign, or to the crossing. Empty: nowhere."""
    if address is None:
        return ""
    try:
        return f"{address}/job/{place.sign(check_name('sign', sign))}"
    except NameRefused:
        return f"{address}/crossing/{place}"


def _town(one: Crossing) -> str:
    return one.file.site.partition("/")[0]


def _texts() -> Texts:
    return Texts(language_of_request.get())


def _nothing(request: Request) -> Response:
    return _page("nothing.html", request, HTTPStatus.NOT_FOUND)


def _page(name: str, request: Request, status: int = HTTPStatus.OK, **values: Any) -> Response:
    texts = _texts()
    languages = [(code, LANGUAGE_NAMES[code], code == texts.language) for code in LANGUAGES]
    here = request.url.path
    page = _PAGES.get_template(name).render(
        say=texts.say, language=texts.language, languages=languages, here=here, **values
    )
    return HTMLResponse(page, status, {"cache-control": "no-store", "referrer-policy": "no-referrer"})


def _cached(request: Request, body: bytes, media_type: str) -> Response:
    """For everybody's caches; 304 for whoever has it."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={CACHED_S}",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
