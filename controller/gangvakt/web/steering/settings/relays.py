"""Relays: where alarms and events go, how each does, and what it could not deliver."""

from __future__ import annotations

from functools import partial

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.relay_models import relay_out
from gangvakt.api.services import Services
from gangvakt.provision.relay_wire import RelayOut
from gangvakt.relay.desk import RelayDesk
from gangvakt.relay.outcome import Outcome, Verdict
from gangvakt.web.controls import panel, row, show_once, small_button, table, tell_refusal
from gangvakt.web.frame import TITLE, LocalPage
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.pieces import chip, clock, details, note, nothing, watched
from gangvakt.web.steering.settings.relay_form import RelayForm
from gangvakt.web.steering.settings.room import Room, require, room_at

LOOK_S = 3.0
UNDELIVERED_SHOWN = 50
TONES = {"good": "good", "failing": "bad", "paused": "calm"}


def add_pages(services: Services) -> None:
    @LocalPage("/settings/relays", title=TITLE)
    async def relays(client: Client) -> None:
        with room_at(client, services, "/settings/relays") as room:
            if services.relays is None:
                note(room.texts.say("steer_none_here"), "bad")
                return
            await _Relays(room, services.relays).begin()


class _Relays:
    """Looks every few seconds; drawn anew when one has moved."""

    def __init__(self, room: Room, desk: RelayDesk) -> None:
        self._room, self._desk, self._texts = room, desk, room.texts
        self._found: list[RelayOut] = []

    async def begin(self) -> None:
        ui.label(self._texts.say("set_relays_hint")).classes("hint")
        with ui.row():
            for kind in ("webhook", "people"):
                word = self._texts.say(f"set_new_{kind}")
                ui.button(word, on_click=partial(self._edit, kind, None)).props("no-caps outline")
        await self._read()
        self._draw()
        self._room.doing.afterwards(lambda: ui.timer(0.01, self._look, once=True))
        watched(self._look, LOOK_S)

    async def _read(self) -> None:
        counts = await self._desk.relays.count_undelivered()
        records = [one for one in await self._desk.relays.all() if self._room.sees(one.municipality)]
        self._found = [await relay_out(self._desk, one, counts) for one in records]

    async def _look(self) -> None:
        before = self._found
        await self._read()
        if self._found != before:
            self._draw.refresh()

    @ui.refreshable_method
    def _draw(self) -> None:
        if not self._found:
            nothing(self._texts.say("set_no_relays"), self._texts.say("set_no_relays_hint"))
        for one in self._found:
            with panel(one.name):
                self._one(one)

    def _one(self, one: RelayOut) -> None:
        texts = self._texts
        with ui.element("p").classes("summary"):
            chip(texts.say(f"set_relay_{one.state}"), TONES.get(one.state, "calm"))
            ui.label(texts.say(f"set_type_{one.type}"))
            ui.label(one.municipality or texts.say("everywhere")).classes("hint")
        if one.last_error:
            said = texts.say("set_relay_error", why=one.last_error, attempts=one.attempts)
            note(said if one.attempts else one.last_error, "bad" if one.attempts else "calm")
        with ui.element("dl").classes("facts"):
            for key, told in (
                ("set_delivered", f"{one.delivered} ({clock(one.delivered_ms)})"),
                ("set_waiting", str(one.waiting)),
                ("set_undelivered", str(one.undelivered)),
                ("set_missed", str(one.missed)),
                ("set_priority", str(one.least_priority)),
                ("set_kinds", ", ".join(one.kinds)),
                *((("set_webhook_url", str(one.options["url"])),) if "url" in one.options else ()),
                *((("set_next_try", clock(one.next_try_ms)),) if one.next_try_ms else ()),
            ):
                with ui.element("div"):
                    with ui.element("dt"):
                        ui.label(texts.say(key))
                    with ui.element("dd"):
                        ui.label(told)
        self._buttons(one)
        if one.undelivered:
            with details(texts.say("set_show_undelivered", n=one.undelivered)):
                _Undelivered(self._room, self._desk, one)

    def _buttons(self, one: RelayOut) -> None:
        texts, doing = self._texts, self._room.doing
        with ui.row().classes("links"):
            small_button(texts.say("set_test"), doing.button(partial(self._test, one)))
            small_button(texts.say("steer_edit"), partial(self._edit, one.type, one))
            word = "set_go_on" if one.state == "paused" else "set_hold"
            small_button(texts.say(word), doing.button(partial(self._hold, one)))
            if one.type == "webhook":
                small_button(texts.say("set_new_secret"), partial(self._rotate, one))
            small_button(texts.say("steer_remove"), partial(self._remove, one))

    async def _test(self, one: RelayOut, login: Login) -> None:
        require(login, one.municipality)
        outcome = await self._desk.relays.test(one.name)
        if outcome.verdict is Verdict.DONE:
            ui.notify(self._texts.say("set_test_done"), type="positive")
        else:
            tell_refusal(self._texts.say("set_test_failed", why=outcome.why))

    async def _hold(self, one: RelayOut, login: Login) -> None:
        require(login, one.municipality)
        await self._desk.relays.change(one.name, {"paused": one.state != "paused"})

    def _rotate(self, one: RelayOut) -> None:
        async def rotate(login: Login, _why: str) -> None:
            require(login, one.municipality)
            title = self._texts.say("set_secret_of", name=one.name)
            show_once(self._texts, title, await self._desk.relays.rotate(one.name))

        word = self._texts.say("set_new_secret")
        lines = [self._texts.say("set_rotate_does")]
        ask(self._room.doing, f"{word}: {one.name}", lines, rotate, go=word)

    def _remove(self, one: RelayOut) -> None:
        async def remove(login: Login, _why: str) -> None:
            require(login, one.municipality)
            await self._desk.relays.remove(one.name)

        word = self._texts.say("steer_remove")
        lines = [self._texts.say("set_remove_relay", n=one.undelivered + one.waiting)]
        ask(self._room.doing, f"{word}: {one.name}", lines, remove, go=word)

    async def _edit(self, kind: str, one: RelayOut | None) -> None:
        await RelayForm(self._room, self._desk, kind, one).open()


class _Undelivered:
    """What a relay has given up, and to try it again; read when it is opened."""

    def __init__(self, room: Room, desk: RelayDesk, one: RelayOut) -> None:
        self._room, self._desk, self._texts, self._one = room, desk, room.texts, one
        ui.timer(0.01, self._draw, once=True)

    async def _draw(self) -> None:
        texts = self._texts
        found = await self._desk.relays.undelivered(self._one.name, 0, UNDELIVERED_SHOWN)
        columns = ("steer_when", "set_kinds", "audit_subject", "steer_why")
        with table([*(texts.say(key) for key in columns), ""]):
            for one in found:
                message = one.message
                with row(clock(message.time_ms), message.kind, message.subject, one.reason):
                    retry = partial(self._retry, [one.id])
                    small_button(texts.say("set_retry"), self._room.doing.button(retry))
        if len(found) > 1:
            retry = partial(self._retry, [one.id for one in found])
            small_button(texts.say("set_retry_all", n=len(found)), self._room.doing.button(retry))

    async def _retry(self, numbers: list[int], login: Login) -> None:
        require(login, self._one.municipality)
        done, outcome = await self._desk.relays.retry(self._one.name, numbers)
        if outcome is None:
            ui.notify(self._texts.say("set_retried", n=done), type="positive")
        else:
            tell_refusal(self._texts.say("set_retried_part", n=done, why=_why(outcome)))


def _why(outcome: Outcome) -> str:
    return outcome.why or outcome.verdict.value
