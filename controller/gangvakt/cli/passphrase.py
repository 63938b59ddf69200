"""Asks for the passphrase of the authority's key: a file, the environment, or the person at the terminal."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import typer

from gangvakt.errors import SettingRefused
from gangvakt.provision.authority import is_encrypted
from gangvakt.provision.passphrase import VARIABLE, Passphrase, check_new, from_environment, from_file

AUTHORITY = "the authority's key"


def ask_for(file: Path | None, whose: str = AUTHORITY, variable: str = VARIABLE) -> Passphrase:
    """The passphrase of a key that is there already; a person is asked once."""

    @functools.cache
    def passphrase() -> bytes | None:
        if file is not None:
            return from_file(file)
        return from_environment(variable) or _typed(f"Passphrase of {whose}", again=False)

    return passphrase


def ask_at_start(file: Path | None, folder: Path) -> Passphrase:
    """For a process that runs for years: a person is asked now, if the key in `folder` needs it, never later.

    A file is read anew each time, and so can follow the key; a pipe is read once.
    """
    known = ask_for(file)() if is_encrypted(folder) else None

    def passphrase() -> bytes | None:
        if file is not None and file.is_file():
            return from_file(file)
        return known or from_environment()

    return passphrase


def choose(
    file: Path | None, *, environment: bool = True, whose: str = AUTHORITY, variable: str = VARIABLE
) -> bytes:
    """A new passphrase. SettingRefused when nobody gives one, or it is too weak."""
    word = from_file(file) if file is not None else from_environment(variable) if environment else None
    word = word or _typed(f"New passphrase of {whose}", again=True)
    if word is None:
        allowed = f"given by --passphrase-file, {variable} or at a terminal"
        raise SettingRefused("options", "the passphrase", None, allowed)
    return check_new(word)


def _typed(question: str, *, again: bool) -> bytes | None:
    """None where nobody sits at a terminal."""
    if not sys.stdin.isatty():
        return None
    answer: str = typer.prompt(question, hide_input=True, confirmation_prompt=again, err=True)
    return answer.encode()
