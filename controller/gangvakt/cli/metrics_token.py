"""The token that opens /metrics, from a file: on a command line everybody on the computer could read it."""

from __future__ import annotations

import re
from pathlib import Path

from gangvakt.errors import SettingRefused

OPTION = "--metrics-token-file"
LARGEST_FILE = 512  # bytes
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,256}")  # what may follow `Bearer`, RFC 6750


def read_token(path: Path) -> str:
    """SettingRefused when the file cannot be read or holds something else; the token is never repeated."""
    try:
        with path.open("rb") as file:
            token = file.read(LARGEST_FILE).decode("ascii", "replace").strip()
    except OSError as error:
        raise SettingRefused("options", OPTION, str(path), f"a file to read ({error.strerror})") from error
    if not _TOKEN.fullmatch(token):
        allowed = "a file with 16 to 256 letters, digits and . _ ~ + / = -"
        raise SettingRefused("options", OPTION, str(path), allowed)
    return token
