"""The controller's own words in the reader's language. Services, API and commands speak English; what they
say follows forms, which are recognised here."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from gangvakt.web.texts import LANGUAGES, TABLE, Texts
from gangvakt.web.texts.phrases import PHRASES

DEEPEST = 4  # phrases within phrases
GAP = "{}"
NORWEGIAN = LANGUAGES.index("nb")


def phrase(texts: Texts, english: str) -> str:
    """In the reader's language; as it is where its form is not known, and where it is somebody's name."""
    return english if texts.language == "en" else _norwegian(english, DEEPEST)


@lru_cache(maxsize=2000)
def _norwegian(english: str, depth: int) -> str:
    if english in PHRASES or not depth:
        return PHRASES.get(english, english)
    for code in (f"fault_{english}", f"alarm_{english}"):
        if code in TABLE:
            return TABLE[code][NORWEGIAN]
    for form, norwegian in _forms():
        if found := form.fullmatch(english):
            inner = iter([_norwegian(one, depth - 1) for one in found.groups()])
            return "".join(next(inner) if part == GAP else part for part in re.split(r"(\{\})", norwegian))
    if "; " in english:
        return "; ".join(_norwegian(one, depth - 1) for one in english.split("; "))
    if ", " in english:
        return ", ".join(PHRASES.get(one, one) for one in english.split(", "))
    return english


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with most words of their own first."""
    gapped = sorted((one for one in PHRASES if GAP in one), key=lambda one: -len(one.replace(GAP, "")))
    return tuple((_pattern(one), PHRASES[one]) for one in gapped)


def _pattern(english: str) -> re.Pattern[str]:
    """A list of several, with "; " between, stands at the end of a form or in none of its gaps."""
    *parts, last = map(re.escape, english.split(GAP))
    one, rest = r"((?:(?!; ).)+?)", "(.+)" if not last else r"((?:(?!; ).)+?)"
    return re.compile(one.join(parts) + rest + last, re.DOTALL)
