"""What is allowed where a document's value was refused, in one wording for all: pydantic's own differs from
ours, and shows patterns to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

ONE_LINE = "a text of one line without control characters"
LINES = "a text without control characters but ends of lines and tabs"
NAME = "1 to 32 of a-z, 0-9 and -, not beginning with -"
NAME_WITH_LINE = "1 to 32 of a-z, 0-9, - and _, beginning with a letter or digit"

# Every pattern of a document, as people say it; a test holds it against all of them.
PATTERNS: Mapping[str, str] = {
    r"^[^\x00-\x1f\x7f]*$": ONE_LINE,
    r"^[^\x00-\x1f\x7f]+$": f"{ONE_LINE}, not empty",
    r"^[^\x00-\x08\x0b-\x1f\x7f]*$": LINES,
    r"^[a-z0-9][a-z0-9-]{0,31}$": NAME,
    r"^[a-z0-9][a-z0-9_-]{0,31}$": NAME_WITH_LINE,
    r"^[a-z][a-z0-9_-]{0,31}$": "1 to 32 of a-z, 0-9, - and _, beginning with a letter",
    r"^[a-z0-9_]{1,15}$": "1 to 15 of a-z, 0-9 and _",
    r"^(\*|[a-z0-9][a-z0-9-]{0,31})$": f"a municipality ({NAME}), or * for all",
    r"^[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}$": ("1 to 64 of a-z, A-Z, 0-9, and . _ @ -, not beginning with -"),
    r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$": "words of a-z, 0-9 and - with dots between, like update.sign",
    r"^[0-9a-f]{8}$": "8 of 0-9 and a-f",
    r"^[0-9a-f]{12}$": "12 of 0-9 and a-f",
    r"^[0-9a-f]{16}$": "16 of 0-9 and a-f",
    r"^[0-9a-f]{64}$": "64 of 0-9 and a-f",
    r"^([0-9a-f]{2})+$": "bytes as pairs of 0-9 and a-f",
    r"^1\.26\.[0-9]{1,2}$": "a version of MicroPython 1.26, like 1.26.1",
    r"^[A-Za-z0-9 /.:-]+$": "letters, digits, spaces and / . : -",
    r"^[A-Za-z0-9.-]{1,63}$": "1 to 63 of letters, digits, . and -",
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.bin$": "the name of a .bin file of letters, digits, . _ and -",
    r"^([01]\d|2[0-3]):[0-5]\d$": "a time of day from 00:00 to 23:59",
    r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$": "a time of day from 00:00 to 24:00",
    r"^https://[!-~]{1,200}$": "https://... of at most 208 characters",
    r"^(https://[^\s?#]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?(/[^\s?#]*)?)$": (
        "https://HOST/PATH without ? and #, or http:// to this computer"
    ),
}

Facts = Mapping[str, Any]


def _size(word: str) -> Callable[[Facts], str]:
    def say(facts: Facts) -> str:
        if "min_length" in facts:
            return f"at least {facts['min_length']} {word}"
        return f"at most {facts['max_length']} {word}"

    return say


def _number(facts: Facts) -> str:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return " and ".join(f"{word} {facts[name]}" for name, word in words.items() if name in facts)


def _pattern(facts: Facts) -> str:
    return PATTERNS.get(facts["pattern"], f"text like {facts['pattern']}")


def _choice(facts: Facts) -> str:
    return f"one of {facts['expected']}"


def _told(facts: Facts) -> str:
    return str(facts.get("error", "another value"))


# By the type of a refusal: a text, or what makes one of what the refusal tells.
WORDS: Mapping[str, str | Callable[[Facts], str]] = {
    "missing": "a value: it must be given",
    "extra_forbidden": "no such field",
    "unexpected_keyword_argument": "no such field",
    "missing_argument": "a value: it must be given",
    "string_type": "a text",
    "string_unicode": "a text in UTF-8",
    "string_sub_type": "a text",
    "string_too_short": _size("characters"),
    "string_too_long": _size("characters"),
    "string_pattern_mismatch": _pattern,
    "literal_error": _choice,
    "enum": _choice,
    "union_tag_invalid": lambda facts: f"one of {facts['expected_tags']}",
    "union_tag_not_found": "a document that says which kind it is",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of at most 4300 digits",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number that is neither infinite nor none",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "greater_than": _number,
    "greater_than_equal": _number,
    "less_than": _number,
    "less_than_equal": _number,
    "multiple_of": lambda facts: f"a multiple of {facts['multiple_of']}",
    "none_required": "nothing",
    "dict_type": "an object",
    "mapping_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dataclass_type": "an object",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "too_short": _size("entries"),
    "too_long": _size("entries"),
    "bytes_type": "bytes",
    "date_type": "a day like 2027-03-01",
    "date_parsing": "a day like 2027-03-01",
    "date_from_datetime_parsing": "a day like 2027-03-01",
    "date_from_datetime_inexact": "a day like 2027-03-01",
    "datetime_type": "a time like 2027-03-01T01:00:00Z",
    "datetime_parsing": "a time like 2027-03-01T01:00:00Z",
    "datetime_from_date_parsing": "a time like 2027-03-01T01:00:00Z",
    "time_type": "a time of day like 15:30",
    "time_parsing": "a time of day like 15:30",
    "json_invalid": "JSON in UTF-8",
    "json_type": "JSON in UTF-8",
    "recursion_loop": "JSON that does not contain itself",
    "value_error": _told,
    "assertion_error": _told,
}


def allowed_of(error: Mapping[str, Any]) -> str:
    """What might stand there, of one of `ValidationError.errors()`."""
    words = WORDS.get(error["type"])
    if words is None:
        return str(error["msg"])
    facts: Facts = error.get("ctx") or {}
    return words if isinstance(words, str) else words(facts)
