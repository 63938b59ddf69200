"""`gangvakt ca`, as people and scripts use it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from gangvakt.cli import main
from gangvakt.provision import authority
from gangvakt.provision.authority import Pair
from gangvakt.provision.certificates import is_issued_by
from gangvakt.provision.pki import KeyFiles, Pki, client_context, new_authority

from .support import NORTH, WAIT_S, Keys
from .test_serve import serving

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


# The real command; only, it looks at certificates five times a second.
IN_A_HURRY = """
import sys
from gangvakt.upkeep import Renewer, Watch
Renewer.run.__defaults__ = Watch.run.__defaults__ = (0.2,)
from gangvakt.cli import main
sys.exit(main())
"""


async def test_a_running_controller_renews_its_signs_when_the_authority_got_a_successor(
    told: Told, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.good("init", "--passphrase-file", word)
    monkeypatch.setenv("GANGVAKT_CA_PASSPHRASE", WORD)
    keys = Keys(tmp_path / "data")
    with serving(tmp_path / "data", command=(sys.executable, "-c", IN_A_HURRY)) as running:
        assert "is not encrypted" not in running.said
        async with keys.client(str(NORTH), running.mqtt_port) as north:
            await north.subscribe(f"gangvakt/v1/{NORTH}/#", qos=1)
            told.good("renew", "--yes")
            renewal = await received(north)
        assert hashlib.sha256(renewal[32:]).digest() == renewal[:32]
        certificate, key = der_values(renewal[36:])[:2]
        files = pem_files(tmp_path, keys, certificate, key)
        options: dict[str, Any] = {"identifier": str(NORTH), "tls_context": client_context(files)}
        async with aiomqtt.Client("127.0.0.1", running.mqtt_port, **options) as north:
            await north.publish(f"gangvakt/v1/{NORTH}/telemetry", "in with the new one", qos=1)
        said = x509.load_der_x509_certificate(certificate)
        assert is_issued_by(said, authority.certificates(tmp_path / "data" / "pki")[0])


async def received(client: aiomqtt.Client) -> bytes:
    """The pieces of a whole renewal, joined."""
    pieces: dict[int, bytes] = {}
    async with asyncio.timeout(WAIT_S):
        async for message in client.messages:
            if message.topic.value.endswith("/renewal"):
                assert isinstance(message.payload, bytes)
                assert not message.retain
                pieces[message.payload[3]] = message.payload[5:]
                if len(pieces) == message.payload[4]:
                    break
    return b"".join(pieces[number] for number in sorted(pieces))


def der_values(data: bytes) -> list[bytes]:
    """What follows each other in DER."""
    values = []
    while data:
        length_bytes = data[1] & 0x7F if data[1] & 0x80 else 0
        size = 2 + length_bytes + (int.from_bytes(data[2 : 2 + length_bytes]) if length_bytes else data[1])
        values.append(data[:size])
        data = data[size:]
    return values


def pem_files(folder: Path, keys: Keys, certificate: bytes, key: bytes) -> KeyFiles:
    """What OpenSSL reads of them."""
    files = KeyFiles(keys.pki.controller_files().authority, folder / "new.crt", folder / "new.key")
    files.certificate.write_bytes(x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM))
    private = load_der_private_key(key, password=None)
    files.key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_serve_tells_once_that_the_key_of_a_new_authority_is_not_encrypted(tmp_path: Path) -> None:
    for told in (True, False):
        with serving(tmp_path) as running:
            running.process.terminate()
            assert running.process.stdout
            said = running.said + running.process.stdout.read()
        assert ("key is not encrypted" in said) == told
