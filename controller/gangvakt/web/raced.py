"""What somebody reads who saves what another has changed meanwhile: who, when, what. His own stays there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nicegui import ui

from gangvakt.errors import Outdated
from gangvakt.web.texts import Texts
from gangvakt.web.times import clock

MOST_TOLD = 12


class Theirs:
    """A place below a form, empty until then."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._box = ui.element("div")

    def tell(self, late: Outdated, changes: Sequence[str]) -> None:
        """`changes` are those of the other, a line each."""
        texts = self._texts
        self._box.clear()
        with self._box, ui.element("div").classes("theirs").props("role=alert"):
            ui.label(raced(texts, late))
            with ui.element("ul"):
                for line in changes[:MOST_TOLD]:
                    with ui.element("li"):
                        ui.label(line)
            if len(changes) > MOST_TOLD:
                ui.label(texts.say("steer_more", n=len(changes) - MOST_TOLD))
            ui.label(texts.say("raced_yours"))

    def forget(self) -> None:
        """It was saved."""
        self._box.clear()


def changed_lines(
    before: Mapping[str, object],
    after: Mapping[str, object],
    said: Callable[[str, object], str] = lambda _, value: "–" if value is None else str(value),
) -> list[str]:
    """What became of each value that is another now; `said` words a field's value, None for none."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [f"{name}: {said(name, before.get(name))} → {said(name, after.get(name))}" for name in names]


def raced(texts: Texts, late: Outdated) -> str:
    """Who was faster, and when."""
    if late.held == 0:
        return texts.say("raced_removed")
    who = late.who or texts.say("raced_somebody")
    if late.at_ms is None:
        return texts.say("raced_unknown", who=who)
    return texts.say("raced", who=who, at=clock(late.at_ms))
