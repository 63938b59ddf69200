"""People who are told of alarms, and the ways to them."""

from __future__ import annotations

from functools import partial

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError
from gangvakt.relay.channels import CHANNELS, OPTIONS
from gangvakt.relay.desk import LONGEST_NAME, RelayDesk
from gangvakt.store.notices import Contact
from gangvakt.web.controls import panel, row, small_button, table
from gangvakt.web.frame import TITLE, LocalPage
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.fields import show_refusal
from gangvakt.web.steering.model_form import ModelForm
from gangvakt.web.steering.pieces import chip, note, nothing
from gangvakt.web.steering.settings.room import Room, require, room_at

WAYS = ("email", "phone", "ntfy")


def add_pages(services: Services) -> None:
    @LocalPage("/settings/contacts", title=TITLE)
    async def contacts(client: Client) -> None:
        with room_at(client, services, "/settings/contacts") as room:
            if services.relays is None:
                note(room.texts.say("steer_none_here"), "bad")
                return
            with panel(room.texts.say("set_contacts")):
                await _Contacts(room, services.relays).begin()
            if room.is_chief:
                for name in CHANNELS:
                    with panel(room.texts.say(f"set_channel_{name}")):
                        await _channel(room, services.relays, name)


class _Contacts:
    def __init__(self, room: Room, desk: RelayDesk) -> None:
        self._room, self._desk, self._texts = room, desk, room.texts
        room.doing.afterwards(self._draw.refresh)

    async def begin(self) -> None:
        ui.label(self._texts.say("set_contacts_hint")).classes("hint")
        ui.button(self._texts.say("set_new_contact"), on_click=lambda: self._edit(None)).props("no-caps")
        await self._draw()

    @ui.refreshable_method
    async def _draw(self) -> None:
        texts = self._texts
        found = [one for one in await self._desk.notices.contacts() if self._room.sees(one.municipality)]
        if not found:
            nothing(texts.say("set_no_contacts"), texts.say("set_no_contacts_hint"))
            return
        columns = ("steer_name", "municipality", *(f"set_{way}" for way in WAYS))
        with table([*(texts.say(key) for key in columns), ""]):
            for one in found:
                place = one.municipality or texts.say("everywhere")
                with row(one.name, place, *(getattr(one, way) or "–" for way in WAYS)):
                    small_button(texts.say("steer_edit"), partial(self._edit, one))
                    small_button(texts.say("steer_remove"), partial(self._remove, one))

    def _edit(self, held: Contact | None) -> None:
        texts = self._texts
        first = None if self._room.is_chief else self._room.own[0]
        contact = held or Contact(0, "", first)
        with ui.dialog() as dialog, ui.card().classes("question"):
            with ui.element("h2"):
                ui.label(held.name if held else texts.say("set_new_contact"))
            name = ui.input(texts.say("steer_name"), value=contact.name).props(f"maxlength={LONGEST_NAME}")
            place = ui.input(texts.say("set_place_or_all"), value=contact.municipality or "")
            place.props("maxlength=32")
            fields = {"name": name, "municipality": place}
            for way in WAYS:
                value = getattr(contact, way) or ""
                fields[way] = ui.input(texts.say(f"set_{way}"), value=value).props("maxlength=254")
            for field in fields.values():
                field.props("dense outlined").classes("wide")

            async def save() -> None:
                async def put(login: Login) -> None:
                    told = {key: (field.value or "").strip() or None for key, field in fields.items()}
                    new = Contact(
                        contact.id,
                        told["name"] or "",
                        told["municipality"],
                        *(told[way] for way in WAYS),
                    )
                    if held is not None:
                        require(login, (await self._desk.contact(held.id)).municipality)
                    require(login, new.municipality)
                    try:
                        await self._desk.save_contact(new)
                    except GangvaktError as refused:
                        show_refusal(texts, fields, refused)
                        raise

                if await self._room.doing.run(put):
                    dialog.close()

            with ui.row().classes("answers"):
                ui.button(texts.say("cancel"), on_click=dialog.close).props("flat no-caps")
                ui.button(texts.say("save"), on_click=save).props("no-caps")
        dialog.open()

    def _remove(self, one: Contact) -> None:
        async def remove(login: Login, _why: str) -> None:
            require(login, one.municipality)
            await self._desk.remove_contact(one.id)

        word = self._texts.say("steer_remove")
        lines = [self._texts.say("set_remove_contact", name=one.name)]
        ask(self._room.doing, f"{word}: {one.name}", lines, remove, go=word)


async def _channel(room: Room, desk: RelayDesk, name: str) -> None:
    """How one kind of message leaves here; its secret is never shown."""
    texts, held = room.texts, await desk.notices.channel(name)
    chip(texts.say("set_channel_on" if held else "set_channel_off"), "good" if held else "calm")
    form = ModelForm(texts, OPTIONS[name], held[0] if held else {}, f"set_{name}")
    kept = texts.say("set_secret_kept") if held and held[1] else texts.say("set_secret")
    secret = ui.input(kept, password=True).props("dense outlined maxlength=500 autocomplete=new-password")

    async def save(login: Login) -> None:
        require(login, None)
        try:
            await desk.save_channel(name, form.values(), secret.value or None)
        except GangvaktError as refused:
            show_refusal(texts, form.fields, refused)
            raise
        secret.set_value("")
        ui.notify(texts.say("set_saved"), type="positive")

    def drop() -> None:
        async def remove(login: Login, _why: str) -> None:
            require(login, None)
            await desk.notices.remove_channel(name)
            ui.navigate.to("/settings/contacts")

        word = texts.say("steer_remove")
        ask(room.doing, texts.say(f"set_channel_{name}"), [texts.say("set_remove_channel")], remove, go=word)

    with ui.row().classes("answers"):
        ui.button(texts.say("save"), on_click=room.doing.button(save)).props("no-caps")
        if held:
            ui.button(texts.say("steer_remove"), on_click=drop).props("no-caps outline")
