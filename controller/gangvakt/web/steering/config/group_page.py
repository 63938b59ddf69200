"""A group of signs, and the templates that it gives them."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError, Missing, Outdated
from gangvakt.fleet.config_layers import Group
from gangvakt.fleet.names import check_name
from gangvakt.fleet.selection import Selection, board_of
from gangvakt.provision.config_wire import HIGHEST_POSITION
from gangvakt.store.config_groups import KeptGroup
from gangvakt.web.controls import panel
from gangvakt.web.frame import TITLE, LocalPage, content
from gangvakt.web.raced import Theirs, changed_lines
from gangvakt.web.steering.config.room import Room, room_at
from gangvakt.web.steering.fields import allowed_of, number_field, text_field
from gangvakt.web.steering.pieces import heading, not_here, note


def add_pages(services: Services) -> None:
    @LocalPage("/config/{municipality}/group", title=TITLE)
    async def group(client: Client, municipality: str, name: str = "") -> None:
        room = room_at(client, services, municipality)
        if room is None:
            return
        with content("desk"):
            try:
                held = await room.steering.templates.group(municipality, name) if name else None
            except Missing:
                not_here(room.texts, f"{room.texts.say('steer_group')} {name[:40]}", room.home[1])
                return
            await _GroupPage(room, held).draw()


class _GroupPage:
    def __init__(self, room: Room, held: KeptGroup | None) -> None:
        self._room, self._texts, self._held = room, room.texts, held
        self._read_ms = {held.group.name: held.changed_ms} if held else {}

    async def draw(self) -> None:
        texts, held = self._texts, self._held
        group = held.group if held else Group(self._room.municipality, "")
        title = f"{texts.say('steer_group')}: {group.name}" if held else texts.say("config_new_group")
        with heading(title, self._room.home):
            pass
        if not self._room.may_change:
            note(texts.say("steer_no_right", role=texts.say("technician")))
        with panel(texts.say("config_members")):
            if held is None:
                self._name = text_field(
                    texts, texts.say("steer_name"), lambda told: check_name("group", told), most=32
                )
            ui.label(texts.say("config_group_hint")).classes("hint")
            with ui.element("div").classes("form-grid"):
                await self._choices(group)
            self._count = ui.label().classes("hint").props("aria-live=polite")
            self._recount()
            self._theirs = Theirs(texts)
            if self._room.may_change:
                ui.button(texts.say("save"), on_click=self._room.doing.button(self._save)).props("no-caps")

    async def _choices(self, group: Group) -> None:
        texts, signs = self._texts, self._room.services.fleet.signs()
        own = [one for one in signs if one.id.municipality == self._room.municipality]
        sites = sorted({one.id.site for one in own} | group.sites)
        boards = sorted({board for one in own if (board := board_of(one))} | group.boards)
        found = await self._room.steering.templates.table.templates(self._room.municipality)
        names = [one.name for one in found]
        self._sites = _several(texts.say("config_sites"), sites, sorted(group.sites), self._recount)
        self._boards = _several(texts.say("config_boards"), boards, sorted(group.boards), self._recount)
        self._templates = _several(texts.say("config_templates"), names, list(group.templates), None)
        bounds = (0, HIGHEST_POSITION)
        self._position = number_field(texts, texts.say("config_position"), group.position, bounds)

    def _recount(self) -> None:
        selection = Selection(self._room.municipality, group=self._group("x"))
        count = len(selection.of(self._room.services.fleet.signs()))
        self._count.set_text(self._texts.say("config_group_holds", n=count))

    def _group(self, name: str) -> Group:
        return Group(
            self._room.municipality,
            name,
            int(self._position.value or 0),
            frozenset(self._sites.value or ()),
            frozenset(self._boards.value or ()),
            tuple(self._templates.value or ()),
        )

    async def _save(self, login: Login) -> None:
        self._room.require(login)
        name = self._held.group.name if self._held else self._named()
        put = self._room.steering.templates.put_group
        try:
            await put(self._group(name), login.user, self._read_ms.get(name, 0))
        except Outdated as late:
            await self._show_theirs(name, late)
            raise
        ui.navigate.to(self._room.home[1])

    def _named(self) -> str:
        try:
            return check_name("group", (self._name.value or "").strip())
        except GangvaktError as refused:
            self._name.error = allowed_of(self._texts, refused)
            raise

    async def _show_theirs(self, name: str, late: Outdated) -> None:
        found = await self._room.steering.templates.table.groups(self._room.municipality)
        now = next((one for one in found if one.group.name == name), None)
        before = self._told(self._held) if self._held and self._held.group.name == name else {}
        self._theirs.tell(late, changed_lines(before, self._told(now) if now else {}))
        self._read_ms[name] = late.held

    def _told(self, kept: KeptGroup) -> dict[str, object]:
        """By the names that the form has for them."""
        say, group = self._texts.say, kept.group
        return {
            say("config_sites"): ", ".join(sorted(group.sites)) or None,
            say("config_boards"): ", ".join(sorted(group.boards)) or None,
            say("config_templates"): ", ".join(group.templates) or None,
            say("config_position"): group.position,
        }


def _several(label: str, options: list[str], value: list[str], changed: object) -> ui.select:
    made = ui.select(options, label=label, multiple=True, value=[one for one in value if one in options])
    made.props("dense outlined use-chips")
    if callable(changed):
        made.on_value_change(lambda: changed())
    return made
