"""Messages of signs that nobody could read."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.services import DeadLetterReader, Services
from gangvakt.store import DeadLetter
from gangvakt.web.controls import panel
from gangvakt.web.frame import TITLE, LocalPage
from gangvakt.web.steering.pieces import clock, link_button, note, nothing
from gangvakt.web.steering.settings.room import Room, room_at

SHOWN = 50


def add_pages(services: Services) -> None:
    @LocalPage("/settings/dead-letters", title=TITLE)
    async def dead_letters(client: Client, before: str = "") -> None:
        with room_at(client, services, "/settings/dead-letters") as room:
            if services.dead_letters is None:
                note(room.texts.say("steer_none_here"), "bad")
                return
            with panel(room.texts.say("set_letters")):
                ui.label(room.texts.say("set_letters_hint")).classes("hint")
                await _draw(room, services.dead_letters, before)


async def _draw(room: Room, letters: DeadLetterReader, before: str) -> None:
    """The newest first; those of others are passed over."""
    texts = room.texts
    place = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = await letters.page(place, SHOWN)
    shown = [(number, one) for number, one in found if _is_shown(room, one)]
    if not shown:
        nothing(texts.say("set_no_letters"), texts.say("set_no_letters_hint"))
    with ui.element("ol").classes("audit"):
        for number, one in shown:
            _letter(number, one)
    with ui.row().classes("links"):
        if place is not None:
            ui.link(texts.say("steer_newest"), "/settings/dead-letters")
        if len(found) == SHOWN:
            link_button(texts.say("steer_older"), f"/settings/dead-letters?before={found[-1][0]}")


def _letter(number: int, one: DeadLetter) -> None:
    with ui.element("li"), ui.element("details"):
        with ui.element("summary"):
            with ui.element("time"):
                ui.label(clock(one.received_ms))
            ui.label(f"#{number}").classes("hint")
            with ui.element("code"):
                ui.label(one.topic)
            ui.label(one.reason).classes("subject")
        with ui.element("pre").classes("payload"):
            ui.label(one.payload.decode("utf-8", "backslashreplace"))


def _is_shown(room: Room, one: DeadLetter) -> bool:
    """A message that names no municipality is shown to whoever administers all."""
    parts = one.topic.split("/")
    return room.sees(parts[2] if len(parts) > 2 and parts[2] else None)
