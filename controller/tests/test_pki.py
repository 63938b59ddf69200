"""The authority and its certificates."""

from __future__ import annotations

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gangvakt.errors import FolderUnusable, KeysDamaged
from gangvakt.provision.certificates import names_of
from gangvakt.provision.pki import SIGN_LIFE, SIMULATOR_NAME, Pki, client_context, common_name, server_context

from .handshake import shake_hands
from .support import NORTH

NAMES = ["localhost", "127.0.0.1"]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_authority_is_made_once_and_kept(tmp_path: Path) -> None:
    first = Pki.open(tmp_path / "pki")
    assert Pki.open(tmp_path / "pki").authority_der == first.authority_der
    key = tmp_path / "pki" / "ca.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_a_sign_gets_der_files_that_its_tls_reads(tmp_path: Path) -> None:
    pki = Pki.open(tmp_path)
    issued = pki.issue_sign(NORTH)
    certificate = x509.load_der_x509_certificate(issued.certificate_der)
    key = serialization.load_der_private_key(issued.key_der, password=None)
    assert common_name(certificate) == str(NORTH)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    assert key.public_key() == certificate.public_key()
    certificate.verify_directly_issued_by(x509.load_der_x509_certificate(pki.authority_der))


def test_every_sign_gets_its_own_key(tmp_path: Path) -> None:
    pki = Pki.open(tmp_path)
    assert pki.issue_sign(NORTH).key_der != pki.issue_sign(NORTH).key_der


def test_a_clients_certificate_cannot_stand_for_a_server(tmp_path: Path) -> None:
    usage = (
        Pki.open(tmp_path)
        .issue_simulator()
        .certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    )
    assert [oid.dotted_string for oid in usage.value] == ["1.3.6.1.5.5.7.3.2"]
    assert common_name(Pki.open(tmp_path).issue_simulator().certificate) == SIMULATOR_NAME


def test_the_server_certificate_is_kept_until_a_name_is_missing_or_it_is_old(tmp_path: Path) -> None:
    now = [NOW]
    pki = Pki.open(tmp_path, lambda: now[0])
    path = pki.server_files(NAMES).certificate
    first = path.read_bytes()
    assert pki.server_files(["localhost"]).certificate.read_bytes() == first
    second = pki.server_files([*NAMES, "signs.example.no"]).certificate.read_bytes()
    assert second != first
    assert names_of(load(path)) == {*NAMES, "signs.example.no"}
    now[0] += timedelta(days=700)
    assert pki.server_files(NAMES).certificate.read_bytes() != second


def test_a_renewed_server_certificate_suits_a_sign_whose_clock_stopped(tmp_path: Path) -> None:
    now = [NOW]
    pki = Pki.open(tmp_path, lambda: now[0])
    now[0] += timedelta(days=1000)
    assert load(pki.server_files(NAMES).certificate).not_valid_before_utc < NOW


def test_a_signs_certificate_ends_with_the_authority(tmp_path: Path) -> None:
    now = [NOW]
    pki = Pki.open(tmp_path, lambda: now[0])
    assert pki.issue_sign(NORTH).certificate.not_valid_after_utc == NOW + SIGN_LIFE
    now[0] += timedelta(days=3000)
    authority = x509.load_der_x509_certificate(pki.authority_der)
    assert pki.issue_sign(NORTH).certificate.not_valid_after_utc == authority.not_valid_after_utc


def test_a_half_written_server_key_is_made_anew(tmp_path: Path) -> None:
    pki = Pki.open(tmp_path)
    files = pki.server_files(NAMES)
    files.key.write_bytes(b"")
    server_context(pki.server_files(NAMES))


def test_a_damaged_authority_is_never_replaced(tmp_path: Path) -> None:
    Pki.open(tmp_path)
    (tmp_path / "ca.key").write_bytes(b"rubbish")
    with pytest.raises(KeysDamaged, match=r"ca\.key"):
        Pki.open(tmp_path)


def test_an_unusable_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FolderUnusable, match="cannot write to"):
        Pki.open(tmp_path / "file" / "pki")


def test_a_strict_client_and_the_server_understand_each_other(tmp_path: Path) -> None:
    pki = Pki.open(tmp_path)
    client_tls = client_context(pki.controller_files())
    client_tls.verify_flags |= ssl.VERIFY_X509_STRICT
    server_tls = server_context(pki.server_files(NAMES))
    assert shake_hands(server_tls, client_tls)
