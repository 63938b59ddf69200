"""Asks for the passphrase of the authority's key: a file, the environment, or the person at the terminal."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import typer

from gangvakt.errors import SettingRefused
from gangvakt.provision.authority import is_encrypted
from gangvakt.provision.passphrase import Passphrase, check_new, from_environment, from_file


def ask_for(file: Path | None) -> Passphrase:
    """The passphrase of a key that is there already; a person is asked once."""

    @functools.cache
    def passphrase() -> bytes | None:
        if file is not None:
            return from_file(file)
        return from_environment() or _typed("Passphrase of the authority's key", again=False)

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


def choose(file: Path | None, *, environment: bool = True) -> bytes:
    """A new passphrase. SettingRefused when nobody gives one, or it is too weak."""
    word = from_file(file) if file is not None else from_environment() if environment else None
    word = word or _typed("New passphrase of the authority's key", again=True)
    if word is None:
        allowed = "given by --passphrase-file, GANGVAKT_CA_PASSPHRASE or at a terminal"
        raise SettingRefused("options", "the passphrase", None, allowed)
    return check_new(word)


def _typed(question: str, *, again: bool) -> bytes | None:
    """None where nobody sits at a terminal."""
    if not sys.stdin.isatty():
        return None
    answer: str = typer.prompt(question, hide_input=True, confirmation_prompt=again, err=True)
    return answer.encode()
