"""The page of commands to many: whom, what, how many; then the answers as they come."""

from __future__ import annotations

from functools import partial

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import least_role, require_role
from gangvakt.api.services import Services, Steering
from gangvakt.errors import Missing
from gangvakt.orders.bulk import TWO_PERSONS, Job, Prepared, Word
from gangvakt.web.controls import Doing, panel, table
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.phrasing import phrase
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.choosing import SignChoice
from gangvakt.web.steering.commands.verbs import VERBS, Verb
from gangvakt.web.steering.fields import number_field
from gangvakt.web.steering.pieces import chip, heading, note, nothing, places_of, watched
from gangvakt.web.texts import Texts

SHOWN = 50  # signs that did not say ok
ROUTE = "/api/v1/municipalities/{municipality}/commands/go"
TONES = {Word.OK: "good", Word.REFUSED: "bad", Word.FAILED: "bad", Word.SILENT: "calm", Word.AWAY: "calm"}


def add_pages(services: Services) -> None:
    @LocalPage("/commands", title=TITLE)
    async def commands(client: Client, municipality: str = "") -> None:
        texts, login = begin(client, services, "/commands", "steering"), login_of(client)
        places = places_of(services, login, least_role("POST", ROUTE))
        with content("desk"):
            with heading(texts.say("commands"), (texts.say("config"), "/config")):
                pass
            if services.steering is None:
                note(texts.say("steer_none_here"), "bad")
            elif not places:
                nothing(texts.say("steer_no_places"), texts.say("command_no_places_hint"))
            else:
                place = municipality if municipality in places else places[0]
                doing = Doing(services, texts, login.token)
                await _Commands(services, services.steering, doing, places, place).begin()


class _Commands:
    def __init__(
        self, services: Services, steering: Steering, doing: Doing, places: tuple[str, ...], place: str
    ) -> None:
        self._fleet, self._steering, self._doing = services.fleet, steering, doing
        self._places, self._place = places, place
        self._texts: Texts = doing.texts
        self._job: Job | None = None
        self._seen: tuple[object, ...] = ()

    async def begin(self) -> None:
        texts = self._texts
        with panel(texts.say("command_whom")):
            await self._whom()
        with panel(texts.say("command_what")):
            self._what()
            ui.button(texts.say("command_count"), on_click=self._doing.button(self._ask)).props("no-caps")
        self._answers()
        watched(self._look)

    async def _whom(self) -> None:
        texts = self._texts
        self._choice = SignChoice(self._fleet, self._steering, self._place, texts, self._recount)
        with ui.element("div").classes("form-grid"):
            choice = ui.select(list(self._places), value=self._place, label=texts.say("municipality"))
            choice.props("dense outlined")
            choice.on_value_change(lambda event: ui.navigate.to(f"/commands?municipality={event.value}"))
            await self._choice.draw()
        self._count = ui.label().classes("note").props("aria-live=polite")
        await self._recount()

    async def _recount(self) -> None:
        try:
            selection = await self._choice.selection()
        except (Missing, ValueError):  # the group has gone meanwhile, or what is typed fits no name
            self._count.set_text(self._texts.say("config_reaches_none"))
            return
        found = [one for one in self._fleet.signs() if selection.fits(one)]
        sites = len({one.id.site_id for one in found})
        online = sum(one.online for one in found)
        said = self._texts.say("command_reaches", signs=len(found), crossings=sites, online=online)
        self._count.set_text(said)

    def _what(self) -> None:
        texts = self._texts
        with ui.element("div").classes("form-grid"):
            words = {name: texts.say(one.key) for name, one in VERBS.items()}
            self._verb = ui.select(words, value=next(iter(VERBS)), label=texts.say("command"))
            self._verb.props("dense outlined").on_value_change(self._show_number)
            self._number_box = ui.element("div")
        self._show_number()

    @property
    def _chosen(self) -> Verb:
        return VERBS[str(self._verb.value)]

    def _show_number(self) -> None:
        """For verbs that take one."""
        verb = self._chosen
        self._number_box.clear()
        if verb.bounds is not None:
            with self._number_box:
                label = self._texts.say("command_for")
                self._number = number_field(self._texts, label, verb.usual, verb.bounds, verb.unit)

    async def _ask(self, login: Login) -> None:
        """Counts, and says what it will do; nothing is sent before that is answered."""
        self._require(login)
        texts, verb = self._texts, self._chosen
        value = self._number.value if verb.bounds else None
        args = verb.args(value)
        bulk = self._steering.bulk
        prepared = bulk.prepare(await self._choice.selection(), verb.verb, args, login.user)
        sites = len({sign.site_id for sign in prepared.signs})
        lines = [
            texts.say(f"{verb.key}_does", n=args),
            texts.say("command_to", signs=len(prepared.signs), crossings=sites, online=prepared.online),
        ]
        if verb.verb in TWO_PERSONS:
            lines.append(texts.say("command_second"))
        title = f"{texts.say(verb.key)}: {self._place}"
        self._typed(title, lines, prepared)

    def _typed(self, title: str, lines: list[str], prepared: Prepared) -> None:
        go = self._texts.say("command_go", n=len(prepared.signs))
        ask(self._doing, title, lines, partial(self._go, prepared), go=go)

    async def _go(self, prepared: Prepared, login: Login, _why: str) -> None:
        self._require(login)
        self._job = await self._steering.bulk.go(self._place, prepared.token, login.user)
        self._answers.refresh()

    def _require(self, login: Login) -> None:
        require_role(login.granted, least_role("POST", ROUTE), self._place)

    async def _look(self) -> None:
        job = self._job
        seen = (job.number, job.is_done, job.pending, len(job.said)) if job else ()
        if seen != self._seen:
            self._seen = seen
            self._answers.refresh()

    @ui.refreshable_method
    def _answers(self) -> None:
        job, texts = self._job, self._texts
        if job is None:
            return
        with panel(texts.say("command_answers", verb=job.verb)):
            if job.pending is not None:
                note(texts.say("command_waits", number=job.pending))
                ui.link(texts.say("approvals"), "/approvals")
                return
            word = "command_done" if job.is_done else "command_goes_on"
            note(texts.say(word, done=len(job.said), total=job.total), "good" if job.is_done else "calm")
            with ui.element("div").classes("form-row"):
                for answer in Word:
                    count = job.counts[answer.value]
                    if count:
                        chip(f"{count} {texts.say(f'command_word_{answer.value}')}", TONES[answer])
            self._others(job)

    def _others(self, job: Job) -> None:
        texts = self._texts
        others = [one for one in job.said if one.word is not Word.OK]
        if not others:
            return
        with table([texts.say(key) for key in ("sign", "state", "steer_why")]):
            for one in others[:SHOWN]:
                with ui.element("tr"):
                    word, why = texts.say(f"command_word_{one.word.value}"), phrase(texts, one.detail)
                    for cell in (str(one.sign), word, why):
                        with ui.element("td"):
                            ui.label(cell)
        if len(others) > SHOWN:
            ui.label(texts.say("steer_more", n=len(others) - SHOWN)).classes("hint")
