"""Finding a sign, and the work on one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import Client, background_tasks, ui
from starlette.exceptions import HTTPException

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import GangvaktError, NameRefused, SignAway, SignMute, SignRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.roles import Role
from gangvakt.orders.selftest import Selftest
from gangvakt.orders.walking import read_site, walk
from gangvakt.web.controls import Doing
from gangvakt.web.feed import presence_of
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of, seen_by
from gangvakt.web.lost import tell_missing
from gangvakt.web.refusing import refusal
from gangvakt.web.technician.elements import Job, SignFinder, Told
from gangvakt.web.technician.finding import found_in, sign_in
from gangvakt.web.technician.views import (
    alarm_views,
    file_view,
    glimpse_view,
    head_view,
    row_view,
    site_view,
    swap_view,
)
from gangvakt.web.technician.work import Work, next_life
from gangvakt.web.texts import Texts

LOOK_S = 1.0
FILES_EVERY_S = 5  # what others wrote, and who takes a sign's place


def add_pages(services: Services) -> None:
    """Registers the area's pages with NiceGUI."""

    @LocalPage("/job", title=TITLE)
    async def find(client: Client) -> None:
        texts = begin(client, services, "/job", "technician")
        ui.page_title(f"{TITLE} – {texts.say('job_title')}")
        with content("job-page"):
            await _Finder(services, texts, client).open()

    @LocalPage("/job/{municipality}/{site}/{sign}", title=TITLE)
    async def job(client: Client, municipality: str, site: str, sign: str) -> None:
        texts = begin(client, services, f"/job/{municipality}/{site}/{sign}", "technician")
        ui.page_title(f"{TITLE} – {sign[:32]}")
        with content("job-page"):
            work = await _work_on(services, login_of(client), f"{municipality}/{site}/{sign}")
            if work is None:
                _say_unknown(texts, f"{municipality}/{site}/{sign}"[:100])
                return
            await _Job(work, texts, login_of(client)).open(client)


async def _work_on(services: Services, login: Login, name: str) -> Work | None:
    """None for a sign that nobody knows, and where the role is not a technician's."""
    try:
        sign = SignId.parse(name)
    except NameRefused:
        return None
    role = login.granted.role_in(sign.municipality)
    if role is None or role < Role.TECHNICIAN:
        return None
    work = Work(services, sign)
    known = services.fleet.sign(sign) is not None or await work.file() is not None
    return work if known else None


def _say_unknown(texts: Texts, name: str) -> None:
    tell_missing(ui.context.client)
    with ui.element("div").classes("empty"):
        with ui.element("strong"):
            ui.label(texts.say("job_unknown", name=name))
        with ui.element("p"):
            ui.label(texts.say("job_unknown_hint"))
        ui.link(texts.say("job_find"), "/job").classes("big")


class _Finder:
    def __init__(self, services: Services, texts: Texts, client: Client) -> None:
        self._services, self._texts, self._client = services, texts, client

    async def open(self) -> None:
        self._element = SignFinder(self._texts)
        self._element.when("find", self._find)
        await self._find({"text": self._client.request.query_params.get("name", "")})

    async def _find(self, told: Told) -> None:
        text = str(told.get("text", ""))[:200]
        login = login_of(self._client)
        named = sign_in(text)
        found = [named] if named is not None and await _work_on(self._services, login, str(named)) else []
        found = found or found_in(self._heard(), text) or found_in(await self._registered(text), text)
        mine = [sign for sign in found if (login.granted.role_in(sign.municipality) or 0) >= Role.TECHNICIAN]
        rows = [{"name": one.sign, "site": str(one.site_id), "href": f"/job/{one}"} for one in mine]
        none = self._texts.say("job_none", text=text[:60]) if text.strip() else ""
        self._element.show(text, rows, none)

    def _heard(self) -> list[SignId]:
        return [state.id for state in seen_by(self._client, self._services).signs()]

    async def _registered(self, text: str) -> list[SignId]:
        """Also those that never connected: whoever looks for one stands before it."""
        if not text.strip():
            return []
        return [SignId.parse(one.sign) for one in await self._services.registry.signs.all()]


class _Job:
    def __init__(self, work: Work, texts: Texts, login: Login) -> None:
        self._work, self._texts = work, texts
        self._doing = Doing(work.services, texts, login.token)
        self._running: asyncio.Task[None] | None = None
        self._looks = 0

    async def open(self, client: Client) -> None:
        self._element = Job(self._texts)
        for asked, do in (("light", self._light), ("note", self._note), ("close", self._close)):
            self._element.when(asked, do)
        self._element.when("look", lambda told: self._show_files())
        self._element.when("selftest", lambda told: self._run("selftest", self._selftest))
        self._element.when("walk", self._walk_or_stop)
        self._show_head()
        await self._show_files()

        async def look() -> None:
            if not client.has_socket_connection:
                return
            self._looks += 1
            self._show_head()
            if self._looks % FILES_EVERY_S == 0:
                await self._show_files()

        ui.timer(LOOK_S, look)
        client.on_delete(self._stop)

    def _show_head(self) -> None:
        now_ms = utc_ms()
        state = self._work.services.fleet.sign(self._work.sign)
        presence = presence_of(self._work.services.patrol, self._work.sign)
        power = self._work.services.registry.power_profile(self._work.sign)
        head = head_view(self._work.sign, state, presence, power, self._texts)
        self._element.show(now_ms=now_ms, head=head)

    async def _show_files(self) -> None:
        file = await self._work.file()
        step = next_life(file.state) if file else None
        self._element.show(
            now_ms=utc_ms(),
            alarms=alarm_views(await self._work.alarms(), self._texts),
            file=file_view(file, self._texts),
            swap=swap_view(self._work.sign, await self._work.registrations()),
            next=self._texts.say(f"job_life_{step.value}") if step else None,
        )

    async def _light(self, told: Told) -> None:
        async def act(login: Login) -> None:
            seconds = await self._work.light(login, told.get("verb"), told.get("seconds"))
            self._element.tell("light", {"ok": True, "verb": told.get("verb"), "seconds": seconds})

        await self._do("light", act)

    async def _note(self, told: Told) -> None:
        async def act(login: Login) -> None:
            await self._work.note(login, told.get("text"))
            await self._show_files()
            self._element.tell("note", {"ok": True})

        await self._do("note", act)

    async def _close(self, told: Told) -> None:
        async def act(login: Login) -> None:
            await self._work.close(login, told.get("text"), forward=told.get("forward") is True)
            await self._show_files()
            self._element.tell("close", {"ok": True})

        await self._do("close", act)

    def _walk_or_stop(self, told: Told) -> None:
        if told.get("on") is True:
            self._run("walk", self._walk)
        else:
            self._stop()

    def _run(self, what: str, act: Callable[[Login], Awaitable[None]]) -> None:
        """One thing that lasts at a time: the sign does one at a time, too."""
        self._stop()

        async def go() -> None:
            with self._element.client:  # where to go when the session is over
                await self._do(what, act)

        self._running = background_tasks.create(go())

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    async def _selftest(self, login: Login) -> None:
        tell, texts = self._element.tell, self._texts
        test = Selftest(
            self._work.asking(login, "selftest"),
            lambda step: tell("selftest", {"step": texts.say(f"job_step_{step}")}),
            lambda row: tell("selftest", {"row": row_view(row, texts)}),
        )
        self._work.asking(login, "lamp")  # a technician's as well
        report = await test.run()
        tell("selftest", {"over": True, "ok": report.ok, "atMs": utc_ms()})

    async def _walk(self, login: Login) -> None:
        asking, tell = self._work.asking(login, "walk"), self._element.tell
        site = await read_site(asking)
        tell("walk", {"site": site_view(site)})
        await walk(asking, site, lambda one: tell("walk", {"glimpse": glimpse_view(one, self._texts)}))
        tell("walk", {"over": True})

    async def _do(self, what: str, act: Callable[[Login], Awaitable[None]]) -> None:
        """Says on the page why it was refused, in the words of whoever stands in the rain."""

        async def act_or_say(login: Login) -> None:
            try:
                await act(login)
            except (GangvaktError, HTTPException) as why:
                self._element.tell(what, {"ok": False, "why": _why(why, self._texts), "over": True})

        await self._doing.run(act_or_say)


def _why(why: Exception, texts: Texts) -> str:
    match why:
        case SignAway():
            return texts.say("job_away")
        case SignMute():
            return texts.say("job_mute")
        case SignRefused(value="somebody in view"):
            return texts.say("job_in_view")
        case _:
            return refusal(texts, why)
