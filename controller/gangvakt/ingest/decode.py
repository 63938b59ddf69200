"""Bytes from the wire to a JSON object, with every bound checked before the value is used."""

from __future__ import annotations

import json
from math import isfinite

from gangvakt.errors import Unreadable

LARGEST_SIGN_MESSAGE = 16 * 1024
LARGEST_SCENE = 64 * 1024

JsonObject = dict[str, object]


def decode(payload: bytes, largest: int) -> JsonObject:
    """The object in `payload`; Unreadable when it is none, or larger than `largest` bytes."""
    if len(payload) > largest:
        raise Unreadable("message", "size", len(payload), f"at most {largest} bytes")
    try:
        value = json.loads(payload.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
        if b"\\u" in payload:
            _refuse_half_characters(value)
    except (ValueError, RecursionError) as error:
        raise Unreadable("message", "JSON", f"{type(error).__name__}: {error}"[:120], "UTF-8 JSON") from error
    if not isinstance(value, dict):
        raise Unreadable("message", "JSON", type(value).__name__, "an object")
    return value


def _finite(text: str) -> float:
    """What is too large for a number would be written as one that is no JSON."""
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:20]} is too large")
    return value


def _refuse_half_characters(value: object) -> None:
    """Half of a surrogate pair, which JSON can escape, is no text: nobody could send it on. ValueError."""
    json.dumps(value, ensure_ascii=False).encode("utf-8")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def plain(text: str) -> str:
    """One line that every store and terminal takes: what cannot be printed is escaped."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
