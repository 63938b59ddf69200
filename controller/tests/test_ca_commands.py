"""`gangvakt ca`, as people and scripts use it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from gangvakt.cli import main
from gangvakt.provision import authority
from gangvakt.provision.authority import Pair
from gangvakt.provision.pki import Pki, new_authority

WORD = "elg i lia ved elva"


@pytest.fixture
def word(tmp_path: Path) -> str:
    """The path of a file with a good passphrase."""
    path = tmp_path / "word"
    path.write_text(f"{WORD}\nonly the first line counts\n")
    return str(path)


class Told:
    """Runs a command; what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str], data: Path) -> None:
        self._capsys, self._data = capsys, str(data)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = main(("ca", *arguments, "--data", self._data))
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def good(self, *arguments: str) -> dict[str, Any]:
        code, said, error = self(*arguments, "--json")
        assert code == 0, error
        answer: dict[str, Any] = json.loads(said)
        return answer

    def refusal(self, *arguments: str) -> str:
        code, _, error = self(*arguments)
        assert code == 1
        assert error.count("\n") == 1
        assert error.startswith("gangvakt: ")
        return error


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.delenv("GANGVAKT_CA_PASSPHRASE", raising=False)
    return Told(capsys, tmp_path / "data")


def test_init_makes_an_authority_whose_key_is_encrypted(told: Told, word: str, tmp_path: Path) -> None:
    answer = told.good("init", "--passphrase-file", word)
    assert answer["key_encrypted"] is True
    ((only),) = answer["certificates"]
    assert (only["kind"], only["state"]) == ("authority", "good")
    assert only["days_left"] in (3651, 3652)
    certificate = x509.load_pem_x509_certificate((tmp_path / "data" / "pki" / "ca.crt").read_bytes())
    assert len(only["fingerprint"]) == 64
    assert Pki.load(tmp_path / "data" / "pki", passphrase=WORD.encode).authority.certificate == certificate


def test_init_takes_in_an_authority_made_elsewhere(told: Told, word: str, tmp_path: Path) -> None:
    made = new_authority(datetime.now(UTC))
    pair = Pair.of(tmp_path, "municipality")
    authority.save(pair, made)
    options = ("--certificate", str(pair.certificate), "--key", str(pair.key))
    told.good("init", *options, "--passphrase-file", word)
    stored = tmp_path / "data" / "pki"
    assert (stored / "ca.crt").read_bytes() == made.certificate_pem
    assert b"ENCRYPTED" in (stored / "ca.key").read_bytes()


def test_bad_options_are_one_line(told: Told, word: str, tmp_path: Path) -> None:
    weak = tmp_path / "weak"
    weak.write_text("short\n")
    assert "allowed: 12 to 256 characters" in told.refusal("init", "--passphrase-file", str(weak))
    assert "first line is not empty" in told.refusal("init", "--passphrase-file", "/dev/null")
    assert "No such file" in told.refusal("init", "--passphrase-file", str(tmp_path / "none"))
    assert "GANGVAKT_CA_PASSPHRASE or at a terminal" in told.refusal("init")
    half = told.refusal("init", "--passphrase-file", word, "--key", word)
    assert "--certificate is None; allowed: both --certificate and --key, or neither" in half
    assert "no readable key or certificate" in told.refusal(
        "init", "--passphrase-file", word, "--key", word, "--certificate", word
    )
    assert "gangvakt ca init" in told.refusal("show")
    assert "gangvakt ca init" in told.refusal("renew", "--yes")
    told.good("init", "--passphrase-file", word)
    assert "`gangvakt ca renew` makes its successor" in told.refusal("init", "--passphrase-file", word)
    assert "is encrypted: give its passphrase" in told.refusal("renew", "--yes")
    assert "does not open" in told.refusal("renew", "--yes", "--passphrase-file", str(weak))


def test_show_needs_no_passphrase_and_says_who_trusts_what(told: Told, word: str) -> None:
    told.good("init", "--passphrase-file", word)
    code, said, _ = told("show")
    assert code == 0
    assert "authority" in said
    assert "fingerprint" in said


def test_renew_makes_a_successor_once_until_the_old_one_has_ended(told: Told, word: str) -> None:
    first = told.good("init", "--passphrase-file", word)["certificates"][0]
    renewed = told.good("renew", "--yes", "--passphrase-file", word)
    kinds = [certificate["kind"] for certificate in renewed["certificates"]]
    assert kinds == ["authority", "old authority"]
    assert renewed["certificates"][1]["fingerprint"] == first["fingerprint"]
    assert renewed["key_encrypted"] is True
    refusal = told.refusal("renew", "--yes", "--passphrase-file", word)
    assert "is trusted until" in refusal
    assert "--force" in refusal
    forced = told.good("renew", "--yes", "--force", "--passphrase-file", word)
    assert forced["certificates"][1]["fingerprint"] == renewed["certificates"][0]["fingerprint"]


def test_a_passphrase_is_given_to_a_key_that_had_none_and_changed(
    told: Told, word: str, tmp_path: Path
) -> None:
    pki = tmp_path / "data" / "pki"
    Pki.open(pki)
    assert told("passphrase", "--new-passphrase-file", word)[0] == 0
    assert told.good("show")["key_encrypted"] is True
    other = tmp_path / "other"
    other.write_text("rev under gammel gran\n")
    assert "is encrypted" in told.refusal("passphrase", "--new-passphrase-file", str(other))
    assert told("passphrase", "--passphrase-file", word, "--new-passphrase-file", str(other))[0] == 0
    assert Pki.load(pki, passphrase=lambda: b"rev under gammel gran")


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("init", "show", "renew", "passphrase"):
        assert main(("ca", command, "--help")) == 0
        assert f"gangvakt ca {command}" in capsys.readouterr().out


def test_serve_with_an_encrypted_key_and_no_passphrase_is_one_line(
    told: Told, word: str, tmp_path: Path
) -> None:
    told.good("init", "--passphrase-file", word)
    command = (sys.executable, "-m", "gangvakt", "serve", "--data", str(tmp_path / "data"))
    ports = ("--http-port", "0", "--mqtt-port", "0")
    done = subprocess.run(
        (*command, *ports), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "give its passphrase in GANGVAKT_CA_PASSPHRASE or by --passphrase-file" in done.stderr
    assert done.stderr.count("\n") == 1
