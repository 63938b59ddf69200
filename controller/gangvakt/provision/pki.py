"""The controller's certificate authority at work: it issues every certificate of the fleet."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509

from gangvakt.errors import AuthorityMissing, KeysDamaged
from gangvakt.files import PRIVATE_FOLDER, make_folder, write_file
from gangvakt.fleet import SignId
from gangvakt.provision import authority as files_of
from gangvakt.provision.authority import Authorities, Pair
from gangvakt.provision.certificates import (
    Credentials,
    Period,
    certify_client,
    common_name,
    is_issued_by,
    make_authority,
    make_client,
    make_server,
    names_of,
)
from gangvakt.provision.csr import key_of
from gangvakt.provision.issued import FOLDER, IssuedFolder
from gangvakt.provision.lifetimes import Kind, Lifetime
from gangvakt.provision.passphrase import Passphrase, from_environment

CONTROLLER_NAME = "gangvakt-controller"
SIMULATOR_NAME = "gangvakt-sim"

AUTHORITY_LIFE = timedelta(days=3653)  # ten years: the life of a sign
SIGN_LIFE = timedelta(days=1826)  # five years; renewed over the air before
OWN_LIFE = timedelta(days=730)  # the controller's own ones are renewed without anybody's help
RENEW_BEFORE = timedelta(days=60)

# A sign without a set clock believes the time of its last build: what it checks must have begun before.
BACKDATE = timedelta(days=1)

TRUST = "trust.crt"

Now = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class KeyFiles:
    """PEM files for a TLS context; `authority` holds the certificates of all that are trusted."""

    authority: Path
    certificate: Path
    key: Path


class Pki:
    """The authority in one folder. `ca.key` signs every identity of the fleet: back it up, show it nobody."""

    def __init__(self, folder: Path, authorities: Authorities, now: Now, passphrase: Passphrase) -> None:
        self.folder = folder
        self._authorities = authorities
        self._now, self._passphrase = now, passphrase
        self.is_new = False  # made by this very `open`
        self.issued = IssuedFolder(folder / FOLDER)

    @classmethod
    def open(cls, folder: Path, now: Now = _utc_now, passphrase: Passphrase = from_environment) -> Self:
        """The authority in `folder`; one with a key that is not encrypted is made there if there is none."""
        make_folder(folder, PRIVATE_FOLDER)
        if files_of.exists(folder):
            return cls.load(folder, now, passphrase)
        files_of.create(folder, new_authority(now()), None)
        pki = cls.load(folder, now, passphrase)
        pki.is_new = True
        return pki

    @classmethod
    def load(cls, folder: Path, now: Now = _utc_now, passphrase: Passphrase = from_environment) -> Self:
        """The authority in `folder`. AuthorityMissing, KeysDamaged, KeyLocked."""
        if not files_of.exists(folder):
            raise AuthorityMissing(folder)
        return cls(folder, files_of.read(folder, passphrase), now, passphrase)

    @property
    def authority(self) -> Credentials:
        """Who signs."""
        return self._authorities.current

    @property
    def trusted(self) -> tuple[x509.Certificate, ...]:
        """The authorities whose certificates are good, the one that signs first."""
        return tuple(found.certificate for found in self._authorities.trusted(self._now()))

    @property
    def signers(self) -> tuple[Credentials, ...]:
        """As `trusted`, with their keys."""
        return self._authorities.trusted(self._now())

    @property
    def authority_der(self) -> bytes:
        return self.authority.certificate_der

    @property
    def authority_pem(self) -> bytes:
        """All that are trusted."""
        return b"".join(found.certificate_pem for found in self._authorities.trusted(self._now()))

    @property
    def is_encrypted(self) -> bool:
        """Whether the signing key needs a passphrase."""
        return files_of.is_encrypted(self.folder)

    def authority_files(self) -> dict[str, bytes]:
        """What a sign trusts, as files of its data partition: ca.der, and while two overlap ca2.der."""
        names = ("ca.der", "ca2.der")
        trusted = self._authorities.trusted(self._now())
        return {name: found.certificate_der for name, found in zip(names, trusted, strict=False)}

    def issue_sign(self, sign: SignId) -> Credentials:
        """A new key and certificate; its common name is the sign's identity."""
        made = make_client(self.authority, str(sign), self._period(SIGN_LIFE))
        self.issued.keep(made.certificate)
        return made

    def issue_from_request(
        self, csr: x509.CertificateSigningRequest, sign: SignId, *, life: timedelta | None = None
    ) -> x509.Certificate:
        """A certificate for a key that never was here. RequestRefused when it is no P-256 of the sender."""
        period = self._period(SIGN_LIFE if life is None else life)
        certificate = certify_client(self.authority, key_of(csr), str(sign), period)
        self.issued.keep(certificate)
        return certificate

    def issue_simulator(self) -> Credentials:
        """A new key and certificate for the simulator."""
        return make_client(self.authority, SIMULATOR_NAME, self._period(OWN_LIFE))

    def sign_certificate_end(self) -> datetime:
        """When a certificate ends that a sign is issued now."""
        return self._period(SIGN_LIFE).end

    def server_files(self, names: Sequence[str]) -> KeyFiles:
        """The broker's certificate for `names`, kept until it is too old or a name is missing."""
        issuer = self._server_issuer()
        # Begins with its authority, so that a sign whose clock stopped years ago still takes it.
        end = min(self._now() + OWN_LIFE, issuer.certificate.not_valid_after_utc)
        period = Period(issuer.certificate.not_valid_before_utc, end)
        return self._kept(
            "server",
            issuer,
            lambda: make_server(issuer, names, period),
            lambda certificate: set(names) <= names_of(certificate),
        )

    def controller_files(self) -> KeyFiles:
        """The certificate by which the controller speaks to the broker."""
        return self._kept(
            "controller",
            self.authority,
            lambda: make_client(self.authority, CONTROLLER_NAME, self._period(OWN_LIFE)),
            lambda certificate: common_name(certificate) == CONTROLLER_NAME,
        )

    def lifetimes(self) -> tuple[Lifetime, ...]:
        """When the authorities and the controller's own certificates end."""
        return lifetimes_in(self.folder)

    def reload(self) -> bool:
        """Reads the authority's files anew when they have got a successor; whether they have."""
        if files_of.certificates(self.folder)[0] == self.authority.certificate:
            return False
        self._authorities = files_of.read(self.folder, self._passphrase)
        return True

    def encrypt(self, passphrase: bytes) -> None:
        """Encrypts the authority's keys, or encrypts them anew."""
        files_of.change_passphrase(self.folder, self._authorities, passphrase)

    def _server_issuer(self) -> Credentials:
        """The authority that every sign trusts: the old one, as long as it can be."""
        old = self._authorities.old
        if old is not None and self._now() < old.certificate.not_valid_after_utc - RENEW_BEFORE:
            return old
        return self.authority

    def _period(self, life: timedelta) -> Period:
        now = self._now()
        return Period(now - BACKDATE, min(now + life, self.authority.certificate.not_valid_after_utc))

    def _kept(
        self,
        name: str,
        issuer: Credentials,
        make: Callable[[], Credentials],
        fits: Callable[[x509.Certificate], bool],
    ) -> KeyFiles:
        pair = Pair.of(self.folder, name)
        if not self._is_good(pair, issuer, fits):
            files_of.save(pair, make())
        return KeyFiles(self._trust_file(), pair.certificate, pair.key)

    def _is_good(self, pair: Pair, issuer: Credentials, fits: Callable[[x509.Certificate], bool]) -> bool:
        try:
            certificate = files_of.load(pair, lambda: None).certificate
        except KeysDamaged:
            return False  # missing or half written: these are made anew without loss
        last = issuer.certificate.not_valid_after_utc
        end = certificate.not_valid_after_utc
        # One that ends with its authority is kept: another would end then, too.
        renew_at = end if end >= last else end - RENEW_BEFORE
        return is_issued_by(certificate, issuer.certificate) and fits(certificate) and self._now() < renew_at

    def _trust_file(self) -> Path:
        path = self.folder / TRUST
        if not path.exists() or path.read_bytes() != self.authority_pem:
            write_file(path, self.authority_pem)
        return path


def new_authority(now: datetime, before: x509.Certificate | None = None) -> Credentials:
    """A new authority; the successor of `before` begins with it, for signs whose clocks stopped then."""
    begin = now - BACKDATE if before is None else min(now - BACKDATE, before.not_valid_before_utc)
    return make_authority(Period(begin, now + AUTHORITY_LIFE))


def lifetimes_in(folder: Path) -> tuple[Lifetime, ...]:
    """When the certificates in an authority's folder end; no passphrase is needed. AuthorityMissing."""
    kinds = (Kind.AUTHORITY, Kind.OLD_AUTHORITY)
    found = [Lifetime.of(kind, end) for kind, end in zip(kinds, files_of.certificates(folder), strict=False)]
    for kind, name in ((Kind.SERVER, "server"), (Kind.CONTROLLER, "controller")):
        path = Pair.of(folder, name).certificate
        if path.exists():
            found.append(Lifetime.of(kind, files_of.read_certificate(path)))
    return tuple(found)


def server_context(files: KeyFiles) -> ssl.SSLContext:
    """TLS for the broker: nobody without a certificate of ours gets in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    return _ours(context, files)


def client_context(files: KeyFiles) -> ssl.SSLContext:
    """TLS for a client with a certificate of ours; the server's name is checked."""
    return _ours(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), files)


def load_into(context: ssl.SSLContext, files: KeyFiles) -> None:
    """Whoever connects from now on sees these files; connections that stand go on."""
    context.load_verify_locations(files.authority)
    context.load_cert_chain(files.certificate, files.key)


def _ours(context: ssl.SSLContext, files: KeyFiles) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # The municipality's authority may itself stand below another, which is none of our business.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    load_into(context, files)
    return context
