"""The key that seals exports: Ed25519, with a certificate of the authority that says what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from gangvakt.errors import KeysDamaged
from gangvakt.files import PRIVATE_FOLDER, make_folder, write_file
from gangvakt.provision.certificates import Credentials, common_name, is_issued_by

SEAL_NAME = "gangvakt-seal"  # no sign, no bundle and no server is ever called that
LIFE = timedelta(days=730)
RENEW_BEFORE = timedelta(days=60)
BACKDATE = timedelta(days=1)


@dataclass(frozen=True)
class SealKey:
    """What seals, and what it is checked by."""

    key: Ed25519PrivateKey
    certificate: x509.Certificate

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def open_seal_key(folder: Path, authority: Credentials, now: datetime) -> SealKey:
    """The one in `folder`, made where missing and anew before it ends. KeysDamaged, FolderUnusable."""
    make_folder(folder, PRIVATE_FOLDER)
    key_file, certificate_file = folder / "seal.key", folder / "seal.crt"
    if key_file.exists() and certificate_file.exists():
        held = _read(key_file, certificate_file)
        if _is_good(held, authority, now):
            return held
    made = _make(authority, now)
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    certificate_file.unlink(missing_ok=True)  # never one beside the key of another
    write_file(key_file, made.key.private_bytes(pem, pkcs8, plain), private=True)
    write_file(certificate_file, made.certificate_pem)
    return made


def _read(key_file: Path, certificate_file: Path) -> SealKey:
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise KeysDamaged(key_file, str(error)) from error
    if not isinstance(key, Ed25519PrivateKey) or key.public_key() != certificate.public_key():
        raise KeysDamaged(key_file, "it does not belong to its certificate")
    return SealKey(key, certificate)


def _is_good(held: SealKey, authority: Credentials, now: datetime) -> bool:
    """One that ends with its authority is kept: another would end then, too."""
    end = held.certificate.not_valid_after_utc
    renew_at = end if end >= authority.certificate.not_valid_after_utc else end - RENEW_BEFORE
    is_named = common_name(held.certificate) == SEAL_NAME
    return is_named and is_issued_by(held.certificate, authority.certificate) and now < renew_at


def _make(authority: Credentials, now: datetime) -> SealKey:
    key = Ed25519PrivateKey.generate()
    end = min(now + LIFE, authority.certificate.not_valid_after_utc)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SEAL_NAME)]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    return SealKey(key, certificate)
