"""Bytes from the wire to a JSON object, with every bound checked before the value is used."""

from __future__ import annotations

import json

from gangvakt.errors import Unreadable

LARGEST_SIGN_MESSAGE = 16 * 1024
LARGEST_SCENE = 64 * 1024

JsonObject = dict[str, object]


def decode(payload: bytes, largest: int) -> JsonObject:
    """The object in `payload`; Unreadable when it is none, or larger than `largest` bytes."""
    if len(payload) > largest:
        raise Unreadable("message", "size", len(payload), f"at most {largest} bytes")
    try:
        value = json.loads(payload.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable("message", "JSON", f"{type(error).__name__}: {error}"[:120], "UTF-8 JSON") from error
    if not isinstance(value, dict):
        raise Unreadable("message", "JSON", type(value).__name__, "an object")
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
