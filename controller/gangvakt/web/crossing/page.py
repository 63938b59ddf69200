"""All about one crossing: its poles now, what happened, how many people, and what can be done."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.fleet import SiteId
from gangvakt.fleet.alarm_states import OPEN
from gangvakt.fleet.roles import Role
from gangvakt.store.alarms import AlarmFilter
from gangvakt.web.alarms.wording import alarm_title
from gangvakt.web.controls import Doing, panel
from gangvakt.web.crossing.charts import day_chart, speed_chart, week_chart
from gangvakt.web.crossing.commands import commands
from gangvakt.web.crossing.files import sign_files
from gangvakt.web.crossing.live import live_poles
from gangvakt.web.crossing.poles import PoleTable
from gangvakt.web.crossing.recordings import recording_list
from gangvakt.web.crossing.zone_page import zone_path
from gangvakt.web.feed import EventTable, LivePart, StreetPicture, street_path
from gangvakt.web.figures import unknown
from gangvakt.web.frame import TITLE, LocalPage, begin, content, follow, login_of, seen_by
from gangvakt.web.parts import EventList, SignList, StreetView
from gangvakt.web.planning.crossings import Crossing, crossing_of
from gangvakt.web.planning.month_page import report_path
from gangvakt.web.planning.sheet_page import planning_path
from gangvakt.web.texts import Texts

MOST_ALARMS = 20


def crossing_path(site: SiteId) -> str:
    """Path of the page of a crossing."""
    return f"/crossing/{site.municipality}/{site.site}"


def add_pages(services: Services) -> None:
    @LocalPage("/crossing/{municipality}/{site}", title=TITLE)
    async def crossing(client: Client, municipality: str, site: str) -> None:
        texts = begin(client, services, f"/crossing/{municipality}/{site}", "planning", "crossing")
        login = login_of(client)
        found = await crossing_of(services, login, municipality, site)
        with content("desk crossing"):
            if found is None:
                name = f"{municipality}/{site}"[:80]
                unknown(texts.say("plan_unknown", site=name), link=("/", texts.say("overview")))
                return
            ui.page_title(f"{TITLE} – {found.file.title}")
            await _Crossing(services, texts, login, found).show(client)


class _Crossing:
    """One page of one reader."""

    def __init__(self, services: Services, texts: Texts, login: Login, crossing: Crossing) -> None:
        self._services, self._texts, self._login = services, texts, login
        self._crossing, self._site = crossing, crossing.site
        self._doing = Doing(services, texts, login.token)

    async def show(self, client: Client) -> None:
        texts, services, site = self._texts, self._services, self._site
        fleet = seen_by(client, services)
        self._head()
        parts: list[LivePart] = []
        if fleet.scene(site) is not None:
            parts.append(StreetPicture(fleet, StreetView(texts), site))
        parts.append(PoleTable(services, fleet, texts, SignList(texts), site))
        if (live := live_poles(self._doing, self._login, fleet, site)) is not None:
            parts.append(live)
        with ui.element("div").classes("beside-each-other"):
            with ui.element("div").classes("column"):
                await self._alarms()
                commands(self._doing, self._login, site)
                recording_list(services, texts, self._login, site)
                await sign_files(self._doing, self._login, site)
            parts.append(EventTable(fleet, texts, EventList(texts), site))
        if services.rollups is not None:
            with panel(texts.say("cross_today")):
                await day_chart(services.rollups, site, texts)
            with panel(texts.say("cross_weeks")):
                await week_chart(services.rollups, site, texts)
        with panel(texts.say("cross_speeds")):
            await speed_chart(services, self._crossing, texts)
        follow(client, fleet, parts)

    def _head(self) -> None:
        file, texts = self._crossing.file, self._texts
        limit = texts.say("plan_kmh", speed=file.speed_limit_kmh) if file.speed_limit_kmh else ""
        with ui.element("h1"):
            ui.label(file.title)
        place = (file.street if file.street not in file.title else "", self._crossing.municipality, limit)
        ui.label(" · ".join(one for one in place if one)).classes("hint")
        with ui.element("nav").classes("downloads").props(f'aria-label="{texts.say("cross_more")}"'):
            ui.link(texts.say("plan_sheet"), planning_path(self._site))
            ui.link(texts.say("rep_month"), report_path(self._site))
            ui.link(texts.say("case"), f"/case/{self._site}")
            ui.link(texts.say("open_street"), street_path(self._site))
            for sign in self._services.fleet.signs_of(self._site):
                name = f"{texts.say('config')}: {sign.id.sign}"
                ui.link(name, f"/config/{self._site.municipality}/sign/{self._site.site}/{sign.id.sign}")
            for sign in self._services.fleet.signs_of(self._site) if self._may_draw() else ():
                ui.link(texts.say("zone_of", sign=sign.id.sign), zone_path(sign.id))

    def _may_draw(self) -> bool:
        role = self._login.granted.role_in(self._site.municipality)
        return role is not None and role >= Role.TECHNICIAN

    async def _alarms(self) -> None:
        texts, patrol = self._texts, self._services.patrol
        if patrol is None:
            return
        site = self._site
        wanted = AlarmFilter(municipality=site.municipality, site=site.site, states=tuple(OPEN))
        found = await patrol.alarms.table.page(wanted, None, MOST_ALARMS)
        with panel(texts.say("alarms")):
            if not found:
                ui.label(texts.say("cross_no_alarms")).classes("fine")
            with ui.element("ul").classes("short-list"):
                for alarm in found:
                    with ui.element("li"):
                        ui.link(alarm_title(alarm, texts), f"/alarms/{alarm.id}")
                        ui.label(alarm.object.rpartition("/")[2]).classes("hint")
