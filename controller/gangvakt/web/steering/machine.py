"""A picture of a state machine, made from its table, with the present state marked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from nicegui import ui

from gangvakt.fleet.diagram import mermaid

Table = Mapping[tuple[Any, Any], Any]


class Machine:
    """In the words of the code, as guides and logs have them."""

    def __init__(self, table: Table, state: Enum) -> None:
        self._drawn = mermaid(table)
        with ui.element("div").classes("machine"):
            self._picture = ui.mermaid(self._with(state), config={"theme": "base"})

    def show(self, state: Enum) -> None:
        self._picture.set_content(self._with(state))

    def _with(self, state: Enum) -> str:
        return f"{self._drawn}\n    classDef here stroke-width:3px\n    class {state.value} here"
