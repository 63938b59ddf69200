"""Lists in pages: a cursor says behind which entry the next page begins.

It is opaque: a version, the entry's key and a sum over both, so that one that was cut, mistyped or made up is
refused and never silently means another place. It opens nothing, so the sum needs no secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar, overload

from fastapi import Query

from gangvakt.errors import SettingRefused
from gangvakt.provision.pages import Page

__all__ = [
    "HIGHEST_INTEGER",
    "LONGEST_CURSOR",
    "MOST_ON_A_PAGE",
    "After",
    "Limit",
    "Page",
    "decode_cursor",
    "encode_cursor",
    "number_of",
    "page_of",
    "page_of_sorted",
]

MOST_ON_A_PAGE = 1000
USUAL_PAGE = 100
LONGEST_CURSOR = 128  # characters; the key of a sign's list, 64, takes 96
HIGHEST_NUMBER = 2**63 - 1
HIGHEST_INTEGER = 2**31 - 1  # of a column of the store that is no BigInteger

VERSION = b"1"
_NUMBER, _TEXT = b"n", b"t"
_SUM_BYTES = 4

T = TypeVar("T")

After = Annotated[
    str | None,
    Query(
        max_length=LONGEST_CURSOR,
        description="`next` of the page before, unchanged; without it the first page is told.",
    ),
]
Limit = Annotated[
    int, Query(ge=1, le=MOST_ON_A_PAGE, description="How many entries a page holds at most.", examples=[100])
]


def encode_cursor(position: int | str) -> str:
    """Behind the entry with this number, 0 and above, or this text."""
    kind, key = (_NUMBER, str(position)) if isinstance(position, int) else (_TEXT, position)
    content = VERSION + kind + key.encode()
    return base64.urlsafe_b64encode(content + _sum(content)).decode().rstrip("=")


def number_of(after: str | None, highest: int = HIGHEST_NUMBER) -> int | None:
    """The number behind which a page begins, up to that of the highest entry there can be; None for the
    first page. SettingRefused as by `decode_cursor`."""
    return None if after is None else min(decode_cursor(after), highest)


@overload
def decode_cursor(text: str) -> int: ...
@overload
def decode_cursor(text: str, kind: type[str]) -> str: ...


def decode_cursor(text: str, kind: type[int] | type[str] = int) -> int | str:
    """What `encode_cursor` was given, of this kind; SettingRefused, naming `after`, for anything else."""
    head = VERSION + (_NUMBER if kind is int else _TEXT)
    key = _key(text, head)
    if key is not None and kind is str:
        return key
    if key is not None and key.isascii() and key.isdigit() and int(key) <= HIGHEST_NUMBER:
        return int(key)
    raise SettingRefused("request", "after", text[:80], "`next` of the page before, unchanged")


def page_of(found: Sequence[T], limit: int, key: Callable[[T], int | str]) -> Page[T]:
    """From `limit` + 1 entries that were looked for: the one too many says that there is a next page."""
    more = encode_cursor(key(found[limit - 1])) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next=more)


def page_of_sorted(every: Sequence[T], after: str | None, limit: int, key: Callable[[T], str]) -> Page[T]:
    """Of a whole list that ascends by `key`. SettingRefused as by `decode_cursor`."""
    start = bisect_right(every, decode_cursor(after, str), key=key) if after is not None else 0
    return page_of(every[start : start + limit + 1], limit, key)


def _key(text: str, head: bytes) -> str | None:
    try:
        content = _content(text)
        return content[len(head) :].decode() if content and content.startswith(head) else None
    except UnicodeDecodeError:
        return None


def _content(text: str) -> bytes | None:
    try:
        raw = base64.b64decode(f"{text}{'=' * (-len(text) % 4)}".encode("ascii"), b"-_", validate=True)
    except (binascii.Error, UnicodeError):
        return None
    content, given = raw[:-_SUM_BYTES], raw[-_SUM_BYTES:]
    # The last character of base64 has bits that mean nothing: only what we would write ourselves is taken.
    if given != _sum(content) or base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        return None
    return content


def _sum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_SUM_BYTES).digest()
