"""How the controller is: broker, store, version, certificates' ends, and for how long what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime

from nicegui import Client, ui

from gangvakt import __version__
from gangvakt.api.services import Health, Services
from gangvakt.provision.lifetimes import Kind, Lifetime, State
from gangvakt.provision.site_config import schema_hash
from gangvakt.web.controls import panel, table
from gangvakt.web.frame import TITLE, LocalPage
from gangvakt.web.steering.pieces import chip, watched
from gangvakt.web.steering.settings.room import Room, room_at

CERTIFICATES_SHOWN = 50
TONES = {State.GOOD: "good", State.ENDS_SOON: "busy", State.ENDED: "bad"}


def add_pages(services: Services) -> None:
    @LocalPage("/settings", title=TITLE)
    async def settings(client: Client) -> None:
        with room_at(client, services, "/settings") as room:
            with panel(room.texts.say("set_health")):
                _Health(room).begin()
            with panel(room.texts.say("set_certificates")):
                _certificates(room)
            with panel(room.texts.say("set_keep")):
                _keep(room)


class _Health:
    """Looks each second."""

    def __init__(self, room: Room) -> None:
        self._room, self._texts = room, room.texts
        self._now: tuple[Health, int, int] = self._read()

    def begin(self) -> None:
        self._draw()
        watched(self._look)

    def _read(self) -> tuple[Health, int, int]:
        signs = [one for one in self._room.services.fleet.signs() if self._room.sees(one.id.municipality)]
        return self._room.services.health(), len(signs), sum(one.online for one in signs)

    async def _look(self) -> None:
        before, self._now = self._now, self._read()
        if self._now != before:
            self._draw.refresh()

    @ui.refreshable_method
    def _draw(self) -> None:
        texts, (health, signs, online) = self._texts, self._now
        with ui.element("dl").classes("facts"):
            for key, is_good in (("broker", health.broker_connected), ("store", health.store_writing)):
                with _fact(texts.say(f"set_{key}")):
                    chip(texts.say(f"set_{key}_{'good' if is_good else 'bad'}"), "good" if is_good else "bad")
            for key, told in (
                ("set_signs", f"{online} / {signs}"),
                ("set_version", __version__),
                ("set_schema", schema_hash()),
            ):
                with _fact(texts.say(key)):
                    ui.label(told)


@contextmanager
def _fact(name: str) -> Iterator[None]:
    with ui.element("div"):
        with ui.element("dt"):
            ui.label(name)
        with ui.element("dd"):
            yield


def _certificates(room: Room) -> None:
    """Those that end first stand first."""
    texts, now = room.texts, datetime.now(UTC)
    shown = sorted(
        (one for one in room.services.certificates() if _is_shown(room, one)), key=lambda one: one.ends
    )
    if not shown:
        ui.label(texts.say("set_no_certificates")).classes("hint")
        return
    ui.label(texts.say("set_certificates_hint")).classes("hint")
    columns = ("set_certificate", "steer_name", "ends", "set_days_left", "state")
    with table([texts.say(key) for key in columns]):
        for one in shown[:CERTIFICATES_SHOWN]:
            state = one.state(now)
            with ui.element("tr"):
                kind = texts.say(f"set_kind_{one.kind.value.replace(' ', '_')}")
                for cell in (kind, one.name, f"{one.ends:%Y-%m-%d}", str(one.days_left(now))):
                    with ui.element("td"):
                        ui.label(cell)
                with ui.element("td"):
                    chip(texts.say(f"set_cert_{state.value.replace(' ', '_')}"), TONES[state])
    if len(shown) > CERTIFICATES_SHOWN:
        ui.label(texts.say("steer_more", n=len(shown) - CERTIFICATES_SHOWN)).classes("hint")


def _is_shown(room: Room, one: Lifetime) -> bool:
    """Signs' to those whose they are, bundles' to those who administer everything."""
    if one.kind is Kind.SIGN:
        return room.sees(one.name.partition("/")[0])
    return one.kind is not Kind.BUNDLE or room.is_chief


def _keep(room: Room) -> None:
    texts, keep = room.texts, room.services.keep
    ui.label(texts.say("set_keep_hint")).classes("hint")
    with table([texts.say(key) for key in ("set_kept", "days")]):
        for one in fields(keep):
            days = getattr(keep, one.name)
            with ui.element("tr"):
                for cell in (
                    texts.say_or(f"set_keep_{one.name}", one.name),
                    str(days) if days else texts.say("set_for_ever"),
                ):
                    with ui.element("td"):
                        ui.label(cell)
