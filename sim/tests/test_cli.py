"""The command line: help with examples, and one line for whatever goes wrong."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gangvakt_sim import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in this process: exit code, stdout, stderr."""

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gangvakt-sim", *map(str, arguments)])
        code = cli.main()
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def one_line(err: str) -> str:
    assert err.startswith("gangvakt-sim: ")
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize("command", ["run", "board", "replay", "evaluate", "walk"])
def test_help_shows_examples(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"gangvakt-sim {command}" in out.split("Examples")[1]


def test_sites_are_listed(run: Run) -> None:
    code, out, _ = run("sites")
    assert code == 0
    assert all(name in out for name in ("storgata", "corner-a", "corner-b"))


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    code, out, err = run()
    assert code != 0
    assert "Usage" in out
    assert err == ""


@pytest.mark.parametrize("arguments", [["dance"], ["run", "--sead", "3"], ["replay"], ["run", "--seed", "x"]])
def test_a_wrong_command_line_is_one_line(run: Run, arguments: list[str]) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    one_line(err)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--http-port", "70000"], "--http-port is 70000; allowed: 1 to 65535"),
        (["--mqtt-port", "0"], "--mqtt-port is 0; allowed: 1 to 65535"),
        (["--http-port", "5000", "--mqtt-port", "5000"], "another port"),
        (["--signs", "3"], "--signs is 3; allowed: 1 to 2"),
    ],
)
def test_options_out_of_bounds_are_named(run: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    code, _, err = run("run", "--data", tmp_path, *arguments)
    assert code == 1
    assert said in one_line(err)


@pytest.mark.parametrize("option", ["--http-port", "--mqtt-port"])
def test_a_taken_port_names_the_option_and_nothing_is_started(
    run: Run, tmp_path: Path, taken_port: int, option: str
) -> None:
    code, _, err = run("run", "--data", tmp_path / "state", option, str(taken_port))
    assert code == 1
    assert f"port {taken_port} is taken" in one_line(err)
    assert option in err
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("command", [["walk", "tracks.csv"], ["replay", "--tracks", "t.csv"], ["evaluate"]])
def test_an_unknown_site_names_those_there_are(run: Run, command: list[str]) -> None:
    code, _, err = run(*command, "--site", "atlantis")
    assert code == 1
    assert "corner-a, corner-b, storgata" in one_line(err)


def test_wrong_tracks_are_named_by_line_and_column(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tracks.csv"
    path.write_text("track,kind,t,x,y\np,pedestrian,0,zero,0\n")
    for command in (["walk", path], ["replay", "--tracks", path]):
        code, _, err = run(*command, "--site", "corner-a")
        assert code == 1
        assert f"{path}, line 2: x is 'zero'" in one_line(err)


@pytest.mark.parametrize("arguments", [[], ["--tracks", "a.csv", "--frames", "b.jsonl"]])
def test_a_replay_needs_tracks_or_frames(run: Run, arguments: list[str]) -> None:
    code, _, err = run("replay", "--site", "corner-a", *arguments)
    assert code == 1
    assert "either --tracks or --frames" in one_line(err)


def test_wrong_radar_losses_are_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "losses.toml"
    path.write_text("[ld2450]\ndropout = 2.0\n")
    code, _, err = run("walk", "tracks.csv", "--site", "corner-a", "--losses", path)
    assert code == 1
    assert f"{path}: ld2450.dropout is 2.0" in one_line(err)


def test_a_missing_interpreter_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANGVAKT_MICROPYTHON", "/nowhere/micropython")
    code, _, err = run("board", "--state", tmp_path)
    assert code == 1
    assert "GANGVAKT_MICROPYTHON=/nowhere/micropython" in one_line(err)


def test_an_unknown_board_names_those_there_are(run: Run, tmp_path: Path) -> None:
    code, _, err = run("board", "--board", "arduino", "--state", tmp_path)
    assert code == 1
    assert "virtual" in one_line(err)


def test_a_folder_without_firmware_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, err = run("board", "--state", tmp_path / "state", "--firmware", tmp_path)
    assert code == 1
    assert "main.py is missing" in one_line(err)
