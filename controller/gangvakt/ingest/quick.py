"""Messages that are as they should be, read and checked in one go: by the wire contract, compiled.

What is not taken here is not refused: it goes the long way, which knows what is wrong with it and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic_core import CoreSchema, SchemaValidator, ValidationError
from pydantic_core import core_schema as core

from gangvakt.ingest.schema import expanded

Node = dict[str, Any]
OFTEN = ("StatusOnline", "Telemetry")  # what signs say most often beside events


def quick_batch(payload: bytes) -> dict[str, Any] | None:
    """An EventBatch of which each event is an Event; None when it is not, or when that is not certain."""
    try:
        message: dict[str, Any] = _batch_reader().validate_json(payload)
    except ValidationError:
        return None
    return message


def fits(schema: str, message: dict[str, Any]) -> bool:
    """Whether a message is as `schema` has it; False when it is not, or when that is not certain."""
    return _reader(schema).isinstance_python(message)


def prepare() -> None:
    """Compiles, which takes longer than a message may wait."""
    _batch_reader()
    for schema in OFTEN:
        _reader(schema)


@cache
def _reader(schema: str) -> SchemaValidator:
    return SchemaValidator(compiled(expanded(schema)))


@cache
def _batch_reader() -> SchemaValidator:
    batch, event = expanded("EventBatch"), expanded("Event")
    events = batch["properties"]["events"] | {"items": event}
    return SchemaValidator(compiled(batch | {"properties": batch["properties"] | {"events": events}}))


def compiled(node: Node) -> CoreSchema:
    """What accepts nothing that the JSON Schema `node` refuses; of ours, not of all there are."""
    unknown = node.keys() - _KNOWN
    if unknown:
        raise ValueError(f"no compiled check for {', '.join(sorted(unknown))}")
    if "const" in node:
        return _constant(node["const"])
    if "enum" in node:
        return _one_of_words(node["enum"])
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    schema = _one_of([_COMPILERS[kind](node) for kind in kinds if kind != "null"])
    return core.nullable_schema(schema) if "null" in kinds else schema


def _one_of(schemas: list[CoreSchema]) -> CoreSchema:
    return schemas[0] if len(schemas) == 1 else core.union_schema([*schemas])


def _constant(value: bool | int) -> CoreSchema:
    """A literal alone would take true for 1, and 1 for true."""
    if isinstance(value, bool):
        return core.chain_schema([core.bool_schema(strict=True), core.literal_schema([value])])
    return core.int_schema(ge=value, le=value, strict=True)


def _one_of_words(words: list[object]) -> CoreSchema:
    if not all(isinstance(word, str) for word in words):  # a literal would take true for 1
        raise ValueError("no compiled check for an enum of anything but texts")
    return core.literal_schema(words)


def _integer(node: Node) -> CoreSchema:
    return core.int_schema(ge=node.get("minimum"), le=node.get("maximum"), strict=True)


def _string(node: Node) -> CoreSchema:
    lengths = {"min_length": node.get("minLength"), "max_length": node.get("maxLength")}
    return core.str_schema(pattern=node.get("pattern"), strict=True, **lengths)


def _boolean(node: Node) -> CoreSchema:
    return core.bool_schema(strict=True)


def _array(node: Node) -> CoreSchema:
    bounds = {"min_length": node.get("minItems"), "max_length": node.get("maxItems")}
    return core.list_schema(compiled(node["items"]), strict=True, **bounds)


def _object(node: Node) -> CoreSchema:
    required = node.get("required", [])
    fields = {
        name: core.typed_dict_field(compiled(inner), required=name in required)
        for name, inner in node["properties"].items()
    }
    schema = core.typed_dict_schema(fields, strict=True, **_others(node))
    if "maxProperties" not in node and "propertyNames" not in node:
        return schema
    longest = node.get("propertyNames", {"maxLength": None})["maxLength"]
    return core.no_info_after_validator_function(
        _bounds(frozenset(fields), node.get("maxProperties"), longest), schema
    )


def _others(node: Node) -> dict[str, Any]:
    """Where anything may stand beside what is known, that takes the long way: it may not even be JSON."""
    if "additionalProperties" not in node:
        return {"extra_behavior": "forbid"}
    return {"extra_behavior": "allow", "extras_schema": compiled(node["additionalProperties"])}


def _bounds(known: frozenset[str], most: int | None, longest: int | None) -> Callable[[Node], Node]:
    def check(value: Node) -> Node:
        if most is not None and len(value) > most:
            raise ValueError("too many properties")
        if value.keys() <= known or longest is None:
            return value
        if any(len(name) > longest for name in value):
            raise ValueError("a property's name is too long")
        return value

    return check


_COMPILERS: dict[str, Callable[[Node], CoreSchema]] = {
    "integer": _integer,
    "string": _string,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
}
_KNOWN = frozenset(
    (
        "const",
        "enum",
        "type",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
        "items",
        "minItems",
        "maxItems",
        "required",
        "properties",
        "maxProperties",
        "additionalProperties",
        "propertyNames",
        "description",
    )
)
