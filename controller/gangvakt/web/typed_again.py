"""Puts what somebody had typed back into a page that had to be made anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import Client, ui
from nicegui.elements.choice_element import ChoiceElement
from nicegui.elements.mixins.value_element import ValueElement

MOST_FIELDS = 200
LONGEST_TEXT = 10_000
MAKERS = "makers-of-fields"  # in the storage of a client, which lives as long as its page
Maker = Callable[[str], bool]
"""Makes the field of that label, as somebody had done by hand; False for one that is not his."""


def makes_fields(client: Client, make: Maker) -> None:
    """`make` is asked for each field that is typed into and not in the page as it comes."""
    client.storage.setdefault(MAKERS, []).append(make)


def put_back(client: Client, told: object) -> tuple[list[int], int]:
    """`told`: a list of [label, which of that label, value], from the browser. The places of those that are
    not there, or do not take their value any more; and how many were changed.
    """
    fields = told if isinstance(told, list) else []
    missing, changed = [], 0
    for at, field in enumerate(fields[:MOST_FIELDS]):
        put = _put(client, *field) if isinstance(field, list) and len(field) == 3 else None
        if put is None:
            missing.append(at)
        else:
            changed += put
    return missing, changed


def _put(client: Client, label: object, nth: object, value: object) -> bool | None:
    """Whether it was changed; None where it cannot be put back."""
    element = _found(client, label, nth)
    if element is None and isinstance(label, str):
        makers: list[Maker] = client.storage.get(MAKERS, [])
        if any(make(label) for make in makers):
            element = _found(client, label, nth)
    if element is None or _is_secret(element):
        return None
    try:
        wanted = _value_of(element, value)
    except ValueError:
        return None
    if element.value == wanted:
        return False
    element.set_value(wanted)
    return True


def _found(client: Client, label: object, nth: object) -> ValueElement[Any] | None:
    named = [
        one
        for one in client.elements.values()
        if isinstance(one, ValueElement) and (one.props.get("label") or getattr(one, "text", "")) == label
    ]
    return named[nth] if isinstance(nth, int) and 0 <= nth < len(named) else None


def _is_secret(element: ValueElement[Any]) -> bool:
    return bool(element.props.get("type") == "password")


def _value_of(element: ValueElement[Any], value: object) -> object:
    """As its program has it. ValueError for what it cannot hold."""
    if isinstance(element, ChoiceElement):
        several = isinstance(value, list)
        chosen = [_option(element, one) for one in (value if isinstance(value, list) else [value])]
        return chosen if several else chosen[0]
    if isinstance(element, ui.number):
        return None if value in (None, "") else float(str(value))
    if isinstance(value, bool) and isinstance(element.value, bool):
        return value
    if value is not None and not isinstance(value, str):
        raise ValueError(value)
    return (value or "")[:LONGEST_TEXT]


def _option(element: ChoiceElement, told: object) -> object:
    """By its words: its place in the list may be another by now."""
    if told is None:
        return None
    words = told.get("label") if isinstance(told, Mapping) else told
    options = element.options
    choices = options.items() if isinstance(options, dict) else zip(options, options, strict=True)
    for key, label in choices:
        if label == words:
            return key
    raise ValueError(words)
