"""Municipalities: how people write them, and whom to ask there."""

from __future__ import annotations

from functools import partial

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError
from gangvakt.fleet.names import check_name
from gangvakt.provision.file_wire import MunicipalityIn, MunicipalityOut
from gangvakt.relay.types import check_model
from gangvakt.web.controls import panel, row, small_button, table
from gangvakt.web.frame import TITLE, LocalPage
from gangvakt.web.steering.fields import show_refusal
from gangvakt.web.steering.pieces import nothing
from gangvakt.web.steering.settings.room import Room, require, room_at

LONGEST = 200


def add_pages(services: Services) -> None:
    @LocalPage("/settings/municipalities", title=TITLE)
    async def municipalities(client: Client) -> None:
        with (
            room_at(client, services, "/settings/municipalities") as room,
            panel(room.texts.say("set_municipalities")),
        ):
            await _Municipalities(room).begin()


class _Municipalities:
    def __init__(self, room: Room) -> None:
        self._room, self._texts = room, room.texts
        room.doing.afterwards(self._draw.refresh)

    async def begin(self) -> None:
        ui.label(self._texts.say("set_municipalities_hint")).classes("hint")
        ui.button(self._texts.say("set_describe"), on_click=lambda: self._edit(None)).props("no-caps")
        await self._draw()

    @ui.refreshable_method
    async def _draw(self) -> None:
        texts, room = self._texts, self._room
        found = [
            one
            for one in await room.services.registry.site_files.municipalities()
            if room.sees(one.municipality)
        ]
        if not found:
            nothing(texts.say("set_no_municipality"), texts.say("set_no_municipality_hint"))
            return
        with table([*(texts.say(key) for key in ("municipality", "set_title", "set_contact")), ""]):
            for one in found:
                with row(one.municipality, one.title, one.contact or "–"):
                    small_button(texts.say("steer_edit"), partial(self._edit, one))

    def _edit(self, held: MunicipalityOut | None) -> None:
        """By the version that is shown: whoever is second is told."""
        texts = self._texts
        with ui.dialog() as dialog, ui.card().classes("question"):
            with ui.element("h2"):
                ui.label(held.municipality if held else texts.say("set_describe"))
            name = ui.input(texts.say("municipality"), value=held.municipality if held else "")
            name.props("dense outlined maxlength=32").classes("wide").set_visibility(held is None)
            title = ui.input(texts.say("set_title"), value=held.title if held else "")
            contact = ui.input(texts.say("set_contact"), value=held.contact if held else "")
            for field in (title, contact):
                field.props(f"dense outlined maxlength={LONGEST}").classes("wide")
            fields = {"municipality": name, "title": title, "contact": contact}

            async def save() -> None:
                async def put(login: Login) -> None:
                    try:
                        place = check_name("municipality", (name.value or "").strip().lower())
                        require(login, place)
                        told = {"title": title.value or "", "contact": contact.value or ""}
                        new = MunicipalityIn.model_validate(
                            check_model(MunicipalityIn, told, "municipality").model_dump()
                        )
                        desk = self._room.services.registry.site_files
                        await desk.put_municipality(place, new, held.version if held else 0)
                    except GangvaktError as refused:
                        show_refusal(texts, fields, refused)
                        raise

                if await self._room.doing.run(put):
                    dialog.close()

            with ui.row().classes("answers"):
                ui.button(texts.say("cancel"), on_click=dialog.close).props("flat no-caps")
                ui.button(texts.say("save"), on_click=save).props("no-caps")
        dialog.open()
