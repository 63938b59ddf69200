"""Where a running controller has the passphrase of its authority's key from."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import typer

from gangvakt.cli import main
from gangvakt.cli.passphrase import ask_at_start
from gangvakt.provision.passphrase import VARIABLE, Passphrase
from gangvakt.provision.pki import Pki

WORD, NEXT_WORD = b"elg i lia ved elva", b"hare i hagen bak huset"


class Person:
    """At a terminal; counts the questions."""

    def __init__(self) -> None:
        self.asked = 0

    def answer(self, *_: object, **__: object) -> str:
        self.asked += 1
        return WORD.decode()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    person = Person()
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(typer, "prompt", person.answer)
    return person


@pytest.fixture
def plain(tmp_path: Path) -> Pki:
    """An authority whose key needs no passphrase."""
    return Pki.open(tmp_path / "pki")


@pytest.fixture
def encrypted(plain: Pki) -> Pki:
    plain.encrypt(WORD)
    return plain


def test_a_person_is_asked_once_and_at_the_start(person: Person, encrypted: Pki) -> None:
    passphrase = ask_at_start(None, encrypted.folder)
    assert person.asked == 1
    assert [passphrase(), passphrase()] == [WORD, WORD]
    assert person.asked == 1


def test_nobody_is_asked_for_a_key_that_is_encrypted_after_the_start(person: Person, plain: Pki) -> None:
    passphrase = ask_at_start(None, plain.folder)
    plain.encrypt(WORD)
    assert passphrase() is None
    assert person.asked == 0


def test_the_environment_answers_for_a_key_that_is_encrypted_after_the_start(
    person: Person, plain: Pki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, WORD.decode())
    assert ask_at_start(None, plain.folder)() == WORD
    assert person.asked == 0


def test_a_file_is_followed(person: Person, encrypted: Pki, tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_bytes(WORD)
    passphrase = ask_at_start(file, encrypted.folder)
    assert passphrase() == WORD
    file.write_bytes(NEXT_WORD)
    assert passphrase() == NEXT_WORD
    file.unlink()
    assert passphrase() == WORD, "what was read at the start"
    assert person.asked == 0


def test_a_controller_that_runs_has_nobody_to_ask(
    person: Person, plain: Pki, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Running:
        def __init__(self, settings: object, on_started: object, passphrase: Passphrase, *_: object) -> None:
            self._passphrase = passphrase

        async def run(self) -> None:
            plain.encrypt(WORD)
            assert self._passphrase() is None

    monkeypatch.setattr("gangvakt.cli.controller.Controller", Running)
    assert main(("serve", "--data", str(plain.folder.parent))) == 0
    assert person.asked == 0
