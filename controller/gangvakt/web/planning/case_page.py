"""A complaint as a case: what happened at a crossing around a moment, and what was changed since."""

from __future__ import annotations

from datetime import datetime

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import Missing, SettingRefused
from gangvakt.fleet import SignEvent, SiteId
from gangvakt.fleet.roles import Role
from gangvakt.store.config_versions import ConfigVersion
from gangvakt.web.controls import panel
from gangvakt.web.crossing.recordings import replay_path
from gangvakt.web.figures import Cell, figures, unknown
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.planning.crossings import Crossing, crossing_of
from gangvakt.web.planning.month import ZONE, local
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts
from gangvakt.web.words import SENTENCES, event_sentence

AROUND_MS = 15 * 60_000
MOMENT = "%Y-%m-%dT%H:%M"
MOST_VERSIONS = 20
BRIGHTNESS = ("dim_pct", "night_dim_pct", "pattern", "mode")


def moment_of(text: str) -> int:
    """UTC ms of a moment by the clock on the wall, `2026-03-02T02:14`; SettingRefused for what is none."""
    try:
        return int(datetime.strptime(text, MOMENT).replace(tzinfo=ZONE).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise SettingRefused("case", "at", text[:30], "a moment as 2026-03-02T02:14") from None


def add_pages(services: Services) -> None:
    @LocalPage("/case/{municipality}/{site}", title=TITLE)
    async def case(client: Client, municipality: str, site: str, at: str = "") -> None:
        texts = begin(client, services, f"/case/{municipality}/{site}?at={at[:30]}", "planning", "crossing")
        login = login_of(client)
        found = await crossing_of(services, login, municipality, site)
        with content("desk"):
            if found is None:
                name = f"{municipality}/{site}"[:80]
                unknown(texts.say("plan_unknown", site=name), link=("/planning", texts.say("plan_all")))
                return
            await _Case(services, texts, login, found).show(at)


class _Case:
    def __init__(self, services: Services, texts: Texts, login: Login, crossing: Crossing) -> None:
        self._services, self._texts, self._login = services, texts, login
        self._crossing, self._site = crossing, crossing.site

    async def show(self, at: str) -> None:
        texts, here = self._texts, f"/case/{self._site}"
        at_ms, wrong = self._asked(at)
        ui.link(texts.say("cross_back_to"), f"/crossing/{self._site}")
        with ui.element("h1"):
            ui.label(f"{texts.say('case')}: {self._crossing.file.title}")
        with panel(texts.say("case_when")), ui.element("div").classes("form-row"):
            when = ui.input(texts.say("case_moment"), value="" if at_ms is None else at)
            when.props("dense outlined type=datetime-local stack-label")
            look = ui.button(texts.say("case_look")).props("no-caps")
            look.on_click(lambda: ui.navigate.to(f"{here}?at={(when.value or '')[:16]}"))
        if wrong:
            ui.label(wrong).classes("form-error").props("role=alert")
        if at_ms is not None:
            await self._happened(at_ms)
            await self._changed_since(at_ms)

    def _asked(self, at: str) -> tuple[int | None, str]:
        """The moment, and what is wrong with it: a field that takes moments holds nothing else."""
        try:
            return (moment_of(at) if at else None), ""
        except SettingRefused as refused:
            return None, refusal(self._texts, refused)

    async def _happened(self, at_ms: int) -> None:
        texts = self._texts
        span = at_ms - AROUND_MS, at_ms + AROUND_MS
        events = await self._services.events.of_site(self._site, *span, tuple(SENTENCES))
        with panel(texts.say("case_happened")):
            if not events:
                ui.label(texts.say("case_nothing")).classes("hint")
            with ui.element("ul").classes("short-list"):
                for event in events:
                    with ui.element("li"):
                        line = f"{local(event.utc_ms)} · {event.sign.sign} · {event_sentence(event, texts)}"
                        ui.label(line)
                        self._replay(event)

    def _replay(self, event: SignEvent) -> None:
        """Its recording is found by boot and number, which stand in the file's name."""
        role = self._login.granted.role_in(self._site.municipality)
        replays = self._services.replays
        if replays is None or role is None or role < Role.TECHNICIAN:
            return
        begin_ = f"{event.boot:05}-{event.seq:05}-"
        for kept in replays.kept(event.sign):
            if kept.name.startswith(begin_):
                ui.link(self._texts.say("case_replay"), replay_path(event.sign, kept.name))

    async def _changed_since(self, at_ms: int) -> None:
        texts = self._texts
        rows = [row for one in await self._versions() for row in _rows(one, at_ms, texts)]
        with panel(texts.say("case_changed")):
            if rows:
                figures([texts.say(key) for key in ("rep_sign", "case_when", "case_who", "case_what")], rows)
            else:
                ui.label(texts.say("case_unchanged")).classes("hint")

    async def _versions(self) -> list[ConfigVersion]:
        found: list[ConfigVersion] = []
        orders = self._services.orders
        for state in self._services.fleet.signs_of(SiteId(self._site.municipality, self._site.site)):
            if orders is not None:
                try:
                    found += await orders.configs.table.history(state.id, None, MOST_VERSIONS)
                except Missing:
                    continue
        return sorted(found, key=lambda one: one.at_ms)


def _rows(one: ConfigVersion, at_ms: int, texts: Texts) -> list[list[Cell]]:
    """What of pattern and brightness was wanted otherwise; marked where that was after the moment."""
    wanted = one.wanted.values
    said = [
        f"{name}: {one.former.get(name, '–')} → {wanted.get(name, '–')}"
        for name in BRIGHTNESS
        if one.former.get(name) != wanted.get(name)
    ]
    if not said:
        return []
    when = local(one.at_ms) + (f" ({texts.say('case_after')})" if one.at_ms > at_ms else "")
    return [[Cell(one.sign.sign), Cell(when), Cell(one.user), Cell("; ".join(said))]]
