"""The certificate authority's files: made, taken in, succeeded and read. Every step survives a crash.

`ca.key` and `ca.crt` are the authority that signs; `ca-old.*` the one before it, which the signs in the field
still trust until it ends. `ca-next.*` exist only while a successor takes over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gangvakt.errors import AuthorityExists, AuthorityMissing, AuthorityRefused, KeyLocked, KeysDamaged
from gangvakt.files import PRIVATE_FOLDER, make_folder, write_file
from gangvakt.provision.certificates import Credentials
from gangvakt.provision.passphrase import Passphrase

CURRENT, OLD, NEXT = "ca", "ca-old", "ca-next"

T = TypeVar("T")


@dataclass(frozen=True)
class Pair:
    """The PEM files of a key and its certificate."""

    key: Path
    certificate: Path

    @classmethod
    def of(cls, folder: Path, name: str) -> Pair:
        return cls(folder / f"{name}.key", folder / f"{name}.crt")


@dataclass(frozen=True)
class Authorities:
    """Who signs, and who signed before as long as there was one."""

    current: Credentials
    old: Credentials | None

    def trusted(self, now: datetime) -> tuple[Credentials, ...]:
        """Those whose certificates are good: the current one first."""
        if self.old is None or now >= self.old.certificate.not_valid_after_utc:
            return (self.current,)
        return (self.current, self.old)


def exists(folder: Path) -> bool:
    """Whether there is an authority, or what is left of one."""
    pair = Pair.of(folder, CURRENT)
    return pair.key.exists() or pair.certificate.exists()


def read(folder: Path, passphrase: Passphrase) -> Authorities:
    """KeysDamaged, KeyLocked; a take-over that was interrupted is finished first."""
    _finish_take_over(folder)
    current = load(Pair.of(folder, CURRENT), passphrase)
    old = load(Pair.of(folder, OLD), passphrase) if Pair.of(folder, OLD).certificate.exists() else None
    if old is not None and old.certificate == current.certificate:
        old = None  # a take-over was interrupted before it had begun in earnest
    return Authorities(current, old)


def certificates(folder: Path) -> tuple[x509.Certificate, ...]:
    """The certificates alone, the current one first: no passphrase is needed. AuthorityMissing."""
    if not exists(folder):
        raise AuthorityMissing(folder)
    _finish_take_over(folder)
    current = read_certificate(Pair.of(folder, CURRENT).certificate)
    old_path = Pair.of(folder, OLD).certificate
    old = read_certificate(old_path) if old_path.exists() else current
    return (current,) if old == current else (current, old)


def is_encrypted(folder: Path) -> bool:
    """Whether the signing key needs a passphrase."""
    try:
        return b"ENCRYPTED" in Pair.of(folder, CURRENT).key.read_bytes()
    except OSError:
        return False


def create(folder: Path, authority: Credentials, passphrase: bytes | None) -> None:
    """The first authority of a folder. AuthorityExists when there is one."""
    make_folder(folder, PRIVATE_FOLDER)
    if exists(folder):
        raise AuthorityExists(folder)
    save(Pair.of(folder, CURRENT), authority, passphrase)


def succeed(folder: Path, successor: Credentials, passphrase: bytes | None) -> None:
    """`successor` signs from now on; the present one becomes the old one."""
    present, old, fresh = (Pair.of(folder, name) for name in (CURRENT, OLD, NEXT))
    if present.certificate.read_bytes() == successor.certificate_pem:
        raise AuthorityExists(folder)
    save(fresh, successor, passphrase)
    old.certificate.unlink(missing_ok=True)  # never one beside the key of another
    write_file(old.key, present.key.read_bytes(), private=True)
    write_file(old.certificate, present.certificate.read_bytes())
    fresh.key.replace(present.key)  # from here on there is no way back: reading goes on from here
    fresh.certificate.replace(present.certificate)


def change_passphrase(folder: Path, authorities: Authorities, passphrase: bytes) -> None:
    """Encrypts the keys anew; the certificates stay."""
    pairs = ((CURRENT, authorities.current), (OLD, authorities.old))
    for name, credentials in reversed(pairs):
        if credentials is not None:
            write_file(Pair.of(folder, name).key, _key_pem(credentials, passphrase), private=True)


def take_in(pair: Pair, passphrase: Passphrase) -> Credentials:
    """An authority that was made elsewhere. AuthorityRefused when it cannot sign what a fleet needs."""
    found = load(pair, passphrase)
    certificate, source = found.certificate, str(pair.certificate)
    try:
        limits = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        raise AuthorityRefused(source, "basicConstraints", None, "CA:TRUE") from None
    if not limits.ca:
        raise AuthorityRefused(source, "basicConstraints", "CA:FALSE", "CA:TRUE")
    _check_key_usage(certificate, source)
    return found


def load(pair: Pair, passphrase: Passphrase) -> Credentials:
    """A key and its certificate. KeysDamaged, KeyLocked; AuthorityRefused for another kind of key."""
    certificate = read_certificate(pair.certificate)
    key = _read_key(pair.key, passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise AuthorityRefused(str(pair.key), "key", type(key).__name__.strip("_"), "EC P-256")
    if key.public_key() != certificate.public_key():
        raise KeysDamaged(pair.key, "it does not belong to its certificate")
    return Credentials(key, certificate)


def save(pair: Pair, credentials: Credentials, passphrase: bytes | None = None) -> None:
    """The key first: whoever finds the certificate finds both."""
    write_file(pair.key, _key_pem(credentials, passphrase), private=True)
    write_file(pair.certificate, credentials.certificate_pem)


def read_certificate(path: Path) -> x509.Certificate:
    """KeysDamaged when there is none."""
    return _read(path, x509.load_pem_x509_certificate)


def _finish_take_over(folder: Path) -> None:
    """Its key stands in its place already, its certificate does not."""
    fresh = Pair.of(folder, NEXT)
    if fresh.certificate.exists() and not fresh.key.exists():
        with contextlib.suppress(FileNotFoundError):  # another process does the same
            fresh.certificate.replace(Pair.of(folder, CURRENT).certificate)


def _check_key_usage(certificate: x509.Certificate, source: str) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return  # then it may be used for everything
    if not usage.key_cert_sign:
        raise AuthorityRefused(source, "keyUsage", "without keyCertSign", "with keyCertSign")


def _key_pem(credentials: Credentials, passphrase: bytes | None) -> bytes:
    if passphrase is None:
        return credentials.key_pem
    return credentials.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )


def _read_key(path: Path, passphrase: Passphrase) -> object:
    data = _read(path, bytes)
    if b"ENCRYPTED" not in data:
        return _read(path, lambda data: serialization.load_pem_private_key(data, password=None))
    word = passphrase()
    if not word:
        raise KeyLocked(path, given=False)
    try:
        return serialization.load_pem_private_key(data, password=word)
    except (ValueError, TypeError) as error:
        raise KeyLocked(path, given=True) from error


def _read(path: Path, parse: Callable[[bytes], T]) -> T:
    try:
        return parse(path.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise KeysDamaged(path, type(error).__name__) from error
