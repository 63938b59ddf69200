"""The authority's files: encrypted, taken in from elsewhere, succeeded, and whole after a crash anywhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import (
    AuthorityExists,
    AuthorityMissing,
    AuthorityRefused,
    KeyLocked,
    KeysDamaged,
    RequestRefused,
    SettingRefused,
)
from gangvakt.provision import authority
from gangvakt.provision.authority import Pair
from gangvakt.provision.certificates import (
    Credentials,
    common_name,
    is_issued_by,
    names_of,
)
from gangvakt.provision.passphrase import LONGEST, SHORTEST, check_new
from gangvakt.provision.pki import RENEW_BEFORE, SIGN_LIFE, Pki, new_authority

from .support import NORTH

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORD = b"elg i lia ved elva"
NAMES = ["localhost"]
DAY = timedelta(days=1)
GOOD = new_authority(NOW)


def known() -> bytes:
    return WORD


def unknown() -> None:
    return None


def test_a_key_that_is_encrypted_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    authority.create(tmp_path, new_authority(NOW), WORD)
    assert b"ENCRYPTED" in (tmp_path / "ca.key").read_bytes()
    assert Pki.load(tmp_path, passphrase=known).is_encrypted
    with pytest.raises(KeyLocked, match="is encrypted: give its passphrase in GANGVAKT_CA_PASSPHRASE"):
        Pki.load(tmp_path, passphrase=unknown)
    with pytest.raises(KeyLocked, match="does not open with the passphrase given"):
        Pki.load(tmp_path, passphrase=lambda: b"another one altogether")


def test_the_passphrase_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.create(tmp_path, new_authority(NOW), WORD)
    monkeypatch.setenv("GANGVAKT_CA_PASSPHRASE", WORD.decode())
    assert Pki.open(tmp_path).issue_sign(NORTH)


def test_certificates_are_read_without_a_passphrase(tmp_path: Path) -> None:
    made = new_authority(NOW)
    authority.create(tmp_path, made, WORD)
    assert authority.certificates(tmp_path) == (made.certificate,)


def test_a_new_passphrase_replaces_the_one_before(tmp_path: Path) -> None:
    pki = Pki.open(tmp_path)
    assert pki.is_new
    assert not pki.is_encrypted
    pki.encrypt(WORD)
    again = Pki.open(tmp_path, passphrase=known)
    assert again.authority_der == pki.authority_der
    assert (again.is_new, again.is_encrypted) == (False, True)


def test_an_authority_is_never_made_over_another(tmp_path: Path) -> None:
    authority.create(tmp_path, new_authority(NOW), None)
    with pytest.raises(AuthorityExists, match="gangvakt ca renew"):
        authority.create(tmp_path, new_authority(NOW), None)


def test_without_an_authority_the_command_to_make_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuthorityMissing, match="gangvakt ca init"):
        Pki.load(tmp_path)


@pytest.mark.parametrize("length", [0, SHORTEST - 1, LONGEST + 1])
def test_a_weak_passphrase_is_refused_and_not_repeated(length: int) -> None:
    with pytest.raises(SettingRefused) as refused:
        check_new(b"x" * length)
    assert str(refused.value) == "options: the passphrase is '(hidden)'; allowed: 12 to 256 characters"


def elsewhere(
    folder: Path,
    *,
    ca: bool | None = True,
    path_length: int | None = None,
    sign_certificates: bool = True,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
) -> Pair:
    """An authority as another program makes it: no key identifiers, no word of ours."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Drammen kommune")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(NOW - DAY).not_valid_after(NOW + 4000 * DAY)
    if ca is not None:
        limits = x509.BasicConstraints(ca, path_length if ca else None)
        builder = builder.add_extension(limits, critical=True)
        flags = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"),
            False,
        )
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=sign_certificates,
            encipher_only=False,
            decipher_only=False,
            **flags,
        )
        builder = builder.add_extension(usage, critical=True)
    pair = Pair.of(folder, "municipality")
    pair.certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    pair.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pair


@pytest.mark.parametrize("path_length", [None, 0, 3])
def test_an_authority_made_elsewhere_signs_for_us(tmp_path: Path, path_length: int | None) -> None:
    taken = authority.take_in(elsewhere(tmp_path, path_length=path_length), unknown)
    authority.create(tmp_path / "pki", taken, WORD)
    issued = Pki.load(tmp_path / "pki", lambda: NOW, known).issue_sign(NORTH).certificate
    assert is_issued_by(issued, taken.certificate)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ca": None}, "basicConstraints is None; allowed: CA:TRUE"),
        ({"ca": False}, "basicConstraints is 'CA:FALSE'; allowed: CA:TRUE"),
        ({"sign_certificates": False}, "keyUsage is 'without keyCertSign'; allowed: with keyCertSign"),
        ({"key": ec.generate_private_key(ec.SECP384R1())}, "allowed: EC P-256"),
        ({"key": rsa.generate_private_key(65537, 2048)}, "key is 'RSAPrivateKey'; allowed: EC P-256"),
    ],
    ids=["no authority", "a leaf", "may not sign", "P-384", "RSA"],
)
def test_an_authority_that_cannot_serve_is_refused_by_name(
    tmp_path: Path, options: dict[str, object], said: str
) -> None:
    with pytest.raises(AuthorityRefused) as refused:
        authority.take_in(elsewhere(tmp_path, **options), unknown)  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert "municipality." in str(refused.value)


def test_another_authoritys_key_is_refused(tmp_path: Path) -> None:
    pair = elsewhere(tmp_path)
    authority.save(Pair(pair.key, tmp_path / "other.crt"), new_authority(NOW))
    with pytest.raises(KeysDamaged, match="does not belong to its certificate"):
        authority.take_in(pair, unknown)


@given(certificate=st.binary(max_size=400), key=st.binary(max_size=400))
def test_files_of_rubbish_are_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, certificate: bytes, key: bytes
) -> None:
    pair = Pair.of(tmp_path_factory.getbasetemp(), "rubbish")
    pair.certificate.write_bytes(certificate)
    pair.key.write_bytes(key)
    with pytest.raises(KeysDamaged):
        authority.take_in(pair, unknown)


@given(key=st.binary(max_size=400))
def test_a_key_of_rubbish_is_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, key: bytes
) -> None:
    pair = Pair.of(tmp_path_factory.getbasetemp(), "rubbish")
    authority.save(pair, GOOD)
    pair.key.write_bytes(key)
    with pytest.raises((KeysDamaged, KeyLocked)):
        authority.take_in(pair, known)


def renewed(folder: Path, word: bytes | None = None) -> Credentials:
    pki = Pki.load(folder, lambda: NOW, lambda: word)
    successor = new_authority(NOW + 3000 * DAY, pki.authority.certificate)
    authority.succeed(folder, successor, word)
    return successor


def test_a_successor_signs_and_both_are_trusted_until_the_old_one_ends(tmp_path: Path) -> None:
    now = [NOW]
    first = Pki.open(tmp_path, lambda: now[0])
    old = first.authority.certificate
    successor = renewed(tmp_path)
    pki = Pki.open(tmp_path, lambda: now[0])
    assert pki.trusted == (successor.certificate, old)
    assert list(pki.authority_files()) == ["ca.der", "ca2.der"]
    assert is_issued_by(pki.issue_sign(NORTH).certificate, successor.certificate)
    now[0] = old.not_valid_after_utc
    assert pki.trusted == (successor.certificate,)
    assert list(pki.authority_files()) == ["ca.der"]


def test_a_successor_begins_with_the_first_for_clocks_that_stopped_then(tmp_path: Path) -> None:
    old = Pki.open(tmp_path, lambda: NOW).authority.certificate
    assert renewed(tmp_path).certificate.not_valid_before_utc == old.not_valid_before_utc


def test_a_successor_has_a_name_of_its_own(tmp_path: Path) -> None:
    old = Pki.open(tmp_path, lambda: NOW).authority.certificate
    assert common_name(renewed(tmp_path).certificate) != common_name(old)


def test_the_server_keeps_a_certificate_of_the_authority_that_every_sign_trusts(tmp_path: Path) -> None:
    now = [NOW]
    pki = Pki.open(tmp_path, lambda: now[0])
    old = pki.authority.certificate
    successor = renewed(tmp_path)
    assert pki.reload()
    assert not pki.reload()

    def server() -> x509.Certificate:
        return authority.read_certificate(pki.server_files(NAMES).certificate)

    assert is_issued_by(server(), old)
    now[0] = old.not_valid_after_utc - RENEW_BEFORE
    assert is_issued_by(server(), successor.certificate)
    assert names_of(server()) == set(NAMES)


def test_a_certificate_that_ends_with_its_authority_is_not_made_again_and_again(tmp_path: Path) -> None:
    now = [NOW]
    pki = Pki.open(tmp_path, lambda: now[0])
    now[0] = pki.authority.certificate.not_valid_after_utc - 10 * DAY
    first = pki.server_files(NAMES).certificate.read_bytes()
    assert pki.server_files(NAMES).certificate.read_bytes() == first


def test_both_keys_are_encrypted_with_the_passphrase(tmp_path: Path) -> None:
    authority.create(tmp_path, new_authority(NOW), WORD)
    renewed(tmp_path, WORD)
    for name in ("ca.key", "ca-old.key"):
        assert b"ENCRYPTED" in (tmp_path / name).read_bytes()
    assert len(Pki.load(tmp_path, lambda: NOW, known).trusted) == 2


class Crash(Exception):
    pass


def crash_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends the program before its `step`th change of a file."""
    left = [step]

    def counted(change: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object, **options: object) -> object:
            if left[0] == 0:
                raise Crash
            left[0] -= 1
            return change(*arguments, **options)

        return wrapped

    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    monkeypatch.setattr(Path, "unlink", counted(Path.unlink))


def test_a_renewal_that_is_cut_short_anywhere_leaves_an_authority_that_works(tmp_path: Path) -> None:
    master = tmp_path / "master"
    authority.create(master, new_authority(NOW - 3000 * DAY), None)
    renewed(master)  # so that there is an old one to be replaced as well
    before = Pki.load(master, lambda: NOW).authority.certificate
    for step in range(100):
        folder = tmp_path / str(step)
        shutil.copytree(master, folder)
        with pytest.MonkeyPatch.context() as patch:
            crash_at(step, patch)
            try:
                successor = renewed(folder)
            except Crash:
                successor = None
        pki = Pki.load(folder, lambda: NOW)
        assert before in pki.trusted
        if successor is not None:
            assert pki.trusted == (successor.certificate, before)
            break
        if pki.authority.certificate == before:  # a second try succeeds
            second = renewed(folder)
            assert Pki.load(folder, lambda: NOW).trusted == (second.certificate, before)
    else:
        raise AssertionError("it never came to its end")
    assert step > 5


def request(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str) -> x509.CertificateSigningRequest:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())


def test_a_request_gets_the_signs_name_and_not_the_one_it_asks_for(tmp_path: Path) -> None:
    pki = Pki.open(tmp_path, lambda: NOW)
    key = ec.generate_private_key(ec.SECP256R1())
    issued = pki.issue_from_request(request(key, "gangvakt-controller"), NORTH)
    assert common_name(issued) == str(NORTH)
    assert issued.public_key() == key.public_key()
    assert is_issued_by(issued, pki.authority.certificate)
    assert issued.not_valid_after_utc == NOW + SIGN_LIFE
    short = pki.issue_from_request(request(key, "x"), NORTH, life=timedelta(hours=1))
    assert short.not_valid_after_utc == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())],
    ids=["RSA", "P-384"],
)
def test_a_request_of_another_kind_of_key_is_refused(
    tmp_path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    with pytest.raises(RequestRefused, match="allowed: EC P-256"):
        Pki.open(tmp_path).issue_from_request(request(key, "x"), NORTH)


def test_a_request_for_somebody_elses_key_is_refused(tmp_path: Path) -> None:
    data = bytearray(
        request(ec.generate_private_key(ec.SECP256R1()), "x").public_bytes(serialization.Encoding.DER)
    )
    data[-1] ^= 1
    with pytest.raises(RequestRefused, match="signature"):
        Pki.open(tmp_path).issue_from_request(x509.load_der_x509_csr(bytes(data)), NORTH)


def test_nobody_can_make_authorities_below_ours(tmp_path: Path) -> None:
    limits = Pki.open(tmp_path).authority.certificate.extensions.get_extension_for_class(
        x509.BasicConstraints
    )
    assert limits.value.path_length == 0
