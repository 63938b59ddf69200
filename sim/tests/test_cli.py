"""The command line: help with examples, and one line for whatever goes wrong."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gangvakt_sim import cli
from gangvakt_sim.bench.walks import person
from gangvakt_sim.world.scene import SITES_DIR

from .esptool_runs import esptool

Run = Callable[..., tuple[int, str, str]]

CROSSED = "crossing = [[0.17, 0.88], [3.61, 10.16], [-2.73, 3.78]"


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


def test_the_shipped_person_is_replayed_and_drawn_as_the_description_says(run: Run, tmp_path: Path) -> None:
    tracks, plot, told = SITES_DIR / "waits.csv", tmp_path / "waits.svg", tmp_path / "replay.jsonl"
    code, out, err = run("replay", "--site", "storgata", "--tracks", tracks, "--plot", plot, "--json", told)
    assert (code, err) == (0, "")
    assert "waits, then crosses" in out
    assert json.loads(told.read_text())["lead_s"] > 0
    assert plot.read_text().startswith("<svg")


def test_recorded_bytes_are_replayed_and_drawn(run: Run, tmp_path: Path) -> None:
    frames, plot = tmp_path / "frames.jsonl", tmp_path / "frames.svg"
    walk = [person(300, y_mm, -140).hex() for y_mm in range(4000, 1000, -140)]
    lines = ({"t": 50 + n / 10, "hex": frame, "track": "p"} for n, frame in enumerate(walk))
    frames.write_text("".join(json.dumps(line) + "\n" for line in lines))
    code, out, err = run("replay", "--site", "corner-a", "--frames", frames, "--track", "p", "--plot", plot)
    assert (code, err) == (0, "")
    assert "recorded bytes" in out
    assert f"{len(walk)} targets reported" in plot.read_text()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "crossing = [[0.17, 0.88], [-2.73, 3.78], [3.61, 10.16]",
            CROSSED,
            "crossing is [[0.17, 0.88], [3.61",
        ),
        ("azimuth_deg = -63.18", "azimuth_deg = 100.0", "view of kerb line 0 is '0%'; allowed: a pose"),
        (
            'kind = "ld2450"',
            'kind = "ld2452"',
            "sign.0.sensor.0.kind is 'ld2452'; allowed: 'ld2450', 'c4001'",
        ),
        ("height_m = 2.0", "height_m = 9.0", "sign.0.height_m is 9.0; allowed: at least 0.5, at most 6"),
    ],
)
def test_a_bad_site_is_refused_with_file_field_value_and_range(
    run: Run, tmp_path: Path, old: str, new: str, said: str
) -> None:
    site = tmp_path / "site.toml"
    text = (SITES_DIR / "corner-a.toml").read_text()
    assert text.count(old) == 1
    site.write_text(text.replace(old, new))
    code, _, err = run("replay", "--site", site, "--tracks", SITES_DIR / "waits.csv")
    assert code == 1
    assert one_line(err).startswith(f"gangvakt-sim: {site}: ")
    assert said in err


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("track,kind,t,x\np,pedestrian,0,1", "line 1: y is 'track,kind,t,x'"),
        (
            "track,kind,t,x,y\np,pedestrian,1,0,0\np,pedestrian,0.5,0,0",
            "line 3: t is '0.5'; allowed: at least 1",
        ),
        ("track,kind,t,x,y\np,pedestrian,0,NaN,0", "line 2: x is 'NaN'; allowed: a number between"),
    ],
)
def test_bad_tracks_are_refused_with_their_line(run: Run, tmp_path: Path, rows: str, said: str) -> None:
    tracks = tmp_path / "tracks.csv"
    tracks.write_text(rows)
    code, _, err = run("replay", "--site", "corner-a", "--tracks", tracks)
    assert code == 1
    assert f"{tracks}, {said}" in one_line(err)


# -- blank boards


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("--chip", "esp8266"), "chip"),
        (("--fault", "fire"), "fault"),
        (("--fault", "noise@x"), "fault"),
        (("--count", "0"), "--count"),
        (("--count", "17"), "--count"),
        (("--rfc2217", "here"), "--rfc2217"),
        (("--rfc2217", "127.0.0.1:70000"), "--rfc2217"),
        (("--rfc2217", "127.0.0.1:65535", "--count", "2"), "--rfc2217"),
        (("--mac", "30aea412"), "--mac"),
        (("--wifi", "street"), "--wifi"),
        (("--wifi", "street:short"), "--wifi"),
    ],
)
def test_a_blank_board_that_cannot_be_is_refused(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], field: str
) -> None:
    code, _, err = run("board", "--blank", "--state", tmp_path, *arguments)
    assert code == 1
    assert f"{field} is" in one_line(err)
    assert "allowed: " in err


def test_a_taken_port_is_told(run: Run, tmp_path: Path, taken_port: int) -> None:
    code, _, err = run("board", "--blank", "--state", tmp_path, "--rfc2217", f"127.0.0.1:{taken_port}")
    assert code == 1
    assert "Address already in use" in one_line(err)


def test_the_stand_in_is_written_and_an_unknown_chip_refused(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("image", "--chip", "esp32c3", "--out", tmp_path / "image.bin")
    assert code == 0
    assert (tmp_path / "image.bin").stat().st_size == 1_740_832
    assert "to be written at 0x0 of an ESP32-C3" in out.replace("\n", " ")
    code, _, err = run("image", "--chip", "esp8266", "--out", tmp_path / "other.bin")
    assert code == 1
    assert "chip is 'esp8266'" in one_line(err)
    assert not (tmp_path / "other.bin").exists()


def test_several_blank_boards_are_held_until_a_signal(tmp_path: Path) -> None:
    code = "import sys; from gangvakt_sim.cli import main; sys.exit(main())"
    options = ["--blank", "--count", "2", "--state", str(tmp_path)]
    command = [sys.executable, "-c", code, "board", *options]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as held:
        assert held.stdout is not None
        urls = [held.stdout.readline().strip() for _ in range(2)]
        macs = [esptool(url, "--chip", "esp32", "read-mac").said for url in urls]
        held.send_signal(signal.SIGTERM)
        said = held.stdout.read()
    assert "kept" in said
    assert f'mpremote connect {urls[-1]} exec "' in said  # a prompt would need a local port
    assert held.returncode == 0
    assert "30:ae:a4:12:00:01" in macs[0]
    assert "30:ae:a4:12:00:02" in macs[1]
