"""The elements of the alarms' pages, each drawn by its script in `scripts/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from gangvakt.web.alarms.wanted import ALLOWED, Wanted
from gangvakt.web.texts import TABLE, Texts
from gangvakt.web.views import View

LOCALES = {"en": "en-GB", "nb": "nb-NO"}
SHARED = {"gangvakt-alarms": "shared"}
AGES = ("seconds_ago", "minutes_ago", "hours_ago", "days_ago")
SAID = tuple(key for key in TABLE if key.startswith(("alarm_", "alarms_")))

Told = Mapping[str, object]
CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "state": tuple((one, f"alarm_which_{one}") for one in ALLOWED["state"] or ()),
    "priority": (("", "alarm_any"), *((one, f"alarm_priority_{one}") for one in ("1", "2", "3"))),
    "owner": (("", "alarm_owner_any"), ("me", "alarm_owner_me"), ("none", "alarm_owner_none")),
    "order": tuple((one, f"alarm_order_{one}") for one in ALLOWED["order"] or ()),
}


class _Acting(Element):
    """Tells of steps that somebody wants, and is told what became of them."""

    def __init__(self, texts: Texts, user: str, people: Sequence[str]) -> None:
        super().__init__()
        self._props["texts"] = texts.some("cancel", *AGES, *SAID)
        self._props["locale"] = LOCALES[texts.language]
        self._props["user"] = user
        self._props["people"] = list(people)

    def on_step(self, step: Callable[[Told], Any]) -> None:
        self.on("step", lambda event: step(_told(event)))

    def answer(self, done: int, refused: Sequence[View]) -> None:
        """How many were done, and of each other one `id`, `text` and, in its {at}, `atMs`."""
        self.run_method("answered", {"done": done, "refused": list(refused)})


class AlarmQueue(_Acting, component="scripts/alarm_queue.js", esm=SHARED):
    """Rows, choices, and steps for many."""

    def __init__(self, texts: Texts, user: str, people: Sequence[str], *, can_act: bool) -> None:
        super().__init__(texts, user, people)
        self._props["choices"] = {
            name: [{"value": value, "name": texts.say(key)} for value, key in choices]
            for name, choices in CHOICES.items()
        }
        self._props["canAct"] = can_act
        self._props["rows"], self._props["unheeded"] = [], []

    def on_wanted(self, want: Callable[[Told], Any]) -> None:
        self.on("wanted", lambda event: want(_told(event)))

    def show_wanted(self, wanted: Wanted, ignored: Sequence[str]) -> None:
        self._props["wanted"] = {name: getattr(wanted, name) for name in ALLOWED}
        self._props["query"] = wanted.query
        self._props["ignored"] = list(ignored)
        self.update()

    def show(self, rows: Sequence[View], total: int, unheeded: Sequence[View], now_ms: int) -> None:
        """`total` fit, `rows` of them are shown; `unheeded` are the open ones that nobody has taken."""
        self._props["rows"], self._props["total"] = list(rows), total
        self._props["unheeded"] = list(unheeded)
        self._props["nowMs"] = now_ms
        self.update()


class AlarmDetail(_Acting, component="scripts/alarm_detail.js", esm=SHARED):
    """One alarm with its history."""

    def on_dealt_with(self, deal: Callable[[Told], Any]) -> None:
        """`deal` gets the `id` of a report from the street."""
        self.on("dealt", lambda event: deal(_told(event)))

    def show(
        self,
        alarm: View,
        history: Sequence[View],
        links: Sequence[View],
        steps: Sequence[str],
        now_ms: int,
        reports: Sequence[View] = (),
    ) -> None:
        """`steps` are those that its state allows; `reports` are from the street."""
        self._props["reports"] = list(reports)
        self._props["alarm"], self._props["history"] = alarm, list(history)
        self._props["links"], self._props["steps"] = list(links), list(steps)
        self._props["nowMs"] = now_ms
        self.update()


def _told(event: GenericEventArguments) -> Told:
    return event.args if isinstance(event.args, dict) else {}
