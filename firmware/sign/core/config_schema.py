"""The JSON schema of a configuration file, made from the field table when firmware is built."""

from sign.core.config import schema_hash
from sign.core.config_fields import FIELDS, TEXT_SIGNS
from sign.core.config_texts import TEXTS

TEXT_PATTERN = "^[A-Za-z0-9%s]*$" % TEXT_SIGNS


def schema():
    """JSON schema (draft 2020-12) as a dictionary; `$id` carries the table's hash."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:gangvakt:config:" + schema_hash(),
        "title": "Configuration of one Gangvakt sign",
        "type": "object",
        "properties": {field.name: _property(field) for field in FIELDS},
        "additionalProperties": False,
    }


def _property(field):
    unit, meaning = TEXTS[field.name]
    rule = {"description": meaning, "default": field.default}
    if unit:
        rule["x-unit"] = unit
    if field.kind == "bool":
        rule["type"] = "boolean"
    elif field.kind == "choice":
        rule["enum"] = list(field.choices)
    elif field.kind == "text":
        rule.update({"type": "string", "maxLength": field.max, "pattern": TEXT_PATTERN})
    else:
        rule.update({"type": "integer", "minimum": field.min, "maximum": field.max})
    return rule
