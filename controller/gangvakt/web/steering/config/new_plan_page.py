"""A new plan: which values, for which signs, in which stages."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError, SettingRefused
from gangvakt.fleet.config_layers import LOCKS
from gangvakt.fleet.config_plan import FIRST_SIGNS, GROWTH, stages_of
from gangvakt.orders.dry_run import Trial
from gangvakt.orders.plans import Wanted
from gangvakt.provision.config_wire import (
    LONGEST_TITLE,
    MOST_DEADLINE_MIN,
    MOST_FIRST,
    MOST_GROWTH,
    USUAL_DEADLINE_MIN,
)
from gangvakt.web.controls import panel
from gangvakt.web.frame import TITLE, LocalPage, content
from gangvakt.web.steering.choosing import SignChoice
from gangvakt.web.steering.config.editor import FieldEditor
from gangvakt.web.steering.config.room import Room, room_at
from gangvakt.web.steering.config.trial import TrialView
from gangvakt.web.steering.fields import number_field
from gangvakt.web.steering.pieces import heading, note


def add_pages(services: Services) -> None:
    @LocalPage("/config/{municipality}/new-plan", title=TITLE)
    async def new_plan(client: Client, municipality: str) -> None:
        room = room_at(client, services, municipality)
        if room is None:
            return
        with content("desk"):
            with heading(room.texts.say("config_new_plan"), room.home):
                pass
            if not room.may_change:
                note(room.texts.say("steer_no_right", role=room.texts.say("technician")), "bad")
                return
            await _NewPlan(room).draw()


class _NewPlan:
    def __init__(self, room: Room) -> None:
        self._room, self._texts = room, room.texts

    async def draw(self) -> None:
        texts, doing = self._texts, self._room.doing
        with panel(texts.say("config_plan_what")):
            self._title = ui.input(texts.say("rollout_title"), validation=lambda _: None)
            self._title.props(f"dense outlined maxlength={LONGEST_TITLE}").classes("wide")
            ui.label(texts.say("config_plan_hint")).classes("hint")
            self._editor = FieldEditor(texts, {}, LOCKS)
        with panel(texts.say("config_plan_whom")):
            await self._selection_fields()
        with panel(texts.say("config_plan_how")), ui.element("div").classes("form-grid"):
            self._first = number_field(texts, texts.say("config_first"), FIRST_SIGNS, (1, MOST_FIRST))
            self._growth = number_field(texts, texts.say("config_growth"), GROWTH, (1, MOST_GROWTH))
            self._deadline = number_field(
                texts, texts.say("config_deadline"), USUAL_DEADLINE_MIN, (1, MOST_DEADLINE_MIN), "min"
            )
        for field in (self._first, self._growth):
            field.on_value_change(self._recount)
        await self._recount()
        with ui.row().classes("answers"):
            ui.button(texts.say("config_dry_run"), on_click=doing.button(self._try)).props("no-caps outline")
            ui.button(texts.say("rollout_keep"), on_click=doing.button(self._keep)).props("no-caps")
        self._trial = TrialView(self._room)

    async def _selection_fields(self) -> None:
        room = self._room
        self._choice = SignChoice(
            room.services.fleet, room.steering, room.municipality, self._texts, self._recount
        )
        with ui.element("div").classes("form-grid"):
            await self._choice.draw()
        self._count = ui.label().classes("note").props("aria-live=polite")

    async def _recount(self) -> None:
        """Says whom it would reach, and in which stages."""
        try:
            signs = (await self._choice.selection()).of(self._room.services.fleet.signs())
        except (GangvaktError, ValueError):
            signs = ()
        if not signs:
            self._count.set_text(self._texts.say("config_reaches_none"))
            return
        first, growth = int(self._first.value or 1), int(self._growth.value or 1)
        sizes = " + ".join(str(len(stage)) for stage in stages_of(signs, max(1, first), max(1, growth)))
        self._count.set_text(self._texts.say("config_reaches", n=len(signs), stages=sizes))

    async def _try(self, login: Login) -> None:
        self._room.require(login)
        values = self._editor.values()
        signs = (await self._choice.selection()).of(self._room.services.fleet.signs())
        self._trial.begin([Trial(sign, values) for sign in signs], login.user)

    async def _keep(self, login: Login) -> None:
        self._room.require(login)
        title = (self._title.value or "").strip()
        if not title:
            allowed = f"1..{LONGEST_TITLE}"
            self._title.error = self._texts.say("steer_allowed", allowed=allowed)
            raise SettingRefused("plan", "title", "", f"{allowed} characters")
        wanted = Wanted(
            title,
            self._editor.values(),
            await self._choice.selection(),
            int(self._first.value or 0),
            int(self._growth.value or 0),
            int(self._deadline.value or 0),
            login.user,
        )
        for name, value, most in (
            ("first", wanted.first, MOST_FIRST),
            ("growth", wanted.growth, MOST_GROWTH),
            ("deadline_min", wanted.deadline_min, MOST_DEADLINE_MIN),
        ):
            if not 1 <= value <= most:
                raise SettingRefused("plan", name, value, f"1..{most}")
        try:
            made = await self._room.steering.plans.make(wanted)
        except GangvaktError as refused:
            self._editor.refuse(refused)
            raise
        ui.navigate.to(f"/config/{self._room.municipality}/plan/{made.id}")
