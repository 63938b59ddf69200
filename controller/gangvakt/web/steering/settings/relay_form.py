"""The dialog in which a relay is set up, or changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from gangvakt.api.auth import Login
from gangvakt.errors import GangvaktError, Missing, RelayRefused
from gangvakt.fleet.windows import DAYS, Window
from gangvakt.provision.relay_wire import RelayOut
from gangvakt.relay.desk import RelayDesk
from gangvakt.relay.types import type_of
from gangvakt.store.relays import NewRelay
from gangvakt.web.controls import show_once
from gangvakt.web.steering.fields import show_refusal
from gangvakt.web.steering.model_form import ModelForm
from gangvakt.web.steering.settings.room import Room, require

BY_HAND = ("contacts", "shifts", "days_off")  # asked for in the form's own way
PRIORITIES = (1, 2, 3)


class RelayForm:
    """`held` is the one that is changed; None for a new one."""

    def __init__(self, room: Room, desk: RelayDesk, kind: str, held: RelayOut | None) -> None:
        self._room, self._desk, self._kind, self._held = room, desk, kind, held
        self._texts = room.texts

    async def open(self) -> None:
        texts, held = self._texts, self._held
        contacts = {
            one.id: one.name
            for one in await self._desk.notices.contacts()
            if self._room.sees(one.municipality)
        }
        with ui.dialog() as dialog, ui.card().classes("question wide-card"):
            with ui.element("h2"):
                ui.label(held.name if held else texts.say(f"set_new_{self._kind}"))
            with ui.element("div").classes("form-grid"):
                self._head()
            options = held.options if held else {}
            self._options = ModelForm(
                texts, type_of(self._kind).options, options, f"set_{self._kind}", BY_HAND
            )
            self._fields = {**self._options.fields, "name": self._name, "municipality": self._place}
            if self._kind == "people":
                self._people(options, contacts)

            async def save() -> None:
                if await self._room.doing.run(self._save):
                    dialog.close()

            with ui.row().classes("answers"):
                ui.button(texts.say("cancel"), on_click=dialog.close).props("flat no-caps")
                ui.button(texts.say("save"), on_click=save).props("no-caps")
        dialog.open()

    def _head(self) -> None:
        texts, held = self._texts, self._held
        place = held.municipality if held else None if self._room.is_chief else self._room.own[0]
        self._name = ui.input(texts.say("steer_name"), value=held.name if held else "")
        self._name.props("dense outlined maxlength=64")
        self._place = ui.input(texts.say("set_place_or_all"), value=place or "")
        self._place.props("dense outlined maxlength=32")
        self._priority = ui.select(
            list(PRIORITIES), value=held.least_priority if held else 3, label=texts.say("set_priority")
        )
        self._priority.props("dense outlined")
        for field in (self._name, self._place):
            field.set_enabled(held is None)

    def _people(self, options: Mapping[str, Any], contacts: dict[int, str]) -> None:
        """Who is told in which order, and when somebody is on call."""
        texts = self._texts
        known = [one for one in options.get("contacts", ()) if one in contacts]
        self._who = ui.select(contacts, multiple=True, value=known, label=texts.say("set_people_contacts"))
        self._who.props("dense outlined use-chips").classes("wide")
        lines = "\n".join(map(_line_of, options.get("shifts", ())))
        self._shifts = ui.textarea(texts.say("set_people_shifts"), value=lines)
        days = " ".join(map(str, options.get("days_off", ())))
        self._days_off = ui.input(texts.say("set_people_days_off"), value=days)
        for field in (self._shifts, self._days_off):
            field.props("dense outlined").classes("wide")
        self._fields |= {"contacts": self._who, "shifts": self._shifts, "days_off": self._days_off}

    async def _save(self, login: Login) -> None:
        try:
            await self._put(login)
        except GangvaktError as refused:
            show_refusal(self._texts, self._fields, refused)
            raise

    async def _put(self, login: Login) -> None:
        place = self._held.municipality if self._held else (self._place.value or "").strip().lower() or None
        require(login, place)
        options = await self._told(login, place)
        if self._held is not None:
            change = {"options": options, "least_priority": int(self._priority.value)}
            await self._desk.relays.change(self._held.name, change)
            return
        name = (self._name.value or "").strip()
        new = NewRelay(name, self._kind, place, (), int(self._priority.value), options)
        _, secret = await self._desk.relays.add(new)
        if secret is not None:
            show_once(self._texts, self._texts.say("set_secret_of", name=name), secret)

    async def _told(self, login: Login, place: str | None) -> dict[str, Any]:
        """What is inside this network is for those who run the controller; contacts are one's own."""
        options = self._options.values()
        if options.get("allow_private"):
            require(login, None)
        if self._kind == "people":
            options["contacts"] = [int(one) for one in self._who.value or ()]
            for number in options["contacts"]:
                contact = await self._desk.contact(number)
                if contact.municipality not in (None, place):
                    raise Missing("contact", contact.name, f"of {place or 'all municipalities'}")
            options["shifts"] = shifts_of(self._shifts.value or "") or [{}]
            options["days_off"] = (self._days_off.value or "").split()
        return options


def shifts_of(text: str) -> list[dict[str, Any]]:
    """From lines as of maintenance windows. RelayRefused for a night, which takes two of them."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        window = Window.parse(line)
        until = window.until_min or 24 * 60
        if until <= window.from_min:
            raise RelayRefused("relay", "shifts", line[:64], "hours of one day; for a night give two lines")
        days = [DAYS[day] for day in sorted(window.days)]
        found.append({"days": days, "begin": _clock(window.from_min), "until": _clock(until)})
    return found


def _line_of(shift: Mapping[str, Any]) -> str:
    return f"{','.join(shift['days'])} {shift['begin']}-{shift['until']}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
