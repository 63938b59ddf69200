"""A template: the values that it gives the signs of its groups."""

from __future__ import annotations

from functools import partial

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError, Missing, Outdated
from gangvakt.fleet.config_layers import LOCKS
from gangvakt.fleet.names import check_name
from gangvakt.store.config_groups import Template
from gangvakt.web.controls import panel
from gangvakt.web.frame import TITLE, LocalPage, content
from gangvakt.web.raced import Theirs, changed_lines
from gangvakt.web.steering.config.editor import FieldEditor, value_text
from gangvakt.web.steering.config.room import Room, room_at
from gangvakt.web.steering.fields import allowed_of, text_field
from gangvakt.web.steering.pieces import clock, heading, not_here, note


def add_pages(services: Services) -> None:
    @LocalPage("/config/{municipality}/template", title=TITLE)
    async def template(client: Client, municipality: str, name: str = "") -> None:
        room = room_at(client, services, municipality)
        if room is None:
            return
        with content("desk"):
            try:
                held = await room.steering.templates.template(municipality, name) if name else None
            except Missing:
                not_here(room.texts, f"{room.texts.say('config_template')} {name[:40]}", room.home[1])
                return
            _TemplatePage(room, held).draw()


class _TemplatePage:
    def __init__(self, room: Room, held: Template | None) -> None:
        self._room, self._texts, self._held = room, room.texts, held
        self._read_ms = {held.name: held.changed_ms} if held else {}  # by name: a new one may meet another

    def draw(self) -> None:
        texts, held, may = self._texts, self._held, self._room.may_change
        title = f"{texts.say('config_template')}: {held.name}" if held else texts.say("config_new_template")
        with heading(title, self._room.home):
            pass
        if held is not None:
            ui.label(f"{texts.say('steer_changed_by')}: {held.by}, {clock(held.changed_ms)}").classes("hint")
        if not may:
            note(texts.say("steer_no_right", role=texts.say("technician")))
        with panel(texts.say("config_values")):
            if held is None:
                self._name = text_field(
                    texts, texts.say("steer_name"), lambda told: check_name("template", told), most=32
                )
            ui.label(texts.say("config_editor_hint")).classes("hint")
            self._editor = FieldEditor(texts, held.values if held else {}, LOCKS, frozen=not may)
            note(texts.say("config_template_effect"))
            self._theirs = Theirs(texts)
            if may:
                ui.button(texts.say("save"), on_click=self._room.doing.button(self._save)).props("no-caps")

    async def _save(self, login: Login) -> None:
        self._room.require(login)
        name = self._held.name if self._held else self._named()
        try:
            values = self._editor.values()
            put = self._room.steering.templates.put_template
            await put(self._room.municipality, name, values, login.user, self._read_ms.get(name, 0))
        except Outdated as late:
            await self._show_theirs(name, late)
            raise
        except GangvaktError as refused:
            self._editor.refuse(refused)
            raise
        ui.navigate.to(self._room.home[1])

    def _named(self) -> str:
        name = (self._name.value or "").strip()
        try:
            return check_name("template", name)
        except GangvaktError as refused:
            self._name.error = allowed_of(self._texts, refused)
            raise

    async def _show_theirs(self, name: str, late: Outdated) -> None:
        """What somebody else has saved since this page was opened: whoever saves again knows it."""
        found = await self._room.steering.templates.table.templates(self._room.municipality)
        now = next((one for one in found if one.name == name), None)
        before = self._held.values if self._held and self._held.name == name else {}
        said = partial(value_text, self._texts)
        self._theirs.tell(late, changed_lines(before, now.values if now else {}, said))
        self._read_ms[name] = late.held
