"""The planning sheet on the page: what if the sensor hung elsewhere, or were another one."""

from __future__ import annotations

from urllib.parse import urlencode

from nicegui import Client, ui

from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SiteId
from gangvakt.fleet.planning import Place, Sensor, sheet_of
from gangvakt.fleet.reports import Month
from gangvakt.web.controls import panel
from gangvakt.web.figures import empty, figures, unknown
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.planning.crossings import Crossing, crossing_of, crossings_of
from gangvakt.web.planning.month import ZONE
from gangvakt.web.planning.sheet import COLUMNS, place_of, rows_of, warnings_of
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts


def planning_path(site: SiteId) -> str:
    """Path of the planning sheet of a crossing."""
    return f"/planning/{site.municipality}/{site.site}"


def add_pages(services: Services) -> None:
    @LocalPage("/planning", title=TITLE)
    async def planning(client: Client) -> None:
        texts = begin(client, services, "/planning", "planning")
        with content("desk"):
            _list(texts, await crossings_of(services, login_of(client)))

    @LocalPage("/planning/{municipality}/{site}", title=TITLE)
    async def sheet(client: Client, municipality: str, site: str) -> None:
        texts = begin(client, services, f"/planning/{municipality}/{site}", "planning")
        found = await crossing_of(services, login_of(client), municipality, site)
        with content("desk"):
            if found is None:
                unknown(texts.say("plan_unknown", site=f"{municipality}/{site}"[:80]), link=_back(texts))
                return
            ui.page_title(f"{TITLE} – {found.file.title}")
            _Sheet(found, texts, dict(client.request.query_params)).show()


def _list(texts: Texts, crossings: tuple[Crossing, ...]) -> None:
    with ui.element("h1"):
        ui.label(texts.say("planning"))
    if not crossings:
        empty(texts.say("plan_none"), texts.say("plan_none_hint"))
        return
    with ui.element("div").classes("downloads"):
        for name, title in sorted({(one.site.municipality, one.municipality) for one in crossings}):
            ui.link(f"{texts.say('rep_council')}: {title}", f"/council/{name}/{Month.of(utc_ms(), ZONE)}")
    with ui.element("ul").classes("crossings"):
        for one in crossings:
            with ui.element("li"):
                ui.link(one.file.title, planning_path(one.site))
                ui.label(", ".join(part for part in (one.file.street, one.municipality) if part)).classes(
                    "hint"
                )
                ui.link(texts.say("rep_month"), f"/reports/{one.site}").classes("beside")


class _Sheet:
    """Fields, and the sheet that follows them; both stand in the address."""

    def __init__(self, crossing: Crossing, texts: Texts, told: dict[str, str]) -> None:
        self._crossing, self._texts = crossing, texts
        self._refusal = ""
        try:
            self._place = place_of(told, crossing.file.speed_limit_kmh)
        except SettingRefused as refused:
            self._refusal = refusal(self._texts, refused)
            self._place = place_of({}, crossing.file.speed_limit_kmh)

    def show(self) -> None:
        texts, place = self._texts, self._place
        ui.link(texts.say("plan_all"), "/planning")
        with ui.element("h1"):
            ui.label(f"{texts.say('plan_sheet')}: {self._crossing.file.title}")
        with panel(texts.say("plan_what_if")), ui.element("div").classes("form-row"):
            sensors = {one.name: f"{one.name}, {one.value:g} m" for one in Sensor}
            self._speed = self._field("plan_speed", place.speed_kmh, "km/h")
            self._sensor = ui.select(sensors, value=place.sensor.name, label=texts.say("plan_sensor"))
            self._sensor.props("dense outlined").on_value_change(self._change)
            self._offset = self._field("plan_offset", place.offset_m, "m")
            self._sight = self._field("plan_sight", place.sight_m, "m")
        self._sheet()

    def _field(self, key: str, value: float, unit: str) -> ui.number:
        field = ui.number(self._texts.say(key), value=value, suffix=unit).props("dense outlined debounce=400")
        field.on_value_change(self._change)
        return field

    def _told(self) -> dict[str, str]:
        fields = {"speed": self._speed, "sensor": self._sensor, "offset": self._offset, "sight": self._sight}
        return {name: str(field.value) for name, field in fields.items()}

    def _change(self) -> None:
        told = self._told()
        try:
            self._place = place_of(told, None)
        except SettingRefused as refused:
            self._refusal = refusal(self._texts, refused)
        else:
            self._refusal = ""
            ui.navigate.history.replace(f"{planning_path(self._crossing.site)}?{urlencode(told)}")
        self._sheet.refresh()

    @ui.refreshable_method
    def _sheet(self) -> None:
        texts, sheet = self._texts, sheet_of(self._place)
        if self._refusal:
            ui.label(self._refusal).classes("form-error").props("role=alert")
        with panel(texts.say("plan_lead_and_stopping")):
            figures([texts.say(key) for key in COLUMNS], rows_of(sheet, texts))
            for warning in warnings_of(sheet, texts):
                ui.label(warning).classes("warning")
            ui.link(texts.say("plan_as_pdf"), self._pdf_path()).classes("download")
        with panel(texts.say("plan_how")):
            ui.label(texts.say("plan_method")).classes("hint")

    def _pdf_path(self) -> str:
        return f"{planning_path(self._crossing.site)}.pdf?{urlencode(fields_of(self._place))}"


def fields_of(place: Place) -> dict[str, str]:
    """As they stand in the address."""
    return {
        "speed": str(place.speed_kmh),
        "sensor": place.sensor.name,
        "offset": f"{place.offset_m:g}",
        "sight": f"{place.sight_m:g}",
    }


def _back(texts: Texts) -> tuple[str, str]:
    return "/planning", texts.say("plan_all")
