"""What the buttons do, and what becomes of it, as the street's worlds tell."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui.element import Element
from nicegui.events import GenericEventArguments
from starlette.exceptions import HTTPException

from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError, StreetAway
from gangvakt.fleet import ChangeKind, Scene, SiteId, World
from gangvakt.fleet.roles import Role
from gangvakt.fleet.scene import OrderFate
from gangvakt.fleet.view import SeenFleet
from gangvakt.web.controls import Doing
from gangvakt.web.feed import Kinds
from gangvakt.web.phrasing import phrase
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import TABLE, Texts
from gangvakt.web.views import View

FAULT_S = 20
SAID = tuple(key for key in TABLE if key.startswith("street_do_"))


class StreetButtons(Element, component="scripts/street_buttons.js"):
    """Shows nothing before the street has told what it takes."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._props["texts"] = texts.some(*SAID)
        self._props["signs"], self._props["faults"], self._props["standing"] = [], [], []

    def show(self, signs: list[str], faults: list[View]) -> None:
        self._props["signs"], self._props["faults"] = signs, faults
        self.update()

    def show_standing(self, standing: list[View]) -> None:
        """What is wrong with which sign just now."""
        self._props["standing"] = standing
        self.update()

    def answer(self, fate: View) -> None:
        """What became of the last order."""
        self.run_method("heard", fate)


class StreetDesk:
    """A part of the street's page, for those who may command its signs."""

    def __init__(
        self, services: Services, fleet: SeenFleet, texts: Texts, login: Login, site: SiteId
    ) -> None:
        self._services, self._fleet, self._texts, self._site = services, fleet, texts, site
        self._doing = Doing(services, texts, login.token)
        self._may = (login.granted.role_in(site.municipality) or 0) >= Role.OPERATOR
        self._element = StreetButtons(texts)
        self._element.on("order", self._order)
        self._sent: str | None = None
        self._fate: OrderFate | None = None
        self._standing: object = ()

    def refresh(self, changed: Kinds, now_s: float) -> None:
        scene, world = self._fleet.scene(self._site), self._fleet.world(self._site)
        if ChangeKind.SCENE in changed and scene is not None:
            self._show(scene)
        if ChangeKind.WORLD in changed and world is not None:
            self._show_world(world)

    def _show(self, scene: Scene) -> None:
        offered = scene.faults if self._may and self._services.streets else ()
        faults = [{"name": one, "text": self._fault(one)} for one in offered]
        self._element.show([one.sign for one in scene.signs], faults)

    def _show_world(self, world: World) -> None:
        """Ten times a second: only what is new."""
        if world.faults != self._standing:
            self._standing = world.faults
            self._element.show_standing(
                [
                    {"sign": one.sign, "text": self._standing_word(one.fault), "leftS": one.left_s}
                    for one in world.faults
                ]
            )
        if world.order != self._fate:
            self._fate = world.order
            self._answer()

    def _answer(self) -> None:
        fate = self._fate
        if fate is not None and fate.id == self._sent:
            self._sent = None
            self._element.answer({"ok": fate.ok, "why": self._why(fate)})

    def _why(self, fate: OrderFate) -> str:
        if fate.ok:
            return ""
        known, allowed = f"street_do_refused_{fate.field}", phrase(self._texts, str(fate.allowed))
        return self._texts.say_or(known, f"{fate.field}: {fate.value}; {allowed}")

    def _fault(self, name: str) -> str:
        return self._texts.say_or(f"street_do_fault_{name}", name)

    def _standing_word(self, name: str) -> str:
        return self._texts.say_or(f"street_is_{name}", name)

    async def _order(self, event: GenericEventArguments) -> None:
        told: Mapping[str, object] = event.args if isinstance(event.args, dict) else {}

        async def act(login: Login) -> None:
            try:
                require_role(login.granted, Role.OPERATOR, self._site.municipality)
                self._sent = await self._send(told)
                self._answer()  # a quick street has told already
            except StreetAway:
                self._element.answer({"ok": False, "why": self._texts.say("street_do_away")})
            except (GangvaktError, HTTPException) as refused:
                self._element.answer({"ok": False, "why": refusal(self._texts, refused)})

        await self._doing.run(act)

    async def _send(self, told: Mapping[str, object]) -> str:
        streets, site = self._services.streets, self._site
        if streets is None:
            raise StreetAway(str(site))
        if told.get("order") == "fault":
            return await streets.fault(site, told.get("sign"), told.get("fault"), FAULT_S)
        if told.get("order") == "mend":
            return await streets.mend(site, told.get("sign"))
        return await streets.people(site, told.get("order"))
