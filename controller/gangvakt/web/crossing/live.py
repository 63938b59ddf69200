"""What the poles of a crossing see, for a minute, to whoever may ask them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element

from gangvakt.api.auth import Login
from gangvakt.api.rights import least_role_of_verb, require_role
from gangvakt.errors import GangvaktError, OrderFailed
from gangvakt.fleet import ChangeKind, Look, SignId, SiteId
from gangvakt.fleet.view import SeenFleet
from gangvakt.web.controls import Doing, panel
from gangvakt.web.crossing.look_views import look_view, pole_view
from gangvakt.web.crossing.watch_states import WATCH_S, PoleWatch, WatchState
from gangvakt.web.feed import Kinds, LivePart
from gangvakt.web.phrasing import phrase
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import TABLE, Texts
from gangvakt.web.views import View

VERB = "watch"
LOOK_EVERY_S = 0.5  # for what does not come


class LiveView(Element, component="scripts/live_view.js", esm={"gangvakt-above": "scripts/above"}):
    """A picture from above for each pole, and the people in it in words."""

    def __init__(self, texts: Texts, poles: Sequence[View]) -> None:
        super().__init__()
        said = [key for key in TABLE if key.startswith("watch_")]
        self._props["texts"] = texts.some("flashing", "dark", "shadow", *said)
        self._props["poles"] = list(poles)
        self._props["states"] = {}

    def show_states(self, states: View) -> None:
        """By pole: state and, where it was refused, why."""
        self._props["states"] = states
        self.update()

    def push(self, sign: SignId, look: View) -> None:
        """A picture of that pole."""
        self.run_method("push", str(sign), look)


def live_poles(doing: Doing, login: Login, fleet: SeenFleet, site: SiteId) -> LivePart | None:
    """The panel; None, and nothing shown, to whoever may not ask signs, and where there are none to ask."""
    role = login.granted.role_in(site.municipality)
    signs = fleet.signs_of(site)
    if role is None or role < least_role_of_verb(VERB) or doing.services.orders is None or not signs:
        return None
    with panel(doing.texts.say("watch_title")):
        return _LivePoles(doing, fleet, site)


class _LivePoles:
    def __init__(self, doing: Doing, fleet: SeenFleet, site: SiteId) -> None:
        self._doing, self._fleet, self._site = doing, fleet, site
        signs = fleet.signs_of(site)
        self._poles = {state.id: PoleWatch() for state in signs}
        self._why: dict[SignId, str] = {}
        self._shown: dict[SignId, Look] = {}
        self._states: View = {}
        self._looked_s = 0.0
        texts = doing.texts
        ui.label(texts.say("watch_hint")).classes("hint")
        self._button = ui.button(texts.say("watch_go"), on_click=self._go).props("no-caps")
        self._view = LiveView(texts, [pole_view(state) for state in signs])

    def refresh(self, changed: Kinds, now_s: float) -> None:
        if ChangeKind.LOOK in changed:
            self._show_looks(now_s)
        elif now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        for pole in self._poles.values():
            pole.tick(now_s)
        self._show_states()

    def _show_looks(self, now_s: float) -> None:
        for sign, pole in self._poles.items():
            look = self._fleet.look(sign)
            if look is not None and look is not self._shown.get(sign):
                self._shown[sign] = look
                pole.look(now_s, look.left_s)
                self._view.push(sign, look_view(look, self._doing.texts))

    def _show_states(self) -> None:
        states = {
            str(sign): {"is": pole.state.value, "why": self._why.get(sign, "")}
            for sign, pole in self._poles.items()
        }
        if states != self._states:
            self._states = states
            self._view.show_states(states)
            began = any(pole.state is not WatchState.IDLE for pole in self._poles.values())
            self._button.set_text(self._doing.texts.say("watch_again" if began else "watch_go"))

    async def _go(self) -> None:
        await self._doing.run(self._ask_all)

    async def _ask_all(self, login: Login) -> None:
        require_role(login.granted, least_role_of_verb(VERB), self._site.municipality)
        for pole in self._poles.values():
            pole.ask()
        self._show_states()
        await asyncio.gather(*(self._ask(sign, pole, login) for sign, pole in self._poles.items()))
        self._show_states()

    async def _ask(self, sign: SignId, pole: PoleWatch, login: Login) -> None:
        orders = self._doing.services.orders
        assert orders is not None
        try:
            answer = await orders.commander.command(sign, VERB, WATCH_S, login.user)
        except OrderFailed:
            pole.missed()
        except GangvaktError as refused:
            self._refuse(sign, pole, refusal(self._doing.texts, refused))
        else:
            if answer.ok:
                pole.answered(time.monotonic())
            else:
                self._refuse(sign, pole, phrase(self._doing.texts, answer.allowed or "?"))

    def _refuse(self, sign: SignId, pole: PoleWatch, why: str) -> None:
        self._why[sign] = why
        pole.refused()
