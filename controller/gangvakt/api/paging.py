"""Lists in pages: a cursor says where the next page begins, and nobody else can read anything into it."""

from __future__ import annotations

import base64
import binascii

from gangvakt.errors import SettingRefused

LONGEST_CURSOR = 64
HIGHEST_NUMBER = 2**63 - 1
_PREFIX = "n"


def encode_cursor(number: int) -> str:
    """Of a list that is ordered by a number."""
    return base64.urlsafe_b64encode(f"{_PREFIX}{number}".encode()).decode().rstrip("=")


def decode_cursor(text: str) -> int:
    """What `encode_cursor` was given; SettingRefused for anything else."""
    try:
        padded = text[:LONGEST_CURSOR] + "=" * (-len(text[:LONGEST_CURSOR]) % 4)
        plain = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        plain = ""
    digits = plain.removeprefix(_PREFIX)
    if plain.startswith(_PREFIX) and digits.isascii() and digits.isdigit() and int(digits) <= HIGHEST_NUMBER:
        return int(digits)
    raise SettingRefused("request", "after", text[:80], "`next` of the page before, unchanged")
