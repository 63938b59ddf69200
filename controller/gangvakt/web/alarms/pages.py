"""The queue, and the page of one alarm. Both follow what happens without a reload."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from nicegui import Client, ui

from gangvakt.alarms import Patrol
from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import AlarmTaken, GangvaktError, Missing
from gangvakt.fleet import SiteId
from gangvakt.fleet.alarm import Alarm, Step
from gangvakt.fleet.alarm_classes import PUBLIC_REPORT
from gangvakt.fleet.alarm_states import State
from gangvakt.fleet.roles import EVERYWHERE, Role
from gangvakt.provision.alarm_wire import HIGHEST_ALARM
from gangvakt.store.alarms import AlarmFilter, Order
from gangvakt.web.alarms.acting import (
    MOST_AT_ONCE,
    REFUSALS,
    chosen_of,
    may_act,
    step_of,
    take_step,
    why_not,
)
from gangvakt.web.alarms.elements import AlarmDetail, AlarmQueue, Told
from gangvakt.web.alarms.views import alarm_detail, alarm_row, history_rows, links_of, report_view, steps_of
from gangvakt.web.alarms.wanted import Wanted
from gangvakt.web.controls import Doing
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.lost import tell_missing
from gangvakt.web.texts import Texts
from gangvakt.web.views import View

LOOK_S = 1.0
# What another process on the same database did is seen within this.
ANYWAY_S = 15
UNHEEDED = (State.ACTIVE, State.FLAPPING)
LABELS = {"state": "alarm_which", "priority": "alarm_urgency", "owner": "alarm_owner"} | {
    "search": "alarm_search",
    "order": "alarm_order",
}


def add_pages(services: Services) -> None:
    """Registers the area's pages with NiceGUI."""

    @LocalPage("/alarms", title=TITLE)
    async def queue(client: Client) -> None:
        texts = begin(client, services, "/alarms", "alarms")
        ui.page_title(f"{TITLE} – {texts.say('alarms_title')}")
        with content("alarms-page"):
            if services.patrol is None:
                _say_empty(texts.say("alarms_unwatched"))
                return
            wanted = Wanted.of(dict(client.request.query_params))
            await _Queue(services, services.patrol, texts, login_of(client), wanted).open(client)

    @LocalPage("/alarms/{number}", title=TITLE)
    async def detail(client: Client, number: str) -> None:
        texts = begin(client, services, f"/alarms/{number}", "alarms")
        ui.page_title(f"{TITLE} – {texts.say('alarm_number', number=number[:10])}")
        login, patrol = login_of(client), services.patrol
        with content("alarms-page"):
            found = await _found(patrol, login, number) if patrol else None
            if patrol is None or found is None:
                missing = texts.say("alarm_missing", number=number[:10])
                tell_missing(client)
                _say_empty(missing, texts.say("alarm_missing_hint"), ("/alarms", texts.say("alarm_back")))
                return
            await _Detail(services, patrol, texts, login, found).open(client)


async def _found(patrol: Patrol, login: Login, number: str) -> Alarm | None:
    """None as well for another's."""
    if not (number.isascii() and number.isdigit() and len(number) < 11 and 0 < int(number) <= HIGHEST_ALARM):
        return None
    found = await patrol.alarms.table.get(int(number))
    is_seen = found is not None and login.granted.role_in(found.municipality or EVERYWHERE) is not None
    return found if is_seen else None


def _say_empty(title: str, hint: str = "", link: tuple[str, str] | None = None) -> None:
    with ui.element("div").classes("empty"):
        with ui.element("strong"):
            ui.label(title)
        with ui.element("p"):
            ui.label(hint)
        if link is not None:
            ui.link(link[1], link[0])


class _Live(ABC):
    """Looks once a second whether anything was stored, and does what people want."""

    def __init__(self, services: Services, patrol: Patrol, texts: Texts, login: Login) -> None:
        self.services, self.patrol, self.texts, self.login = services, patrol, texts, login
        self._doing = Doing(services, texts, login.token)
        self._revision, self._looks = -1, 0

    @abstractmethod
    async def show(self) -> None:
        """What is stored now."""

    def follow(self, client: Client) -> None:
        async def look() -> None:
            self._looks += 1
            is_due = self._looks % int(ANYWAY_S / LOOK_S) == 0
            if client.has_socket_connection and (is_due or self._revision != self.patrol.alarms.revision):
                self._revision = self.patrol.alarms.revision
                await self.show()

        ui.timer(LOOK_S, look)

    async def step(self, element: AlarmQueue | AlarmDetail, told: Told) -> None:
        """One after the other: what is refused is said, and the others are done."""
        done, refused = 0, list[View]()

        async def act(login: Login) -> None:
            nonlocal done
            step = step_of(told, login.user)
            for number, seen_ms in chosen_of(told).items():
                try:
                    await take_step(self.services, login, number, step, seen_ms)
                    done += 1
                except REFUSALS as why:
                    refused.append(_refusal(number, why, self.texts))

        async def act_or_say(login: Login) -> None:
            try:
                await act(login)
            except GangvaktError as why:
                refused.append(_refusal(0, why, self.texts))

        await self._doing.run(act_or_say)
        await self.show()
        element.answer(done, refused)

    async def people(self) -> list[str]:
        """Who may take alarms somewhere: suggestions, since whoever has no login here can be named too."""
        members = await self.services.auth.staff.all()
        return [one.user for one in members if (one.grants.highest or 0) >= Role.OPERATOR and not one.locked]


def _refusal(number: int, why: Exception, texts: Texts) -> View:
    at_ms = why.at_ms if isinstance(why, AlarmTaken) else None
    return {"id": number, "text": why_not(why, texts, "{at}"), "atMs": at_ms}


class _Queue(_Live):
    def __init__(
        self, services: Services, patrol: Patrol, texts: Texts, login: Login, wanted: Wanted
    ) -> None:
        super().__init__(services, patrol, texts, login)
        self._wanted = wanted

    async def open(self, client: Client) -> None:
        can_act = (self.login.granted.highest or 0) >= Role.OPERATOR
        people = await self.people() if can_act else []
        found = await self._read()  # before there is an element: it may be drawn at any time from then on
        self._element = AlarmQueue(self.texts, self.login.user, people, can_act=can_act)
        self._element.on_wanted(self._want)
        self._element.on_step(lambda told: self.step(self._element, told))
        self._show_wanted()
        self._element.show(*found, utc_ms())
        self.follow(client)

    async def _want(self, told: Told) -> None:
        self._wanted = Wanted.of(told)
        self._show_wanted()
        await self.show()

    def _show_wanted(self) -> None:
        names = {name: self.texts.say(key) for name, key in LABELS.items()}
        ignored = [
            self.texts.say("alarms_ignored", value=value, name=names[name])
            for name, value in self._wanted.ignored
        ]
        self._element.show_wanted(self._wanted, ignored)

    async def show(self) -> None:
        self._element.show(*await self._read(), utc_ms())

    async def _read(self) -> tuple[list[View], int, list[View]]:
        """The rows, how many fit, and the open ones that nobody has taken."""
        table = self.patrol.alarms.table
        seen = frozenset(
            one for one in await table.owners() if self.login.granted.role_in(one or EVERYWHERE) is not None
        )
        wanted = self._wanted.filter(self.login.user, seen)
        alarms = await table.queue(wanted, Order(self._wanted.order), MOST_AT_ONCE)
        total = len(alarms) if len(alarms) < MOST_AT_ONCE else await table.count(wanted)
        unheeded = await table.queue(AlarmFilter(UNHEEDED, municipalities=seen), Order.NEWEST, MOST_AT_ONCE)
        return (
            [alarm_row(one, self.texts, self.login) for one in alarms],
            total,
            [alarm_row(one, self.texts, self.login) for one in unheeded if one.acknowledged_by is None],
        )


class _Detail(_Live):
    def __init__(self, services: Services, patrol: Patrol, texts: Texts, login: Login, alarm: Alarm) -> None:
        super().__init__(services, patrol, texts, login)
        self._alarm = alarm

    async def open(self, client: Client) -> None:
        people, history = await self.people(), await self.patrol.alarms.table.history(self._alarm.id)
        self._element = AlarmDetail(self.texts, self.login.user, people)
        self._element.on_step(lambda told: self.step(self._element, told))
        self._element.on_dealt_with(self._dealt_with)
        self._put(history, await self._reports())
        self.follow(client)

    async def show(self) -> None:
        table = self.patrol.alarms.table
        self._alarm = await table.get(self._alarm.id) or self._alarm
        self._put(await table.history(self._alarm.id), await self._reports())

    async def _reports(self) -> list[View]:
        """What people in the street told, for those who may deal with it."""
        reports = self.services.fault_reports
        if self._alarm.code != PUBLIC_REPORT or reports is None or not may_act(self.login, self._alarm):
            return []
        found = await reports.table.open(SiteId.parse(self._alarm.object))
        return [report_view(one, self.texts) for one in found]

    async def _dealt_with(self, told: Told) -> None:
        number = told.get("id")

        async def act(login: Login) -> None:
            reports = self.services.fault_reports
            if reports is None or not isinstance(number, int):
                raise Missing("fault report", str(number)[:20])
            require_role(login.granted, Role.OPERATOR, (await reports.one(number)).site.partition("/")[0])
            await reports.done(number, login.user)

        await self._doing.run(act)
        await self.show()

    def _put(self, history: Sequence[Step], reports: Sequence[View]) -> None:
        self._element.show(
            alarm_detail(self._alarm, self.texts, self.login),
            history_rows(self._alarm, history, self.texts),
            links_of(self._alarm, self.texts, self.login),
            steps_of(self._alarm),
            utc_ms(),
            reports,
        )
