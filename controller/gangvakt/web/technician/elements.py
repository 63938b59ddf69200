"""The elements of the technician's pages, each drawn by its script in `scripts/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from gangvakt.web.texts import TABLE, Texts
from gangvakt.web.views import View

LOCALES = {"en": "en-GB", "nb": "nb-NO"}
SAID = tuple(key for key in TABLE if key.startswith("job_"))
MORE = (
    "cancel",
    "seconds_ago",
    "minutes_ago",
    "hours_ago",
    "never",
    "flashing",
    "dark",
    "no_faults",
    "firmware",
)
ASKED = ("find", "light", "selftest", "walk", "note", "close", "look")

Told = Mapping[str, object]


class _Answering(Element):
    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._props["texts"] = texts.some(*MORE, *SAID)
        self._props["locale"] = LOCALES[texts.language]

    def when(self, asked: str, do: Callable[[Told], Any]) -> None:
        """`do` gets what the page sends with one of ASKED."""
        self.on(asked, lambda event: do(_told(event)))


class SignFinder(_Answering, component="scripts/sign_finder.js"):
    """A field for a name, and the signs that have it."""

    def show(self, asked: str, found: Sequence[View], none: str) -> None:
        self._props["asked"], self._props["found"], self._props["none"] = asked, list(found), none
        self.update()


class Job(_Answering, component="scripts/job.js", esm={"gangvakt-job": "scripts/job"}):
    """All the work on one sign."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(texts)
        self._props["alarms"], self._props["swap"] = [], {}

    def show(self, *, now_ms: int, **parts: object) -> None:
        """`parts`: head, alarms, file, swap, next."""
        self._props["nowMs"] = now_ms
        for name, part in parts.items():
            self._props[name] = part
        self.update()

    def tell(self, what: str, told: View) -> None:
        """What came of `what` (light, selftest, walk, note, close), at once or bit by bit."""
        self.run_method("hear", what, told)


def _told(event: GenericEventArguments) -> Told:
    return event.args if isinstance(event.args, dict) else {}
