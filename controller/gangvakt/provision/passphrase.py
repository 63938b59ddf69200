"""The passphrase of the authority's key: where it comes from, and which ones are good enough."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from gangvakt.errors import SettingRefused

OPTION = "--passphrase-file"
VARIABLE = "GANGVAKT_CA_PASSPHRASE"
UPDATE_VARIABLE = "GANGVAKT_UPDATE_PASSPHRASE"
SHORTEST, LONGEST = 12, 256  # characters; whoever has the file may try as fast as he can

Passphrase = Callable[[], bytes | None]
"""Gives the passphrase, or None where nobody knows one; asked only for a key that is encrypted."""


def from_environment(variable: str = VARIABLE) -> bytes | None:
    """What stands in that variable; None when it is not set or empty."""
    return os.environ.get(variable, "").encode() or None


def from_file(path: Path) -> bytes:
    """The first line of `path`."""
    try:
        lines = path.read_bytes()[: 4 * LONGEST].splitlines()
    except OSError as error:
        raise SettingRefused("options", OPTION, str(path), f"a file ({error.strerror})") from error
    if not lines or not lines[0]:
        raise SettingRefused("options", OPTION, str(path), "a file whose first line is not empty")
    return lines[0]


def check_new(passphrase: bytes) -> bytes:
    """SettingRefused, which does not repeat it, when it is too short, too long or no text."""
    try:
        length = len(passphrase.decode())
    except UnicodeDecodeError:
        length = 0
    if not SHORTEST <= length <= LONGEST:
        allowed = f"{SHORTEST} to {LONGEST} characters"
        raise SettingRefused("options", "the passphrase", "(hidden)", allowed)
    return passphrase
