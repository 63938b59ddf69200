"""Where else people log in: OpenID Connect providers, as of a municipality."""

from __future__ import annotations

from functools import partial
from typing import Any

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.provider_routes import provider_of
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import GangvaktError, RelayRefused
from gangvakt.fleet.names import check_name
from gangvakt.provision.oidc_wire import ProviderIn, ProviderOptions
from gangvakt.relay.types import check_model
from gangvakt.store.login_providers import Provider
from gangvakt.web.controls import panel, row, small_button, table
from gangvakt.web.frame import TITLE, LocalPage
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.fields import show_refusal
from gangvakt.web.steering.model_form import ModelForm
from gangvakt.web.steering.pieces import note, nothing
from gangvakt.web.steering.settings.room import Room, require, room_at


def add_pages(services: Services) -> None:
    @LocalPage("/settings/logins", title=TITLE)
    async def logins(client: Client) -> None:
        with room_at(client, services, "/settings/logins") as room:
            if not room.is_chief:
                note(room.texts.say("set_for_chiefs"), "bad")
                return
            with panel(room.texts.say("set_logins")):
                await _Logins(room).begin()


class _Logins:
    def __init__(self, room: Room) -> None:
        self._room, self._texts = room, room.texts
        self._providers = room.services.auth.staff.providers
        room.doing.afterwards(self._draw.refresh)

    async def begin(self) -> None:
        ui.label(self._texts.say("set_logins_hint")).classes("hint")
        ui.button(self._texts.say("set_new_login"), on_click=lambda: self._edit(None)).props("no-caps")
        await self._draw()

    @ui.refreshable_method
    async def _draw(self) -> None:
        texts, found = self._texts, await self._providers.all()
        if not found:
            nothing(texts.say("set_no_logins"), texts.say("set_no_logins_hint"))
            return
        columns = ("steer_name", "set_oidc_title", "set_issuer", "set_client_id", "set_secret")
        with table([*(texts.say(key) for key in columns), ""]):
            for one in found:
                kept = texts.say("config_yes" if one.client_secret else "config_no")
                with row(one.name, str(one.options.get("title", "")), one.issuer, one.client_id, kept):
                    small_button(texts.say("steer_edit"), partial(self._edit, one))
                    small_button(texts.say("steer_remove"), partial(self._remove, one.name))

    def _edit(self, held: Provider | None) -> None:
        texts = self._texts
        with ui.dialog() as dialog, ui.card().classes("question wide-card"):
            with ui.element("h2"):
                ui.label(held.name if held else texts.say("set_new_login"))
            with ui.element("div").classes("form-grid"):
                name = ui.input(texts.say("steer_name"), value=held.name if held else "")
                name.set_enabled(held is None)
                issuer = ui.input(texts.say("set_issuer"), value=held.issuer if held else "")
                client_id = ui.input(texts.say("set_client_id"), value=held.client_id if held else "")
                label = texts.say("set_secret_kept" if held and held.client_secret else "set_secret")
                secret = ui.input(label, password=True).props("autocomplete=new-password")
            for field in (name, issuer, client_id, secret):
                field.props("dense outlined maxlength=512")
            form = ModelForm(texts, ProviderOptions, held.options if held else {}, "set_oidc")
            fields = {**form.fields, "name": name, "issuer": issuer, "client_id": client_id}

            async def save() -> None:
                async def put(login: Login) -> None:
                    told = {"issuer": issuer.value or "", "client_id": client_id.value or ""}
                    told |= {"client_secret": secret.value} if secret.value else {}
                    try:
                        await self._put(login, (name.value or "").strip(), told, form)
                    except GangvaktError as refused:
                        show_refusal(texts, fields, refused)
                        raise

                if await self._room.doing.run(put):
                    dialog.close()

            with ui.row().classes("answers"):
                ui.button(texts.say("cancel"), on_click=dialog.close).props("flat no-caps")
                ui.button(texts.say("save"), on_click=save).props("no-caps")
        dialog.open()

    async def _put(self, login: Login, name: str, told: dict[str, Any], form: ModelForm) -> None:
        require(login, None)
        check_name("name", name)
        options = form.values()
        try:
            checked = check_model(ProviderIn, {**told, "options": options}, "login provider")
        except RelayRefused as refused:  # of a field within the options: named as the form has it
            field = refused.field.removeprefix("options.")
            raise RelayRefused("login provider", field, refused.value, refused.allowed) from None
        wanted = ProviderIn.model_validate(checked.model_dump())
        saved = provider_of(name, wanted, await self._providers.get(name))
        await self._providers.save(saved, utc_ms(), by=login.user)

    def _remove(self, name: str) -> None:
        async def remove(login: Login, _why: str) -> None:
            require(login, None)
            await self._providers.remove(name, by=login.user)

        word = self._texts.say("steer_remove")
        ask(self._room.doing, f"{word}: {name}", [self._texts.say("set_remove_login")], remove, go=word)
