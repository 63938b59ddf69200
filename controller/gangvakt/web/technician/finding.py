"""A sign by what somebody types of its name, or by what a label's code leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gangvakt.errors import NameRefused
from gangvakt.fleet import SignId

LONGEST_TEXT = 200
MOST_FOUND = 20
_ADDRESS = re.compile(
    r"/(?:street|crossing)/([^/?#]+)/([^/?#]+)\?(?:.*&)?sign=([^&#]+)|/(?:job|sign)/([^?#]+)"
)


def sign_in(text: str) -> SignId | None:
    """The sign of a label's address or of municipality/site/sign; None for anything else."""
    found = _ADDRESS.search(text[:LONGEST_TEXT])
    name = text.strip() if found is None else found.group(4) or "/".join(found.groups()[:3])
    try:
        return SignId.parse(name.strip("/").lower())
    except NameRefused:
        return None


def found_in(signs: Iterable[SignId], text: str) -> list[SignId]:
    """Those whose name has all the words of the text, the shortest way to say them first; at most MOST_FOUND.

    A short name is the end of a sign's own name, as it stands on its label in large letters.
    """
    words = text.strip().lower()[:LONGEST_TEXT].split()
    if not words:
        return []
    fitting = [sign for sign in signs if all(word in str(sign) for word in words)]
    fitting.sort(key=lambda sign: (not sign.sign.endswith(words[-1]), str(sign)))
    return fitting[:MOST_FOUND]
