"""Configuration values of a site, checked by the schema that the firmware's own field table gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from gangvakt.errors import SettingRefused

SCHEMA_FILE = Path(__file__).parent / "config_schema.json"
SOURCE = "config"
COUNTED = "version"  # the controller's own count of changes
MOST_FIELDS = 200


def check_config(values: Mapping[str, object]) -> dict[str, object]:
    """The values themselves; SettingRefused names the first field that the firmware would refuse."""
    if len(values) > MOST_FIELDS:
        raise SettingRefused(SOURCE, "fields", len(values), f"at most {MOST_FIELDS}")
    for name, value in values.items():
        if name == COUNTED:
            raise SettingRefused(SOURCE, name, value, "nothing: the controller counts it")
        if isinstance(value, float):  # JSON schema takes 5.0 for an integer, the firmware does not
            raise SettingRefused(SOURCE, name, value, allowed(name))
    error = next(_validator().iter_errors(dict(values)), None)
    if error is not None:
        raise _refusal(error, values)
    return dict(values)


def check_changes(changes: Mapping[str, object]) -> None:
    """As `check_config`; None stands for a field's default, and the field must be there as well."""
    check_config({name: value for name, value in changes.items() if value is not None})
    for name in changes:
        if name not in _properties() or name == COUNTED:
            raise SettingRefused(SOURCE, name[:40], None, allowed(name))


def schema_hash() -> str:
    """Names the field table that this controller knows."""
    return str(_schema()["$id"]).rpartition(":")[2]


def defaults() -> dict[str, object]:
    """The default of each field."""
    return {name: rule["default"] for name, rule in _properties().items() if name != COUNTED}


def field_rules() -> Mapping[str, Mapping[str, Any]]:
    """What may be set, in the table's order: JSON schema of each field, with `x-unit` where it has one."""
    return {name: rule for name, rule in _properties().items() if name != COUNTED}


def allowed(name: str) -> str:
    """A field's range as text."""
    rule = _properties().get(name)
    if rule is None:
        return "no such field"
    if "enum" in rule:
        return ", ".join(rule["enum"])
    match rule["type"]:
        case "boolean":
            return "true, false"
        case "string":
            return f"up to {rule['maxLength']} of {rule['pattern'].strip('^$*')}"
        case _:
            return f"{rule['minimum']}..{rule['maximum']}"


def config_file(values: Mapping[str, object], version: int) -> bytes:
    """config.json of a sign."""
    return json.dumps({**values, COUNTED: version}, indent=1).encode() + b"\n"


def _refusal(error: ValidationError, values: Mapping[str, object]) -> SettingRefused:
    name = str(error.path[0]) if error.path else _unknown(values)
    return SettingRefused(SOURCE, name[:40], _short(values.get(name)), allowed(name))


def _unknown(values: Mapping[str, object]) -> str:
    return next((name for name in values if name not in _properties()), SOURCE)


def _short(value: object) -> object:
    return value if isinstance(value, int | float | bool | None) else str(value)[:40]


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(_schema())


def _properties() -> dict[str, Any]:
    properties: dict[str, Any] = _schema()["properties"]
    return properties
