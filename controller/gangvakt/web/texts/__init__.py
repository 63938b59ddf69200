"""What the pages say, in English and Norwegian bokmål, and which of the two a request gets."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from importlib import import_module
from typing import Literal, get_args

Language = Literal["en", "nb"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE_NAMES: Mapping[Language, str] = {"en": "English", "nb": "Norsk"}
NORWEGIAN_CODES = ("nb", "nn", "no")

language_of_request: ContextVar[Language] = ContextVar("language_of_request", default="en")

AREAS = (
    "advice",
    "alarms",
    "approvals",
    "auditing",
    "configuring",
    "crossing",
    "entering",
    "events",
    "faults",
    "fleet",
    "frame",
    "overview",
    "people",
    "planning",
    "public",
    "refusals",
    "rollouts",
    "senses",
    "settings",
    "steering",
    "street",
    "technician",
    "watching",
)

# area: its texts, key: (English, Norwegian bokmål); no key is in two areas, which a test says.
TEXTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    area: import_module(f"{__name__}.{area}").TEXTS for area in AREAS
}
TABLE: Mapping[str, tuple[str, str]] = {key: said for texts in TEXTS.values() for key, said in texts.items()}


class Texts:
    """The texts of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def say(self, key: str, **values: object) -> str:
        """The text of `key` with its {values} filled in; KeyError for a key that is not in the table."""
        return TABLE[key][self._column].format(**values)

    def say_or(self, key: str, otherwise: str) -> str:
        """The text of `key`; `otherwise` for what a newer sign says and this controller does not know."""
        return TABLE[key][self._column] if key in TABLE else otherwise

    def some(self, *keys: str) -> dict[str, str]:
        """The raw texts, for a script that fills them in itself."""
        return {key: TABLE[key][self._column] for key in keys}

    def number(self, value: float, decimals: int = 1) -> str:
        """With the language's decimal mark."""
        text = f"{value:.{decimals}f}"
        return text.replace(".", ",") if self.language == "nb" else text


def choose_language(cookie: str | None, accept_language: str) -> Language:
    """The chosen language, else the first of the browser's languages that we have, else English."""
    for language in LANGUAGES:
        if cookie == language:
            return language
    for part in accept_language.lower().split(","):
        code = part.split(";")[0].strip().split("-")[0]
        if code in NORWEGIAN_CODES:
            return "nb"
        if code == "en":
            return "en"
    return "en"
