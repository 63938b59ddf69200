"""The page of what waits for a second person: what it will do, and approve or refuse."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.fleet.pair_states import OPEN, PairState
from gangvakt.fleet.roles import EVERYWHERE, Role
from gangvakt.orders.pairs import Pairs
from gangvakt.store.pairs import POLICIES, Pair
from gangvakt.web.controls import Doing, panel, table
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.steering.approvals.wording import TONES, effects_of, result_of, signs_of, title_of
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.pieces import chip, clock, details, heading, note, nothing, watched
from gangvakt.web.texts import Texts

LOOK_S = 2.0
DECIDED_SHOWN = 20
SIGNS_SHOWN = 200
RULE_KIND, RULE_SUBJECT = "rule.two-persons", "two_persons"  # as the command line asks for it


def add_pages(services: Services) -> None:
    @LocalPage("/approvals", title=TITLE)
    async def approvals(client: Client) -> None:
        texts, login = begin(client, services, "/approvals", "steering"), login_of(client)
        with content("desk"):
            with heading(texts.say("approvals")):
                pass
            ui.label(texts.say("approvals_hint")).classes("hint")
            if services.pairs is None:
                note(texts.say("steer_none_here"), "bad")
            else:
                await _Approvals(services.pairs, Doing(services, texts, login.token), login).begin()


class _Approvals:
    """Looks every few seconds; drawn anew when something has moved."""

    def __init__(self, pairs: Pairs, doing: Doing, login: Login) -> None:
        self._pairs, self._doing, self._login = pairs, doing, login
        self._texts: Texts = doing.texts
        self._waiting: tuple[Pair, ...] = ()
        self._decided: tuple[Pair, ...] = ()

    async def begin(self) -> None:
        texts = self._texts
        await self._read()
        self._draw_waiting()
        with panel(texts.say("approvals_decided")):
            self._draw_decided()
        if self._login.granted.everywhere is Role.ADMINISTRATOR:
            with panel(texts.say("approvals_rule")):
                await self._rule()
        self._doing.afterwards(lambda: ui.timer(0.01, self._look, once=True))
        watched(self._look, LOOK_S)

    async def _read(self) -> None:
        """Of the municipalities in which he could be a second person."""
        seen = self._login.granted.at_least(Role.OPERATOR).municipalities
        self._waiting = await self._pairs.page(OPEN, None, 100, seen)
        ended = frozenset(PairState) - OPEN - {PairState.NEW}
        self._decided = await self._pairs.page(ended, None, DECIDED_SHOWN, seen)

    async def _look(self) -> None:
        before = self._waiting, self._decided
        await self._read()
        if self._waiting != before[0]:
            self._draw_waiting.refresh()
        if self._decided != before[1]:
            self._draw_decided.refresh()

    @ui.refreshable_method
    def _draw_waiting(self) -> None:
        texts = self._texts
        if not self._waiting:
            nothing(texts.say("approvals_none"), texts.say("approvals_none_hint"))
        for pair in self._waiting:
            with panel(f"{pair.id} · {title_of(texts, pair)}"):
                self._one(pair)

    def _one(self, pair: Pair) -> None:
        texts = self._texts
        with ui.element("p").classes("summary"):
            chip(texts.say(f"pair_state_{pair.state.value}"), TONES.get(pair.state, "calm"))
            told = {"who": pair.asked_by, "at": clock(pair.asked_ms), "until": clock(pair.expires_ms)}
            ui.label(texts.say("pair_asked", **told))
        with ui.element("ul").classes("consequences"):
            for line in effects_of(texts, pair):
                with ui.element("li"):
                    ui.label(line)
        signs = signs_of(pair)
        if signs:
            with details(texts.say("pair_signs", n=len(signs))):
                ui.label(", ".join(signs[:SIGNS_SHOWN]) + (" …" if len(signs) > SIGNS_SHOWN else ""))
        self._buttons(pair)

    def _buttons(self, pair: Pair) -> None:
        texts, is_own = self._texts, pair.asked_by == self._login.user
        least = self._pairs.least_role(pair.kind)
        if least is None:  # of a controller that knew more
            return
        may = (self._login.granted.role_in(pair.municipality) or 0) >= least
        with ui.row().classes("answers"):
            if is_own:
                ui.label(texts.say("pair_own")).classes("hint")
            elif not may:
                ui.label(texts.say("steer_no_right", role=texts.say(least.word))).classes("hint")
            elif pair.state is PairState.ASKED:
                approve = ui.button(texts.say("pair_approve"), on_click=lambda: self._approve(pair))
                approve.props("no-caps")
            if (is_own or may) and pair.state is PairState.ASKED:
                word = texts.say("pair_take_back" if is_own else "pair_refuse")
                ui.button(word, on_click=lambda: self._refuse(pair, word)).props("no-caps outline")

    def _approve(self, pair: Pair) -> None:
        async def approve(login: Login, _why: str) -> None:
            await self._pairs.approve(pair.id, login.user, login.granted)

        texts = self._texts
        lines = [*effects_of(texts, pair), texts.say("pair_at_once")]
        ask(self._doing, title_of(texts, pair), lines, approve, go=texts.say("pair_approve"))

    def _refuse(self, pair: Pair, word: str) -> None:
        async def refuse(login: Login, _why: str) -> None:
            await self._pairs.refuse(pair.id, login.user, login.granted)

        ask(self._doing, title_of(self._texts, pair), [self._texts.say("pair_ends")], refuse, go=word)

    @ui.refreshable_method
    def _draw_decided(self) -> None:
        texts = self._texts
        if not self._decided:
            ui.label(texts.say("approvals_none_decided")).classes("hint")
            return
        columns = ("pair", "state", "pair_asked_by", "pair_decided_by", "steer_when", "pair_result")
        with table([texts.say(key) for key in columns]):
            for pair in self._decided:
                with ui.element("tr"):
                    with ui.element("td"):
                        ui.label(f"{pair.id} · {title_of(texts, pair)} ({pair.subject})")
                    with ui.element("td"):
                        chip(texts.say(f"pair_state_{pair.state.value}"), TONES.get(pair.state, "calm"))
                    when = clock(pair.decided_ms or pair.expires_ms)
                    for cell in (pair.asked_by, pair.decided_by or "–", when, result_of(pair)):
                        with ui.element("td"):
                            ui.label(cell)

    async def _rule(self) -> None:
        """Changed as all else that takes two people."""
        texts = self._texts
        ui.label(texts.say("approvals_rule_hint")).classes("hint")
        words = {one: texts.say(f"pair_rule_{one}") for one in POLICIES}
        choice = ui.select(words, value=await self._pairs.rule(), label=texts.say("approvals_rule"))
        choice.props("dense outlined").classes("rule")

        async def change(login: Login) -> None:
            rule = str(choice.value)
            made = await self._pairs.ask(
                RULE_KIND, RULE_SUBJECT, {"rule": rule}, login.user, EVERYWHERE, login.granted
            )
            waits = made.state is PairState.ASKED
            ui.notify(texts.say("pair_rule_waits" if waits else "pair_rule_set"), type="positive")

        ui.button(texts.say("save"), on_click=self._doing.button(change)).props("no-caps")
