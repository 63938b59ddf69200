"""`gangvakt flash`, `replace`, `erase`, `label`: what is refused before a board is touched, by a line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gangvakt.cli import flash_job, main, passphrase
from gangvakt.cli.flash_options import Job
from gangvakt.provision import authority, ports
from gangvakt.provision.label import LabelFacts, LabelFolder
from gangvakt.provision.pki import Pki, new_authority
from gangvakt.provision.wire import SiteIn
from gangvakt.registry.local import LocalOffice
from gangvakt.settings import Settings

SITE = "drammen/storgata"
MAC = "30aea4120001"
SIGN = f"{SITE}/{MAC}"
PASSPHRASE = b"correct horse battery"
FACTS = LabelFacts(SIGN, "https://a.example/s", "virtual", "0.1.0", "1.26.1", date(2026, 11, 27))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a site."""
    site = SiteIn(site=SITE, title="Storgata", brokers=(("127.0.0.1", 9),))
    LocalOffice(tmp_path / "data").add_site(site)
    return tmp_path / "data"


Refused = Callable[..., str]
Writes = Callable[[bytes], str]


@pytest.fixture
def refused(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Runs a command that must fail; its one line."""

    def run(command: str, *arguments: str, board: str = "virtual") -> str:
        options = ["--board", board, *arguments]
        if command in ("flash", "replace"):
            options += ["--yes", "--data", str(data), "--label-dir", str(tmp_path / "labels")]
        assert main([command, *options]) == 1
        lines = capsys.readouterr().err.splitlines()
        complaint = [line for line in lines if line.startswith("gangvakt: ")]
        assert len(complaint) == 1
        return complaint[0]

    return run


@pytest.fixture
def file(tmp_path: Path) -> Writes:
    def write(content: bytes) -> str:
        path = tmp_path / "file"
        path.write_bytes(content)
        return str(path)

    return write


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--site", "storgata"), "municipality/site"),
        (("--site", "Drammen/storgata"), "1 to 32 of a-z"),
        (("--site", SITE, "--baud", "9600"), "115200, 230400"),
        (("--site", SITE, "--count", "3"), "with --batch"),
        (("--site", SITE, "--port", "COM1", "--port", "COM2"), "with --batch"),
        (("--site", SITE, "--batch", "--count", "0"), "1..1000"),
        (("--site", SITE, "--batch", "--count", "1001"), "1..1000"),
        (("--site", SITE, "--batch", "--port", "COM1", "--port", "COM1"), "each port once"),
        (("--site", SITE, "--batch", "--count", "1", "--port", "COM1"), "without --port"),
        (("--site", SITE, "--config", "/nowhere.json"), "a file to be read"),
        (("--site", SITE, "--port", "/dev/ttyNONE"), "there is no such port"),
        (("--site", SITE, "--port", "rfc2217://127.0.0.1:1"), "there is no such port"),
    ],
)
def test_what_flash_is_told_wrong_is_a_line(refused: Refused, arguments: tuple[str, ...], said: str):
    assert said in refused("flash", *arguments)


def test_a_batch_that_would_ask_needs_a_terminal(data: Path, capsys: pytest.CaptureFixture[str]):
    options = ["--site", SITE, "--data", str(data), "--batch", "--port", "/dev/ttyNONE"]
    assert main(["flash", "--board", "virtual", *options]) == 1
    assert "--batch is 'without --yes'" in capsys.readouterr().err


@pytest.fixture
def encrypted(data: Path) -> Path:
    """The same data folder, whose authority's key needs PASSPHRASE."""
    authority.create(data / "pki", new_authority(datetime.now(UTC)), PASSPHRASE)
    return data


def test_an_encrypted_authority_signs_with_the_passphrase_of_the_file(encrypted: Path, file: Writes):
    job = Job("virtual", data=encrypted, passphrase_file=Path(file(PASSPHRASE + b"\n")))
    assert str(flash_job.open_issuer_of(job).begin(SITE, MAC, "virtual", again=False).sign) == SIGN


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"wrong wrong wrong\n", "does not open"),
        (b"\n", "first line is not empty"),
        (None, "--passphrase-file"),
    ],
)
@pytest.mark.usefixtures("encrypted")
def test_a_passphrase_that_does_not_fit_is_told_before_a_board_is_touched(
    refused: Refused, file: Writes, content: bytes | None, said: str
):
    given = () if content is None else ("--passphrase-file", file(content))
    assert said in refused("flash", "--site", SITE, "--port", "/dev/ttyNONE", *given)


def test_who_types_the_passphrase_is_asked_once_and_before_anything_else(
    encrypted: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def typed(question: str, *, again: bool) -> bytes:
        asked.append(question)
        return PASSPHRASE

    monkeypatch.setattr(passphrase, "_typed", typed)
    issuer = flash_job.open_issuer_of(Job("virtual", data=encrypted))
    assert len(asked) == 1
    issuer.begin(SITE, MAC, "virtual", again=False)
    assert len(asked) == 1


def test_nobody_is_asked_for_the_passphrase_of_an_open_key(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passphrase, "_typed", lambda *_, **__: pytest.fail("asked"))
    Pki.open(Settings(data=data).pki_dir)
    flash_job.open_issuer_of(Job("virtual", data=data)).begin(SITE, MAC, "virtual", again=False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "JSON"),
        (b"\xff", "JSON"),
        (b"[" * 50_000, "JSON"),
        (b"[1]", "a JSON object"),
        (b'{"hold_min_ms": -1}', "hold_min_ms"),
        (b'{"colour": 1}', "no such field"),
    ],
)
def test_values_for_one_sign_are_checked_as_the_firmware_would(
    refused: Refused, file: Writes, content: bytes, said: str
):
    assert said in refused("flash", "--site", SITE, "--config", file(content))


def test_an_unknown_board_names_those_there_are(refused: Refused):
    assert "esp32-devkitc" in refused("flash", "--site", SITE, board="esp33")


def test_no_board_says_what_to_check(refused: Refused, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ports.list_ports, "comports", list)
    assert "data lines" in refused("flash", "--site", SITE)


def test_a_folder_for_labels_that_cannot_be_written_is_told_first(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "taken").write_text("a file")
    options = ("--site", SITE, "--data", str(data), "--label-dir", str(tmp_path / "taken"))
    assert main(["flash", "--board", "virtual", *options]) == 1
    assert "cannot write to" in capsys.readouterr().err


def test_a_dead_sign_has_three_names(refused: Refused):
    assert "municipality/site/sign" in refused("replace", SITE)


def test_erase_needs_a_port_too(refused: Refused):
    assert "there is no such port" in refused("erase", "--port", "/dev/ttyNONE", "--yes")


def test_a_label_is_printed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    LabelFolder(tmp_path).keep(FACTS)
    picture = tmp_path / "drammen_storgata_30aea4120001.png"
    assert main(["label", SIGN, "--label-dir", str(tmp_path), "--json"]) == 0
    assert str(picture) in json.loads(capsys.readouterr().out)["files"]
    assert picture.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((SITE,), "municipality/site/sign"), ((SIGN, "--size", "a3"), "62x29"), ((SIGN,), "--label-dir")],
)
def test_a_label_that_cannot_be_printed_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
):
    assert main(["label", *arguments, "--label-dir", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", ["flash", "replace", "erase", "label"])
def test_help_shows_examples(command: str, capsys: pytest.CaptureFixture[str]):
    assert main([command, "--help"]) == 0
    assert f"gangvakt {command}" in capsys.readouterr().out
