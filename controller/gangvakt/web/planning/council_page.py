"""The council's page, and two months of a crossing side by side."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import SettingRefused
from gangvakt.fleet.reports import Month, MonthReport
from gangvakt.web.controls import panel
from gangvakt.web.figures import empty, figures, unknown
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.planning.council import COUNCIL_COLUMNS, compared, council_rows
from gangvakt.web.planning.crossings import Crossing, crossing_of, crossings_of
from gangvakt.web.planning.month import month_name, month_of
from gangvakt.web.planning.month_links import links_beside
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts


async def reports_of(
    services: Services, login: Login, municipality: str, month: Month
) -> list[tuple[Crossing, MonthReport]]:
    """Of each crossing of a municipality that is his business."""
    mine = await crossings_of(services, login)
    theirs = [one for one in mine if one.site.municipality == municipality]
    return [(one, await month_of(services, one.site, month)) for one in theirs]


def add_pages(services: Services) -> None:
    @LocalPage("/council/{municipality}/{month}", title=TITLE)
    async def council(client: Client, municipality: str, month: str) -> None:
        texts = begin(client, services, f"/council/{municipality}/{month}", "planning")
        with content("desk"):
            try:
                wanted = Month.parse(month)
            except SettingRefused as refused:
                unknown(refusal(texts, refused), link=_back(texts))
                return
            found = await reports_of(services, login_of(client), municipality, wanted)
            _council(municipality, wanted, found, texts)

    @LocalPage("/compare/{municipality}/{site}/{before}/{after}", title=TITLE)
    async def compare(client: Client, municipality: str, site: str, before: str, after: str) -> None:
        here = f"/compare/{municipality}/{site}/{before}/{after}"
        texts = begin(client, services, here, "planning")
        found = await crossing_of(services, login_of(client), municipality, site)
        with content("desk"):
            try:
                months = Month.parse(before), Month.parse(after)
            except SettingRefused as refused:
                unknown(refusal(texts, refused), link=_back(texts))
                return
            if found is None:
                unknown(texts.say("plan_unknown", site=f"{municipality}/{site}"[:80]), link=_back(texts))
                return
            await _compare(services, found, months, texts)


def _council(
    municipality: str, month: Month, reports: list[tuple[Crossing, MonthReport]], texts: Texts
) -> None:
    if not reports:
        empty(texts.say("plan_none"), link=_back(texts))
        return
    ui.link(texts.say("plan_all"), "/planning")
    with ui.element("h1"):
        ui.label(f"{reports[0][0].municipality}, {month_name(month, texts)}")
    here = f"/council/{municipality}"
    with ui.element("div").classes("downloads"):
        links_beside(month, lambda other: f"{here}/{other}", texts)
        ui.link(texts.say("plan_as_pdf"), f"{here}/{month}.pdf").classes("download")
    with panel(texts.say("rep_council")):
        figures([texts.say(key) for key in COUNCIL_COLUMNS], council_rows(reports, texts))
    with panel(texts.say("plan_how")):
        ui.label(texts.say("rep_method")).classes("hint")


async def _compare(services: Services, crossing: Crossing, months: tuple[Month, Month], texts: Texts) -> None:
    before, after = [await month_of(services, crossing.site, month) for month in months]
    ui.link(texts.say("plan_all"), "/planning")
    with ui.element("h1"):
        ui.label(f"{texts.say('rep_compare')}: {crossing.file.title}")
    columns = ["", *(month_name(month, texts) for month in months)]
    with panel(texts.say("rep_figures")):
        figures(columns, compared(before, after, texts))
        ui.label(texts.say("rep_compare_hint")).classes("hint")


def _back(texts: Texts) -> tuple[str, str]:
    return "/planning", texts.say("plan_all")
