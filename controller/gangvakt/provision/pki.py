"""The controller's own certificate authority: made at first start, issues every certificate of the fleet."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gangvakt.errors import KeysDamaged
from gangvakt.files import PRIVATE_FOLDER, make_folder, write_file
from gangvakt.fleet import SignId
from gangvakt.provision.certificates import (
    Credentials,
    Period,
    make_authority,
    make_client,
    make_server,
    names_of,
    sign_client,
)
from gangvakt.provision.requests import requested_key

CONTROLLER_NAME = "gangvakt-controller"
SIMULATOR_NAME = "gangvakt-sim"

AUTHORITY_LIFE = timedelta(days=3653)  # ten years: the life of a sign
SIGN_LIFE = timedelta(days=1826)  # five years: the sign is visited before, and renewed then
OWN_LIFE = timedelta(days=730)  # the controller's own ones are renewed at a start without anybody's help
RENEW_BEFORE = timedelta(days=60)

# A sign without a set clock believes the time of its last build: what it checks must have begun before.
BACKDATE = timedelta(days=1)

Now = Callable[[], datetime]
T = TypeVar("T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class KeyFiles:
    """PEM files for a TLS context; `authority` is the CA certificate."""

    authority: Path
    certificate: Path
    key: Path


class Pki:
    """The authority in one folder. `ca.key` signs every identity of the fleet: back it up, show it nobody."""

    def __init__(self, folder: Path, authority: Credentials, now: Now = _utc_now) -> None:
        self._folder = folder
        self._authority = authority
        self._now = now

    @classmethod
    def open(cls, folder: Path, now: Now = _utc_now) -> Self:
        """The authority in `folder`, made there if there is none."""
        make_folder(folder, PRIVATE_FOLDER)
        files = _files(folder, "ca")
        if files.key.exists() or files.certificate.exists():
            return cls(folder, _load(files), now)
        begin = now() - BACKDATE
        authority = make_authority(Period(begin, begin + AUTHORITY_LIFE))
        _save(files, authority)
        return cls(folder, authority, now)

    @property
    def authority_der(self) -> bytes:
        return self._authority.certificate_der

    @property
    def authority_pem(self) -> bytes:
        return self._authority.certificate_pem

    def issue_sign(self, sign: SignId) -> Credentials:
        """A new key and certificate; its common name is the sign's identity."""
        return make_client(self._authority, str(sign), self._period(SIGN_LIFE))

    def issue_from_request(
        self, request: x509.CertificateSigningRequest, sign: SignId, *, life: timedelta | None = None
    ) -> x509.Certificate:
        """A certificate for a key that stays where the request was made; RequestRefused for another kind."""
        key = requested_key(request)
        return sign_client(self._authority, key, str(sign), self._period(life or SIGN_LIFE))

    def issue_simulator(self) -> Credentials:
        """A new key and certificate for the simulator."""
        return make_client(self._authority, SIMULATOR_NAME, self._period(OWN_LIFE))

    def server_files(self, names: Sequence[str]) -> KeyFiles:
        """The broker's certificate for `names`, kept until it is too old or a name is missing."""
        # Begins with the authority, so that a sign whose clock stopped years ago still takes it.
        period = Period(self._authority.certificate.not_valid_before_utc, self._period(OWN_LIFE).end)
        return self._kept(
            "server",
            lambda: make_server(self._authority, names, period),
            lambda certificate: set(names) <= names_of(certificate),
        )

    def controller_files(self) -> KeyFiles:
        """The certificate by which the controller speaks to the broker."""
        return self._kept(
            "controller",
            lambda: make_client(self._authority, CONTROLLER_NAME, self._period(OWN_LIFE)),
            lambda certificate: common_name(certificate) == CONTROLLER_NAME,
        )

    def _period(self, life: timedelta) -> Period:
        now = self._now()
        return Period(now - BACKDATE, min(now + life, self._authority.certificate.not_valid_after_utc))

    def _kept(
        self, name: str, make: Callable[[], Credentials], fits: Callable[[x509.Certificate], bool]
    ) -> KeyFiles:
        files = _files(self._folder, name)
        if not self._is_good(files, fits):
            _save(files, make())
        return files

    def _is_good(self, files: KeyFiles, fits: Callable[[x509.Certificate], bool]) -> bool:
        try:
            certificate = _load(files).certificate
        except KeysDamaged:
            return False  # missing or half written: these are made anew without loss
        ours = _signed_by(certificate, self._authority)
        renew_at = min(
            certificate.not_valid_after_utc - RENEW_BEFORE,
            self._authority.certificate.not_valid_after_utc,
        )
        return ours and fits(certificate) and self._now() < renew_at


def common_name(certificate: x509.Certificate) -> str | None:
    """The subject's only common name; None when there is none or several."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else None


def server_context(files: KeyFiles) -> ssl.SSLContext:
    """TLS for the broker: nobody without a certificate of ours gets in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(files.authority)
    context.load_cert_chain(files.certificate, files.key)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(files: KeyFiles) -> ssl.SSLContext:
    """TLS for a client with a certificate of ours; the server's name is checked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(files.authority)
    context.load_cert_chain(files.certificate, files.key)
    return context


def _signed_by(certificate: x509.Certificate, authority: Credentials) -> bool:
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _files(folder: Path, name: str) -> KeyFiles:
    return KeyFiles(folder / "ca.crt", folder / f"{name}.crt", folder / f"{name}.key")


def _save(files: KeyFiles, credentials: Credentials) -> None:
    write_file(files.key, credentials.key_pem, private=True)
    write_file(files.certificate, credentials.certificate_pem)


def _load(files: KeyFiles) -> Credentials:
    key = _read(files.key, lambda data: serialization.load_pem_private_key(data, password=None))
    certificate = _read(files.certificate, x509.load_pem_x509_certificate)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise KeysDamaged(files.key, "it does not belong to its certificate")
    return Credentials(key, certificate)


def _read(path: Path, parse: Callable[[bytes], T]) -> T:
    try:
        return parse(path.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise KeysDamaged(path, type(error).__name__) from error
