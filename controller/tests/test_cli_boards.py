"""`gangvakt boards` and `gangvakt image`, as a technician types them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from gangvakt.cli import main
from gangvakt.provision.board import board_ids

from .official_file import official_file

C3 = "esp32-c3-devkitm"  # its board file knows no sum, so that any well-formed file can be vouched for


@pytest.fixture
def official(tmp_path: Path) -> list[str]:
    """Options that give the official image and its sum."""
    content = official_file("esp32c3")
    path = tmp_path / "official.bin"
    path.write_bytes(content)
    return ["--image", str(path), "--sha256", hashlib.sha256(content).hexdigest()]


def one_line(error: str) -> str:
    assert error.startswith("gangvakt: ")
    assert error.count("\n") == 1
    return error


def test_all_boards_are_listed(capsys):
    assert main(["boards"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in board_ids())
    assert main(["boards", "--json"]) == 0
    listed = {line["board"]: line for line in json.loads(capsys.readouterr().out)}
    assert sorted(listed) == board_ids()
    assert listed["esp32-s3-devkitc"]["interpreters"] == 2
    assert (listed[C3]["radars"], listed[C3]["image_pinned"]) == (1, False)


def test_a_board_is_shown_with_what_to_mind_at_its_pins(capsys):
    assert main(["boards", "show", "esp32-devkitc"]) == 0
    shown = capsys.readouterr().out
    for word in ("pins.lamp_left", "strapping pin", "input only", "factory", "1984 KB"):
        assert word in shown
    assert main(["boards", "show", C3, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rmt_channels"] == 2
    assert {"function": "pins.dim", "gpio": 10, "notes": []} in told["pins"]


def test_an_unknown_board_is_refused_with_the_known_ones(capsys):
    assert main(["boards", "show", "moon"]) == 1
    assert C3 in one_line(capsys.readouterr().err)


def test_an_image_is_a_folder_of_regions_whose_manifest_holds(tmp_path: Path, capsys, official):
    out = tmp_path / "out"
    assert main(["image", "--board", C3, "--out", str(out), *official]) == 0
    said = capsys.readouterr().out
    written = json.loads((out / "manifest.json").read_bytes())
    assert {path.name for path in out.iterdir()} == {
        "manifest.json",
        *(line["file"] for line in written["regions"]),
    }
    for line in written["regions"]:
        content = (out / line["file"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (line["size"], line["sha256"])
        assert f"{line['offset']:#x} {line['file']}" in said
    assert "goes online nowhere" in said


def test_an_enrolled_sign_s_files_go_into_its_data_which_nobody_else_can_read(
    tmp_path: Path, capsys, official
):
    data, out = tmp_path / "enrolled", tmp_path / "out"
    data.mkdir()
    (data / "identity.json").write_bytes(b'{"site": "storgata-is-in-here"}')
    assert main(["image", "--board", C3, "--out", str(out), "--data", str(data), "--json", *official]) == 0
    [line] = [line for line in json.loads(capsys.readouterr().out)["regions"] if line["name"] == "data"]
    assert b"storgata-is-in-here" in (out / line["file"]).read_bytes()
    assert (out / line["file"]).stat().st_mode & 0o077 == 0


def test_files_that_are_there_are_replaced_only_by_force(tmp_path: Path, capsys, official):
    command = ["image", "--board", C3, "--out", str(tmp_path / "out"), *official]
    assert main(command) == 0
    assert main(command) == 1
    assert "--force" in one_line(capsys.readouterr().err)
    assert main([*command, "--force"]) == 0


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (["--board", "moon"], "one of"),
        (["--board", C3, "--offline"], "--sha256"),
        (["--board", "esp32-devkitc", "--offline"], "--image FILE"),
        (["--board", C3, "--sha256", "x"], "64 hexadecimal"),
        (["--board", "esp32-devkitc", "--image", "/nowhere.bin"], "can be read"),
        (["--board", C3, "--data", "/nowhere"], "a folder to be read"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line_and_nothing_is_written(
    tmp_path: Path, monkeypatch, capsys, options, rule
):
    monkeypatch.setenv("GANGVAKT_CACHE", str(tmp_path / "cache"))
    assert main(["image", "--out", str(tmp_path / "out"), *options]) == 1
    assert rule in one_line(capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("count", "size"), [(0, 0), (1, 65_537), (33, 1)])
def test_data_that_cannot_be_a_sign_s_is_refused_by_number_and_size(tmp_path, capsys, official, count, size):
    data = tmp_path / "data"
    data.mkdir()
    for number in range(count):
        (data / str(number)).write_bytes(bytes(size))
    command = ["image", "--board", C3, "--out", str(tmp_path / "out"), "--data", str(data)]
    assert main([*command, *official]) == 1
    assert f"{count} files, the largest {size} bytes" in one_line(capsys.readouterr().err)
