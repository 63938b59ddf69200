"""The editor of configuration values, made from the firmware's own field table: bounds, units, help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from gangvakt.errors import GangvaktError, SettingRefused
from gangvakt.provision.site_config import allowed, check_config, field_rules
from gangvakt.web.phrasing import phrase
from gangvakt.web.steering.fields import show_refusal
from gangvakt.web.texts import Texts
from gangvakt.web.texts.config_fields import NORWEGIAN_HELP
from gangvakt.web.typed_again import makes_fields

WORDS = ("no", "yes")


class FieldEditor:
    """Some fields with their values; the others stay as what is below says. `locked` cannot be chosen."""

    def __init__(
        self,
        texts: Texts,
        values: Mapping[str, object],
        locked: tuple[str, ...] = (),
        *,
        frozen: bool = False,
    ) -> None:
        self._texts, self._locked, self._frozen = texts, locked, frozen
        self._fields: dict[str, ValidationElement[Any]] = {}
        self._rows: dict[str, ui.element] = {}
        self._box = ui.element("div").classes("field-rows")
        for name in field_rules():
            if name in values:
                self._add(name, values[name])
        self._choice: ui.select | None = None
        if not frozen:
            self._choice = ui.select(self._free(), label=texts.say("config_add_field"), with_input=True)
            self._choice.props("dense outlined clearable").classes("wide")
            self._choice.on_value_change(lambda event: self._chosen(event.value))
            makes_fields(ui.context.client, self._add_again)

    def values(self) -> dict[str, object]:
        """SettingRefused, and shown at its field, for the first that the firmware would refuse."""
        told = {name: _told(name, field.value) for name, field in self._fields.items()}
        try:
            return check_config(told)
        except GangvaktError as refused:
            self.refuse(refused)
            raise

    def refuse(self, refused: GangvaktError) -> None:
        """Shows a refusal at the field that it names."""
        show_refusal(self._texts, self._fields, refused)

    def _chosen(self, name: object) -> None:
        if not isinstance(name, str) or name in self._fields:
            return
        self._add(name, field_rules()[name]["default"])
        if self._choice is not None:
            self._choice.set_options(self._free(), value=None)
        self._fields[name].props("data-added").run_method("focus")

    def _add_again(self, name: str) -> bool:
        """A field that somebody had added before the page had to be made anew."""
        if name in self._fields or name in self._locked or name not in field_rules():
            return False
        self._chosen(name)
        return True

    def _add(self, name: str, value: object) -> None:
        with self._box, ui.element("div").classes("field-row") as row:
            self._fields[name] = _input(self._texts, name, value)
            if self._frozen:
                self._fields[name].props("readonly")
            with ui.element("div").classes("field-help"):
                ui.label(help_of(self._texts, name))
                texts, default = self._texts, _shown(self._texts, field_rules()[name]["default"])
                told = texts.say("config_default", value=default, allowed=phrase(texts, allowed(name)))
                ui.label(told).classes("hint")
            if not self._frozen:
                label = self._texts.say("config_give_up", field=name)
                drop = ui.button(icon="close", on_click=lambda: self._drop(name))
                drop.props(f'flat dense round aria-label="{label}"')
        self._rows[name] = row

    def _drop(self, name: str) -> None:
        del self._fields[name]
        self._rows.pop(name).delete()
        if self._choice is not None:
            self._choice.set_options(self._free(), value=None)

    def _free(self) -> dict[str, str]:
        return {
            name: f"{name} – {help_of(self._texts, name)}"
            for name in field_rules()
            if name not in self._fields and name not in self._locked
        }


def help_of(texts: Texts, name: str) -> str:
    """What a field means; in the table's own words where we have no others."""
    rule = field_rules().get(name, {})
    english = str(rule.get("description", ""))
    return NORWEGIAN_HELP.get(name, english) if texts.language == "nb" else english


def value_text(texts: Texts, name: str, value: object) -> str:
    """A value with its unit; a dash for none."""
    if value in (None, ""):
        return "–"
    unit = field_rules().get(name, {}).get("x-unit", "")
    return f"{_shown(texts, value)} {unit}".strip()


def _shown(texts: Texts, value: object) -> str:
    if isinstance(value, bool):
        return texts.say(f"config_{WORDS[value]}")
    return "–" if value in (None, "") else str(value)


def _input(texts: Texts, name: str, value: object) -> ValidationElement[Any]:
    rule = field_rules()[name]

    def fits(told: object) -> str | None:
        try:
            check_config({name: _told(name, told)})
        except SettingRefused as refused:
            return texts.say("steer_allowed", allowed=phrase(texts, refused.allowed))
        return None

    made: ValidationElement[Any]
    if "enum" in rule:
        made = ui.select(list(rule["enum"]), label=name, value=value, validation=fits)
    elif rule["type"] == "boolean":
        choices = {held: texts.say(f"config_{WORDS[held]}") for held in (False, True)}
        made = ui.select(choices, label=name, value=value, validation=fits)
    elif rule["type"] == "string":
        made = ui.input(name, value=str(value), validation=fits).props(f"maxlength={rule['maxLength']}")
    else:
        made = ui.number(name, value=value if isinstance(value, int) else None, validation=fits)
        made.props(f'suffix="{rule.get("x-unit", "")}"')
    made.props("dense outlined")
    return made


def _told(name: str, value: object) -> object:
    """What an input holds, as the firmware spells it: a number field gives 5.0 for 5."""
    if isinstance(value, float) and value.is_integer() and field_rules()[name].get("type") == "integer":
        return int(value)
    return "" if value is None and field_rules()[name].get("type") == "string" else value
