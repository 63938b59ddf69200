"""Refusals in the reader's words: by the class of the error and what it carries, not by its English text."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException

from gangvakt.api.rights import PlaceMissing, RoleTooLow
from gangvakt.errors import GangvaktError
from gangvakt.fleet.roles import EVERYWHERE
from gangvakt.web.phrasing import phrase
from gangvakt.web.texts import TABLE, Texts
from gangvakt.web.times import clock

# Data of errors that are names, and never words of the controller.
NAMES = frozenset(
    {"name", "user", "sign", "site", "template", "who", "mac", "file", "bundle", "version", "board"}
)


def refusal(texts: Texts, error: Exception) -> str:
    """One line: what is wrong, and what to do. An error that no page knows says it in its own words."""
    if isinstance(error, RoleTooLow):
        return _role(texts, error)
    if isinstance(error, PlaceMissing):
        return texts.say("err_place", where=error.municipality)
    if isinstance(error, HTTPException):
        return phrase(texts, error.detail)
    keys = (f"err_{kind.__name__}" for kind in type(error).__mro__)
    key = next((one for one in keys if one in TABLE), None)
    if key is None or not isinstance(error, GangvaktError):
        return phrase(texts, str(error))
    return texts.say(key, **_worded(texts, vars(error)))


def _role(texts: Texts, error: RoleTooLow) -> str:
    role = texts.say(error.role.word)
    if error.held is None or error.municipality == EVERYWHERE:
        return texts.say("err_role_everywhere", role=role)
    return texts.say("err_role", role=role, where=error.municipality, held=texts.say(error.held.word))


def _worded(texts: Texts, told: Mapping[str, object]) -> dict[str, object]:
    return {name: _word(texts, name, value) for name, value in told.items()}


def _word(texts: Texts, name: str, value: object) -> str:
    if name == "value":
        return texts.say("err_nothing") if value is None else repr(value)
    if name == "who" and value is None:
        return texts.say("raced_somebody")
    if name.endswith("_ms") and (value is None or isinstance(value, int)):
        return clock(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value) if name in NAMES else phrase(texts, str(value))
