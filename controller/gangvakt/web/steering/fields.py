"""Inputs of forms: numbers with their bounds, lines that can be added, and refusals shown at their field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from gangvakt.errors import GangvaktError, Refusal
from gangvakt.web.phrasing import phrase
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts


def number_field(texts: Texts, label: str, value: int, bounds: tuple[int, int], unit: str = "") -> ui.number:
    """A whole number; one out of its bounds is refused at the field, in words."""
    least, most = bounds
    allowed = texts.say("steer_allowed", allowed=f"{least}..{most}")

    def fits(told: float | None) -> str | None:
        is_whole = told is not None and float(told).is_integer()
        return None if is_whole and least <= (told or 0) <= most else allowed

    # With bounds of its own it would change what was typed, without a word.
    made = ui.number(label, value=value, validation=fits)
    made.props(f'dense outlined suffix="{unit}"')
    return made


def text_field(
    texts: Texts, label: str, check: Callable[[str], object], value: str = "", most: int = 80
) -> ui.input:
    """A text; what `check` refuses is refused at the field. An empty one is left to the form."""

    def fits(told: str | None) -> str | None:
        try:
            check((told or "").strip()) if (told or "").strip() else None
        except GangvaktError as refused:
            return allowed_of(texts, refused)
        return None

    made = ui.input(label, value=value, validation=fits)
    made.props(f"dense outlined maxlength={most}")
    return made


def allowed_of(texts: Texts, refused: GangvaktError) -> str:
    """What a refusal says at its field."""
    if isinstance(refused, Refusal):
        return texts.say("steer_allowed", allowed=phrase(texts, refused.allowed))
    return refusal(texts, refused)


def show_refusal(texts: Texts, fields: Mapping[str, ValidationElement[Any]], refused: GangvaktError) -> None:
    """At the field that it names, where the form has it."""
    for field in fields.values():
        field.error = None
    if isinstance(refused, Refusal) and refused.field in fields:
        named = fields[refused.field]
        named.error = allowed_of(texts, refused)
        named.run_method("focus")
