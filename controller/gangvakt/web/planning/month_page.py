"""The report of a crossing and month."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SiteId
from gangvakt.fleet.reports import Month, MonthReport
from gangvakt.web.controls import panel
from gangvakt.web.figures import bars, figures, unknown
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.planning.crossings import Crossing, crossing_of
from gangvakt.web.planning.month import (
    FAULT_COLUMNS,
    ZONE,
    fault_rows,
    hour_names,
    month_name,
    month_of,
    said_bars,
    tiles_of,
    weekday_names,
)
from gangvakt.web.planning.month_links import links_beside
from gangvakt.web.planning.speeds import ASSESSMENT_COLUMNS, assessment_rows, show_speeds, speed_tiles
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts


def report_path(site: SiteId, month: Month | None = None) -> str:
    """Path of a crossing's report, of the month that runs where none is named."""
    return f"/reports/{site.municipality}/{site.site}" + (f"/{month}" if month else "")


def add_pages(services: Services) -> None:
    @LocalPage("/reports/{municipality}/{site}", title=TITLE)
    async def this_month(client: Client, municipality: str, site: str) -> None:
        await _page(services, client, municipality, site, str(Month.of(utc_ms(), ZONE)))

    @LocalPage("/reports/{municipality}/{site}/{month}", title=TITLE)
    async def report(client: Client, municipality: str, site: str, month: str) -> None:
        await _page(services, client, municipality, site, month)


async def _page(services: Services, client: Client, municipality: str, site: str, month: str) -> None:
    texts = begin(client, services, f"/reports/{municipality}/{site}/{month}", "planning")
    found = await crossing_of(services, login_of(client), municipality, site)
    with content("desk"):
        if found is None:
            unknown(texts.say("plan_unknown", site=f"{municipality}/{site}"[:80]), link=_back(texts))
            return
        ui.page_title(f"{TITLE} – {found.file.title}")
        try:
            wanted = Month.parse(month)
        except SettingRefused as refused:
            unknown(refusal(texts, refused), link=_back(texts))
            return
        _report(found, await month_of(services, found.site, wanted), texts)


def _report(crossing: Crossing, report: MonthReport, texts: Texts) -> None:
    _head(crossing, report.month, texts)
    with panel(texts.say("rep_figures")):
        _tiles(tiles_of(report, texts))
    with panel(texts.say("rep_by_hour")):
        said = said_bars(report.by_hour, hour_names(), texts)
        bars(report.by_hour, hour_names(), said, texts.say("rep_people_an_hour"))
        ui.label(texts.say("rep_people_an_hour")).classes("hint")
    with panel(texts.say("rep_by_weekday")):
        said = said_bars(report.by_weekday, weekday_names(texts), texts)
        bars(report.by_weekday, weekday_names(texts), said, texts.say("rep_people_a_day"))
        ui.label(texts.say("rep_people_a_day")).classes("hint")
    limit_kmh, vehicles = crossing.file.speed_limit_kmh, report.vehicles
    with panel(texts.say("speed_title")):
        if vehicles.by_sign:
            _tiles(speed_tiles(report, texts))
        show_speeds(vehicles.by_sign, vehicles.speeds, limit_kmh, texts)
    with panel(texts.say("speed_assessment")):
        columns = [texts.say(key) for key in ASSESSMENT_COLUMNS]
        figures(columns, assessment_rows(report, limit_kmh, texts))
        ui.label(texts.say("speed_method")).classes("hint")
    with panel(texts.say("faults")):
        if report.faults:
            figures([texts.say(key) for key in FAULT_COLUMNS], fault_rows(report, texts))
        else:
            ui.label(texts.say("no_faults")).classes("fine")
    with panel(texts.say("plan_how")):
        ui.label(texts.say("rep_method")).classes("hint")


def _head(crossing: Crossing, month: Month, texts: Texts) -> None:
    here = report_path(crossing.site, month)
    ui.link(texts.say("plan_all"), "/planning")
    with ui.element("h1"):
        ui.label(f"{crossing.file.title}, {month_name(month, texts)}")
    with ui.element("div").classes("downloads"):
        links_beside(month, lambda other: report_path(crossing.site, other), texts)
        ui.link(texts.say("rep_compare"), f"/compare/{crossing.site}/{month.after(-1)}/{month}")
        ui.link(texts.say("plan_as_pdf"), f"{here}.pdf").classes("download")
        ui.link(texts.say("plan_as_csv"), f"{here}.csv").classes("download")


def _tiles(tiles: list[tuple[str, str, str]]) -> None:
    with ui.element("dl").classes("tiles"):
        for name, value, hint in tiles:
            with ui.element("div"):
                with ui.element("dt"):
                    ui.label(name)
                with ui.element("dd"):
                    ui.label(value)
                    if hint:
                        with ui.element("small"):
                            ui.label(hint)


def _back(texts: Texts) -> tuple[str, str]:
    return "/planning", texts.say("plan_all")
