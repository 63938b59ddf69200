"""Inputs made from a model of the wire: its fields, bounds and choices, and refusals at the field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement
from pydantic import BaseModel

from gangvakt.errors import SettingRefused
from gangvakt.web.texts import Texts

LONGEST_JSON = 10_000


class ModelForm:
    """`prefix` is that of the labels' texts; `leave_out` are fields that the page asks for in another way."""

    def __init__(
        self,
        texts: Texts,
        model: type[BaseModel],
        held: Mapping[str, Any],
        prefix: str,
        leave_out: tuple[str, ...] = (),
    ) -> None:
        self._rules = {
            name: rule
            for name, rule in model.model_json_schema()["properties"].items()
            if name not in leave_out
        }
        self._definitions = model.model_json_schema().get("$defs", {})
        self.fields: dict[str, ValidationElement[Any]] = {}
        self._boxes: dict[str, ui.checkbox] = {}
        with ui.element("div").classes("form-grid"):
            for name, rule in self._rules.items():
                label = texts.say_or(f"{prefix}_{name}", name)
                value = held.get(name, rule.get("default"))
                if self._kind(rule) == "boolean":
                    self._boxes[name] = ui.checkbox(label, value=bool(value))
                else:
                    self.fields[name] = self._input(label, rule, value)

    def values(self) -> dict[str, Any]:
        """As the model takes them: it checks them. SettingRefused for what is no JSON."""
        told: dict[str, Any] = {name: bool(box.value) for name, box in self._boxes.items()}
        for name, field in self.fields.items():
            told[name] = self._told(name, field.value)
        return {name: value for name, value in told.items() if value is not None}

    def _told(self, name: str, value: object) -> object:
        kind = self._kind(self._rules[name])
        if value in (None, ""):
            return None
        if kind == "integer" and isinstance(value, float) and value.is_integer():
            return int(value)
        if kind in ("object", "array"):
            return _parsed(name, str(value))
        return value

    def _kind(self, rule: Mapping[str, Any]) -> str:
        """A field that may be null has the other kind."""
        rule = self._definition(rule)
        choices = rule.get("anyOf", [rule])
        return str(next((one["type"] for one in choices if one.get("type") not in (None, "null")), "string"))

    def _definition(self, rule: Mapping[str, Any]) -> Mapping[str, Any]:
        name = str(rule.get("$ref", "")).rpartition("/")[2]
        return self._definitions.get(name, rule) if name else rule

    def _input(self, label: str, rule: Mapping[str, Any], value: Any) -> ValidationElement[Any]:
        kind, choices = self._kind(rule), self._definition(rule).get("enum")
        made: ValidationElement[Any]
        if choices:
            made = ui.select(list(choices), label=label, value=value, validation=_fine)
        elif kind == "integer":
            made = ui.number(label, value=value, validation=_fine)
        elif kind in ("object", "array"):
            text = json.dumps(value, ensure_ascii=False) if value else ""
            made = ui.textarea(label, value=text, validation=_fine).props(
                f"autogrow maxlength={LONGEST_JSON}"
            )
        else:
            made = ui.input(label, value=str(value or ""), validation=_fine)
        made.props("dense outlined")
        return made


def _fine(_value: object) -> None:
    """What is wrong is said when it is saved, by the model itself."""


def _parsed(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SettingRefused("form", name, text[:40], 'JSON, as {"to": "{to}"}') from error
