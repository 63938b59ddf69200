"""The two languages: complete, fillable, and chosen as the reader wants."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.web.texts import TABLE, TEXTS, Texts, choose_language
from sign.core.faults import names


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(TABLE))
def test_both_languages_say_it_with_the_same_values(key: str) -> None:
    english, norwegian = TABLE[key]
    assert english.strip()
    assert norwegian.strip()
    assert _placeholders(english) == _placeholders(norwegian)


def test_no_key_is_in_two_areas() -> None:
    keys = [key for texts in TEXTS.values() for key in texts]
    assert {key for key in keys if keys.count(key) > 1} == set()


@pytest.mark.parametrize("fault", names())
def test_every_fault_of_the_sign_has_words(fault: str) -> None:
    assert f"fault_{fault}" in TABLE


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "nb-NO,nb;q=0.9,en;q=0.8", "nb"),
        (None, "nn", "nb"),
        (None, "de-DE,no;q=0.5", "nb"),
        (None, "en-GB,nb;q=0.9", "en"),
        ("nb", "en-GB", "nb"),
        ("en", "nb-NO", "en"),
        ("xx", "nb-NO", "nb"),
    ],
)
def test_the_cookie_wins_over_the_browser(cookie: str | None, accepted: str, language: str) -> None:
    assert choose_language(cookie, accepted) == language


@given(st.none() | st.text(), st.text())
def test_any_header_gives_a_language(cookie: str | None, accepted: str) -> None:
    assert choose_language(cookie, accepted) in ("en", "nb")


def test_norwegian_writes_a_decimal_comma() -> None:
    assert (Texts("en").number(2.14), Texts("nb").number(2.14)) == ("2.1", "2,1")
