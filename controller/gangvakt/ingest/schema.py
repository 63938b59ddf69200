"""The wire contract, `asyncapi.yaml`, as checks: one validator a schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from gangvakt.errors import Unreadable

DOCUMENT = Path(__file__).with_name("asyncapi.yaml")
SHOWN_CHARACTERS = 80  # of a refused value


@cache
def document() -> dict[str, Any]:
    """The AsyncAPI document; do not change it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C takes a tenth of the time
    loaded: dict[str, Any] = yaml.load(DOCUMENT.read_text(encoding="utf-8"), loader)
    return loaded


@cache
def validator(schema: str) -> Draft202012Validator:
    """The validator of `components.schemas.<schema>`."""
    return Draft202012Validator(expanded(schema))


def expanded(schema: str) -> dict[str, Any]:
    """`components.schemas.<schema>` with all that it refers to in its place."""
    whole: dict[str, Any] = _expanded(document()["components"]["schemas"][schema])
    return whole


def _expanded(node: Any) -> Any:
    """The schema with what it refers to in its place: following references takes most of a check's time."""
    if isinstance(node, list):
        return [_expanded(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _expanded(value) for key, value in node.items() if key != "$ref"}
    return plain | _expanded(_referred(node["$ref"])) if "$ref" in node else plain


def _referred(reference: str) -> Any:
    found: Any = document()
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def check(schema: str, value: object) -> None:
    """Unreadable, naming the field that fits worst, when `value` breaks `schema`; of a newer version of the
    contract that is the version."""
    _check_version(schema, value)
    error = best_match(validator(schema).iter_errors(value))
    if error is not None:
        raise Unreadable(schema, _field(error), _shown(error.instance), _allowed(error))


def _check_version(schema: str, value: object) -> None:
    told = value.get("v") if isinstance(value, dict) else None
    known = _version(schema)
    if known is not None and type(told) is int and told > known:
        raise Unreadable(schema, "v", _shown(told), f"{known}; a newer sign needs a newer controller")


@cache
def _version(schema: str) -> int | None:
    """None where the schema says nothing of it."""
    known: int | None = expanded(schema).get("properties", {}).get("v", {}).get("const")
    return known


def _field(error: ValidationError) -> str:
    return ".".join(map(str, error.absolute_path)) or "message"


def _shown(value: object) -> object:
    text = repr(value)
    return value if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."


def _allowed(error: ValidationError) -> str:
    return f"{error.validator} {_shown(error.validator_value)}"
