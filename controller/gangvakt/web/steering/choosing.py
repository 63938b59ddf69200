"""Fields by which signs of a municipality are chosen: crossing, board, group, and a text in their names."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from gangvakt.api.config_routes import selection_of
from gangvakt.api.services import Steering
from gangvakt.fleet import LiveFleet
from gangvakt.fleet.selection import Selection, board_of
from gangvakt.provision.config_wire import SelectionIn
from gangvakt.web.texts import Texts

ANY = ""


class SignChoice:
    """Drawn by `draw` where it is called; `changed` is called with whatever is chosen otherwise."""

    def __init__(
        self, fleet: LiveFleet, steering: Steering, place: str, texts: Texts, changed: Callable[..., object]
    ) -> None:
        self._fleet, self._steering, self._place = fleet, steering, place
        self._texts, self._changed = texts, changed

    async def draw(self) -> None:
        own = [one for one in self._fleet.signs() if one.id.municipality == self._place]
        groups = await self._steering.templates.table.groups(self._place)
        boards = {board for one in own if (board := board_of(one))}
        self._site = self._field("steer_crossing", sorted({one.id.site for one in own}))
        self._board = self._field("rollout_board", sorted(boards))
        self._group = self._field("steer_group", [one.group.name for one in groups])
        self._text = ui.input(self._texts.say("config_text")).props("dense outlined maxlength=98")
        self._text.on_value_change(self._changed)

    def _field(self, key: str, options: list[str]) -> ui.select:
        choices = {ANY: self._texts.say("config_any")} | {one: one for one in options}
        made = ui.select(choices, label=self._texts.say(key), value=ANY)
        made.props("dense outlined").on_value_change(self._changed)
        return made

    async def selection(self) -> Selection:
        """Missing when the group has gone meanwhile, ValueError when what is typed fits no name."""
        told = SelectionIn(
            site=self._site.value or None,
            board=self._board.value or None,
            group=self._group.value or None,
            text=(self._text.value or "").strip() or None,
        )
        return await selection_of(self._steering, self._place, told)
