"""A question of a command that nobody answers, or that is answered by Ctrl-C."""

from __future__ import annotations

import io

import pytest

from gangvakt.cli import main, shell
from gangvakt.cli.app import INTERRUPTED
from gangvakt.registry.opening import SavedLogin

REVOKE_BUNDLE = ("bundle", "revoke", "1f00c3a9")  # asks by Typer
SHELL = ("shell", "COM7")  # asks by Rich


class _Line:
    def __init__(self, port: str) -> None:
        self.port = port

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes before the question is well."""
    monkeypatch.setattr(shell, "ServiceLine", _Line)
    monkeypatch.setattr(
        "gangvakt.registry.opening.saved_login",
        lambda folder: SavedLogin(url="http://127.0.0.1:1", user="kari", token="none"),
    )


class _Interrupted(io.StringIO):
    def readline(self, *_: object) -> str:
        raise KeyboardInterrupt


@pytest.mark.parametrize("command", [REVOKE_BUNDLE, SHELL])
def test_a_question_that_nobody_answers_names_the_way_out(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(command) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[-1].startswith("gangvakt: nobody is there to answer: give --yes")


@pytest.mark.parametrize("command", [REVOKE_BUNDLE, SHELL])
def test_an_interrupted_question_ends_as_shells_have_it(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", _Interrupted())
    assert main(command) == INTERRUPTED
    assert "gangvakt: " not in capsys.readouterr().err
