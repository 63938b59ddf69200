"""The element that shows how far something has come, group by group and crossing by crossing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from gangvakt.web.texts import Texts
from gangvakt.web.views import View


class Progress(Element, component="scripts/progress.js"):
    """Drawn by its script; made once and then only given new values."""

    def __init__(self, texts: Texts, choose: Callable[[int | None], None]) -> None:
        """`choose` gets the number of the group that shall be shown alone, None for all."""
        super().__init__()
        self._props["texts"] = texts.some("steer_crossing", "steer_group", "signs", "steer_more")
        self._props["groups"], self._props["crossings"] = [], []
        self._props["more"], self._props["chosen"] = 0, -1

        def chosen(event: GenericEventArguments) -> None:
            number = event.args if isinstance(event.args, int) and event.args >= 0 else None
            self._props["chosen"] = -1 if number is None else number
            choose(number)

        self.on("choose", chosen)

    def show(self, groups: Sequence[View], crossings: Sequence[View], more: int) -> None:
        """`more` crossings are not drawn."""
        self._props["groups"], self._props["crossings"], self._props["more"] = groups, crossings, more
        self.update()
