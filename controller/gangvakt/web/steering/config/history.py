"""Every configuration that was wanted of a sign, and the way back to each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui

from gangvakt.api.auth import Login
from gangvakt.fleet import SignId
from gangvakt.fleet.config_layers import differences
from gangvakt.provision.site_config import defaults
from gangvakt.store.config_versions import ConfigVersion
from gangvakt.web.controls import row, small_button, table
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.config.room import Room
from gangvakt.web.steering.config.views import changed_text
from gangvakt.web.steering.pieces import clock, nothing

SHOWN = 20


class History:
    """The newest versions; more of them on demand."""

    def __init__(self, room: Room, sign: SignId, newest: Callable[[], int]) -> None:
        self._room, self._texts, self._sign, self._newest = room, room.texts, sign, newest
        self._found: list[ConfigVersion] = []
        self._most, self._has_more = SHOWN, False

    async def begin(self) -> None:
        await self._read()
        self._draw()

    async def again(self) -> None:
        await self._read()
        self._draw.refresh()

    async def _read(self) -> None:
        found = await self._room.orders.configs.table.history(self._sign, None, self._most + 1)
        self._found, self._has_more = list(found[: self._most]), len(found) > self._most

    async def _older(self) -> None:
        self._most += SHOWN
        await self.again()

    @ui.refreshable_method
    def _draw(self) -> None:
        texts = self._texts
        if not self._found:
            nothing(texts.say("config_no_history"), texts.say("config_no_history_hint"))
            return
        columns = ("rollout_version", "steer_when", "steer_who", "steer_why", "config_changed")
        with table([*(texts.say(key) for key in columns), ""]):
            for one in self._found:
                changed = changed_text(texts, differences(one.wanted, one.former, defaults()))
                cause = texts.say_or(f"config_cause_{one.cause}", one.cause)
                plan = f" {one.plan}" if one.plan else ""
                cells = (str(one.version), clock(one.at_ms), one.user, f"{cause}{plan}", changed or "–")
                with row(*cells):
                    if self._room.may_change and one.version != self._newest():
                        small_button(texts.say("config_restore"), partial(self._restore, one))
        if self._has_more:
            small_button(texts.say("steer_older"), self._older)

    def _restore(self, one: ConfigVersion) -> None:
        texts = self._texts

        async def restore(login: Login, _why: str) -> None:
            self._room.require(login)
            await self._room.orders.configs.restore(self._sign, one.version, login.user)

        lines = [texts.say("config_restore_does", version=one.version), texts.say("config_apply_proof")]
        ask(self._room.doing, str(self._sign), lines, restore, go=texts.say("config_restore"))
