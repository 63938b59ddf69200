"""Cursors of lists: what they give back, and what they refuse."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gangvakt.api.paging import (
    HIGHEST_NUMBER,
    LONGEST_CURSOR,
    decode_cursor,
    encode_cursor,
    page_of,
    page_of_sorted,
)
from gangvakt.errors import SettingRefused


@given(st.integers(0, HIGHEST_NUMBER), st.text("abc-/0", max_size=64))
def test_a_cursor_gives_back_what_it_was_made_of(number: int, name: str) -> None:
    assert decode_cursor(encode_cursor(number)) == number
    assert decode_cursor(encode_cursor(name), str) == name
    assert len(encode_cursor(name)) <= LONGEST_CURSOR


@given(st.integers(0, HIGHEST_NUMBER), st.data())
def test_a_cursor_of_which_one_character_differs_is_refused(number: int, data: st.DataObject) -> None:
    cursor = encode_cursor(number)
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = cursor[:place] + data.draw(st.sampled_from("ABCxyz019-_ ")) + cursor[place + 1 :]
    assume(other != cursor)
    with pytest.raises(SettingRefused) as refused:
        decode_cursor(other)
    assert refused.value.field == "after"


@given(st.text(max_size=200))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    for kind in (int, str):
        with pytest.raises(SettingRefused, match="after is"):
            decode_cursor(text, kind)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "content", [b"1nx", b"1n-1", b"1n", b"1n9223372036854775808", b"1n\xff", b"2n7", b""]
)
def test_a_cursor_with_a_right_sum_over_a_wrong_key_is_refused(content: bytes) -> None:
    made_up = content + hashlib.blake2b(content, digest_size=4).digest()
    with pytest.raises(SettingRefused, match="after is"):
        decode_cursor(base64.urlsafe_b64encode(made_up).decode().rstrip("="))


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(SettingRefused):
        decode_cursor(encode_cursor("drammen/storgata/north"))
    with pytest.raises(SettingRefused):
        decode_cursor(encode_cursor(7), str)


@given(st.sets(st.text("abc", min_size=1)), st.integers(1, 5))
def test_pages_together_are_the_list(names: set[str], limit: int) -> None:
    every, told, after = sorted(names), [], None
    while True:
        page = page_of_sorted(every, after, limit, str)
        told += page.items
        after = page.next
        if after is None:
            break
    assert told == every


def test_a_full_last_page_has_no_next() -> None:
    assert page_of([1, 2], 2, int).next is None
    assert page_of([1, 2, 3], 2, int).next == encode_cursor(2)
