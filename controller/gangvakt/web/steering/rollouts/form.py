"""The inputs of a new rollout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from gangvakt.api.auth import Login
from gangvakt.errors import RolloutRefused
from gangvakt.fleet.roles import EVERYWHERE, Role
from gangvakt.fleet.rollout_plan import USUAL, GroupSpec
from gangvakt.fleet.rollouts import MOST_AT_ONCE, MOST_SOAK_MIN, SILENCE_MIN, Rules
from gangvakt.fleet.windows import Calendar, Window
from gangvakt.store.rollouts import Upload
from gangvakt.upkeep.rollout_making import LONGEST_TITLE, Wanted
from gangvakt.web.controls import Doing
from gangvakt.web.steering.fields import number_field, text_field

BOUNDS = {
    "at_once": (1, MOST_AT_ONCE),
    "error_pct": (1, 100),
    "success_pct": (0, 100),
    "soak_min": (0, MOST_SOAK_MIN),
    "silence_min": SILENCE_MIN,
}
UNITS = {"error_pct": "%", "success_pct": "%", "soak_min": "min", "silence_min": "min"}
ZONE = "Europe/Oslo"


class RolloutForm:
    """`fields` by the names that refusals have for them."""

    def __init__(self, doing: Doing, login: Login) -> None:
        self._texts, self._login, self._fleet = doing.texts, login, doing.services.fleet
        self.fields: dict[str, ValidationElement[Any]] = {}

    def what(self, uploads: Sequence[Upload]) -> None:
        texts = self._texts
        with ui.element("div").classes("form-grid"):
            self._title = ui.input(texts.say("rollout_title"))
            self._title.props(f"dense outlined maxlength={LONGEST_TITLE}")
            self._new = _several(texts.say("rollout_artifacts"), _choices(uploads))
            self._back = _several(texts.say("rollout_back"), _choices(uploads))
        ui.label(texts.say("rollout_back_hint")).classes("hint")
        self.fields |= {
            "title": self._title,
            "artifacts": self._new,
            "artifact": self._new,
            "back": self._back,
        }

    def offer(self, uploads: Sequence[Upload], made: Upload) -> None:
        """Another one was uploaded; it is chosen."""
        self._new.set_options(_choices(uploads))
        self._back.set_options(_choices(uploads))
        chosen = self._back if made.artifact.replaces else self._new
        chosen.set_value(sorted({*(chosen.value or ()), made.artifact.id}))

    def whom(self) -> None:
        texts = self._texts
        self._places = _several(texts.say("rollout_places"), self._known_places()).classes("wide")
        ui.label(texts.say("rollout_groups_hint")).classes("hint")
        self._groups = _Lines(
            texts.say("rollout_group"), texts.say("rollout_add_group"), self, GroupSpec.parse
        )
        for line in USUAL:
            self._groups.add(line)
        self._skip = ui.checkbox(texts.say("rollout_skip_unfit"))
        self.fields |= {"place": self._places, "signs": self._places}

    def how(self) -> None:
        texts, usual = self._texts, Rules()
        with ui.element("div").classes("form-grid"):
            for name, bounds in BOUNDS.items():
                label = texts.say(f"rollout_{name}")
                field = number_field(texts, label, getattr(usual, name), bounds, UNITS.get(name, ""))
                self.fields[name] = field
        ui.label(texts.say("rollout_windows_hint")).classes("hint")
        self._windows = _Lines(
            texts.say("rollout_window"), texts.say("rollout_add_window"), self, Window.parse
        )
        self._zone = text_field(texts, texts.say("rollout_zone"), lambda zone: Calendar((), zone), ZONE)
        self.fields["zone"] = self._zone

    def wanted(self) -> Wanted:
        """RolloutRefused names the first field that cannot be."""
        title = (self._title.value or "").strip()
        if not title:
            raise RolloutRefused("form", "title", "", f"1 to {LONGEST_TITLE} characters")
        if not self._new.value:
            raise RolloutRefused("form", "artifacts", "none", "one for each board")
        if not self._places.value:
            raise RolloutRefused("form", "place", "none", "a municipality, a crossing, or * for all")
        windows = tuple(map(Window.parse, self._windows.values()))
        rules = {name: _whole(name, self.fields[name].value) for name in BOUNDS}
        return Wanted(
            title,
            tuple(self._places.value),
            tuple(map(int, self._new.value)),
            tuple(map(int, self._back.value or ())),
            tuple(map(GroupSpec.parse, self._groups.values())),
            Rules(**rules, calendar=Calendar(windows, (self._zone.value or "").strip())),
            skip_unfit=bool(self._skip.value),
        )

    def _known_places(self) -> dict[str, str]:
        """Municipalities and crossings in which he may, with their signs."""
        own, counts = self._login.granted.at_least(Role.TECHNICIAN), dict[str, int]()
        for state in self._fleet.signs():
            if own.role_in(state.id.municipality) is not None:
                for place in (state.id.municipality, str(state.id.site_id)):
                    counts[place] = counts.get(place, 0) + 1
        found = {
            place: self._texts.say("rollout_place", place=place, n=n) for place, n in sorted(counts.items())
        }
        everything = {EVERYWHERE: self._texts.say("everywhere")} if own.everywhere else {}
        return everything | found

    @property
    def texts(self) -> Any:
        return self._texts


class _Lines:
    """Inputs of one kind, as many as are wanted."""

    def __init__(self, label: str, add: str, form: RolloutForm, check: Any) -> None:
        self._label, self._form, self._check = label, form, check
        self._inputs: list[ui.input] = []
        self._box = ui.element("div").classes("form-row")
        ui.button(add, on_click=lambda: self.add("")).props("flat dense no-caps").classes("quiet")

    def add(self, value: str) -> None:
        with self._box:
            made = text_field(self._form.texts, self._label, self._check, value, 200)
            made.props("clearable")
            self._inputs.append(made)

    def values(self) -> list[str]:
        """Those that are filled in."""
        return [text for one in self._inputs if (text := (one.value or "").strip())]


def _several(label: str, choices: dict[Any, str]) -> ui.select:
    made = ui.select(
        choices, label=label, multiple=True, value=[], with_input=True, validation=lambda _: None
    )
    made.props("dense outlined use-chips")
    return made


def _choices(uploads: Sequence[Upload]) -> dict[int, str]:
    return {
        one.artifact.id: f"{one.artifact.version} · {one.artifact.board} (#{one.artifact.id})"
        for one in uploads
    }


def _whole(field: str, value: object) -> int:
    if isinstance(value, int | float) and float(value).is_integer():
        return int(value)
    least, most = BOUNDS[field]
    raise RolloutRefused("form", field, value, f"{least}..{most}")
