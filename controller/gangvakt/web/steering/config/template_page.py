"""A template: the values that it gives the signs of its groups."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError, Missing, SettingRefused
from gangvakt.fleet.config_layers import LOCKS
from gangvakt.fleet.names import check_name
from gangvakt.store.config_groups import Template
from gangvakt.web.controls import panel
from gangvakt.web.frame import TITLE, LocalPage, content
from gangvakt.web.steering.config.editor import FieldEditor
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
            if may:
                ui.button(texts.say("save"), on_click=self._room.doing.button(self._save)).props("no-caps")

    async def _save(self, login: Login) -> None:
        self._room.require(login)
        name = self._held.name if self._held else self._named()
        await self._check_nobody_was_faster(name)
        try:
            values = self._editor.values()
            put = self._room.steering.templates.put_template
            self._held = await put(self._room.municipality, name, values, login.user)
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

    async def _check_nobody_was_faster(self, name: str) -> None:
        """What somebody else has saved since this page was opened is not lost without a word."""
        found = await self._room.steering.templates.table.templates(self._room.municipality)
        now = next((one for one in found if one.name == name), None)
        seen_ms = self._held.changed_ms if self._held else None
        if now is not None and now.changed_ms != seen_ms:
            said = self._texts.say("steer_raced", who=now.by, at=clock(now.changed_ms))
            raise SettingRefused("template", "name", name, said)
