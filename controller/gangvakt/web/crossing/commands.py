"""What can be told to the poles of a crossing at once, and what they answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import least_role_of_verb, require_role
from gangvakt.errors import GangvaktError, SettingRefused
from gangvakt.fleet import SignId, SiteId
from gangvakt.web.controls import Doing, panel
from gangvakt.web.phrasing import phrase
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts

ALL = "*"


@dataclass(frozen=True)
class Order:
    """A verb with its usual argument and unit; what darkens a sign or lights it for long is asked about."""

    verb: str
    usual: int | None = None
    most: int = 0
    unit: str = ""
    is_asked: bool = False

    @property
    def key(self) -> str:
        return f"cross_order_{self.verb.replace('-', '_')}"


ORDERS = (
    Order("identify"),
    Order("flash", 10, 60, "s"),
    Order("force-on", 60, 600, "s", is_asked=True),
    Order("mute", 15, 240, "min", is_asked=True),
    Order("selftest"),
)


def commands(doing: Doing, login: Login, site: SiteId) -> None:
    """Nothing where somebody may not order anything."""
    role = login.granted.role_in(site.municipality)
    allowed = [order for order in ORDERS if role is not None and role >= least_role_of_verb(order.verb)]
    if allowed and doing.services.orders is not None:
        with panel(doing.texts.say("cross_orders")):
            _Desk(doing, site, allowed)


class _Desk:
    """Which pole, which verb, for how long; below it the answers."""

    def __init__(self, doing: Doing, site: SiteId, orders: Sequence[Order]) -> None:
        self._doing, self._texts, self._site = doing, doing.texts, site
        self._orders = {order.verb: order for order in orders}
        texts = doing.texts
        signs = {str(state.id): state.id.sign for state in doing.services.fleet.signs_of(site)}
        with ui.element("div").classes("form-row"):
            names = {ALL: texts.say("cross_both"), **signs}
            self._where = ui.select(names, value=ALL, label=texts.say("cross_pole"))
            verbs = {order.verb: texts.say(order.key) for order in orders}
            self._verb = ui.select(verbs, value=orders[0].verb, label=texts.say("cross_order"))
            self._verb.on_value_change(self._fit)
            self._many = ui.number(texts.say("cross_for"), min=1, precision=0)
            for field in (self._where, self._verb, self._many):
                field.props("dense outlined")
            ui.button(texts.say("cross_go"), on_click=self._go).props("no-caps")
        self._answers = ui.element("ul").classes("short-list").props("role=status")
        self._fit()

    def _fit(self) -> None:
        order = self._orders[self._verb.value]
        self._many.set_visibility(order.usual is not None)
        self._many.set_value(order.usual)
        self._many.props(f'suffix="{order.unit}"')

    async def _go(self) -> None:
        order = self._orders[self._verb.value]
        if not order.is_asked:
            await self._doing.run(self._obey)
        elif await self._doing.run(self._check):  # what is refused anyway is not worth a question
            told = {"signs": len(self._signs()), "many": self._args(order), "unit": order.unit}
            self._doing.asked(self._texts.say(f"{order.key}_ask", **told), self._obey)()

    async def _check(self, login: Login) -> None:
        order = self._orders[self._verb.value]
        require_role(login.granted, least_role_of_verb(order.verb), self._site.municipality)
        self._args(order)

    def _signs(self) -> list[SignId]:
        if self._where.value != ALL:
            return [SignId.parse(self._where.value)]
        return [state.id for state in self._doing.services.fleet.signs_of(self._site)]

    async def _obey(self, login: Login) -> None:
        await self._check(login)
        order, orders = self._orders[self._verb.value], self._doing.services.orders
        self._answers.clear()
        if orders is not None:
            args = self._args(order)
            asked = (self._ask(sign, order.verb, args, login.user) for sign in self._signs())
            await asyncio.gather(*asked)

    def _args(self, order: Order) -> int | None:
        if order.usual is None:
            return None
        many = self._many.value
        if not isinstance(many, int | float) or not 1 <= many <= order.most or many != int(many):
            raise SettingRefused("order", order.verb, many, f"1..{order.most} {order.unit}")
        return int(many)

    async def _ask(self, sign: SignId, verb: str, args: int | None, user: str) -> None:
        orders = self._doing.services.orders
        assert orders is not None
        with self._answers, ui.element("li"):
            line = ui.label(f"{sign.sign}: …")
        try:
            answer = await orders.commander.command(sign, verb, args, user)
        except GangvaktError as refused:
            line.set_text(f"{sign.sign}: {refusal(self._texts, refused)}")
            return
        line.set_text(f"{sign.sign}: {_said(answer.ok, answer.answer, answer.allowed, self._texts)}")


def _said(ok: bool, answer: object, allowed: str | None, texts: Texts) -> str:
    if not ok:
        return texts.say("cross_refused", allowed=phrase(texts, allowed or "?"))
    told = "" if answer in (None, {}, True) else json.dumps(answer, ensure_ascii=False)[:300]
    return f"✓ {texts.say('cross_done')} {told}".strip()
