"""What the tool at the board, an enrolment bundle and the controller tell each other, with its bounds.

Times are UTC ms since 1970. Certificates are DER in base64; no key travels but a crossing's.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gangvakt.errors import Refusal, RequestRefused, SettingRefused
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.identity import GroupKey, Wifi
from gangvakt.provision.wire_values import (
    LARGEST_CERTIFICATE,
    MOST_DAYS,
    MOST_ENTRIES,
    MOST_SIGNS,
    MOST_SITES,
    Address,
    Apn,
    BoardName,
    Brokers,
    BundleId,
    Certificate64,
    Config,
    Fingerprint,
    Incarnation,
    Mac,
    Report,
    SignText,
    SiteText,
    Title,
    Trusted64,
)

SECRET_FIELDS = frozenset({"psk", "wifi", "group_key", "key"})

# What the library raises for bytes that are no certificate, or an odd one.
UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)

M = TypeVar("M", bound=BaseModel)


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    """A newer controller may say more than this version reads."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class SiteIn(_In):
    """A new site; without `address`, pages are at the first broker's host, and without `wifi` and `apn` signs
    use a cable."""

    site: SiteText
    title: Title
    brokers: Brokers
    config: Config = {}
    wifi: Wifi | None = None
    apn: Apn | None = None
    address: Address | None = None


class SiteChange(_In):
    """What is given is changed; `wifi`, `apn` and `cable` each end the use of the others."""

    title: Title | None = None
    brokers: Brokers | None = None
    config: Config | None = None
    wifi: Wifi | None = None
    apn: Apn | None = None
    cable: bool = False
    address: Address | None = None


class SiteOut(_Out):
    """A site without its secrets."""

    site: str
    title: str
    brokers: tuple[tuple[str, int], ...]
    config: dict[str, Any]
    config_version: int
    ssid: str | None
    apn: str | None = None
    address: str
    group_version: int
    changed_ms: int


class SitesOut(_Out):
    sites: tuple[SiteOut, ...]


class SiteKit(_Out):
    """All that a sign of the site must be given; secret."""

    site: SiteText
    title: Title
    brokers: Brokers
    config: dict[str, Any]
    config_version: Annotated[int, Field(ge=1)]
    wifi: Wifi | None
    apn: Apn | None = None
    address: Address
    group_key: GroupKey
    trusted: Trusted64 = ""

    @property
    def id(self) -> SiteId:
        return SiteId.parse(self.site)


class RequestIn(_In):
    """A board asks to become a sign of `site`, or to take the place of the sign `replaces` at its site."""

    site: SiteText | None = None
    mac: Mac
    board: BoardName
    csr: Annotated[str, Field(min_length=1, max_length=LARGEST_CERTIFICATE)]
    again: bool = False
    replaces: SignText | None = None


class Issued(_Out):
    """What was signed, and what goes into the board beside its key."""

    sign: SignText
    certificate: Certificate64
    authorities: Annotated[tuple[Certificate64, ...], Field(min_length=1, max_length=4)]
    incarnation: Incarnation
    kit: SiteKit

    @property
    def id(self) -> SignId:
        return SignId.parse(self.sign)


class ConfirmIn(_In):
    """The board with this certificate has passed its self-test."""

    fingerprint: Fingerprint
    report: Report = {}


class AbandonIn(_In):
    fingerprint: Fingerprint


class RegistrationOut(_Out):
    """`online`: whether the controller sees the sign with this very identity; None when nobody can tell.

    `crash`: the newest of that identity, as the wire contract has it; told one by one only.
    """

    sign: str
    mac: str | None
    board: str | None
    state: str
    issued_by: str
    incarnation: str | None
    fingerprint: str | None
    serial: str | None
    ends_ms: int | None
    created_ms: int
    registered_ms: int | None
    changed_ms: int
    expires_ms: int | None
    replaces: str | None
    why: str | None
    versions: dict[str, Any]
    report: dict[str, Any]
    online: bool | None = None
    crash: dict[str, Any] | None = None


class RegistrationsOut(_Out):
    registrations: tuple[RegistrationOut, ...]


class BundleIn(_In):
    """`certificate` is that of the bundle's own authority, whose key stays in the bundle."""

    certificate: Certificate64
    label: Title
    sites: Annotated[tuple[SiteText, ...], Field(min_length=1, max_length=MOST_SITES)]
    limit: Annotated[int, Field(ge=1, le=MOST_SIGNS)]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)]


class BundleKit(_Out):
    """What the controller puts into a new bundle; secret."""

    id: BundleId
    expires_ms: int
    authorities: tuple[Certificate64, ...]
    sites: tuple[SiteKit, ...]


class BundleOut(_Out):
    id: str
    label: str
    sites: tuple[str, ...]
    limit: int
    used: int
    created_ms: int
    expires_ms: int
    revoked_ms: int | None
    ends_ms: int


class BundlesOut(_Out):
    bundles: tuple[BundleOut, ...]


class SyncEntry(_In):
    """One sign that a bundle signed, as its journal remembers it."""

    certificate: Certificate64
    mac: Mac
    board: BoardName
    incarnation: Incarnation
    registered_ms: Annotated[int, Field(ge=0, le=2**53)]
    again: bool = False
    replaces: SignText | None = None
    report: Report = {}


class SyncIn(_In):
    entries: Annotated[tuple[SyncEntry, ...], Field(max_length=MOST_ENTRIES)]


class SyncResult(_Out):
    """`why` says what a conflict is."""

    sign: str
    result: Literal["registered", "known", "conflict"]
    why: str | None = None


class SyncOut(_Out):
    results: tuple[SyncResult, ...]


def checked(model: type[M], source: str, values: Mapping[str, object] | bytes) -> M:
    """The model; a SettingRefused names the first value that does not fit."""
    try:
        if isinstance(values, bytes):
            return model.model_validate_json(values)
        return model.model_validate(values)
    except ValidationError as error:
        raise _refusal(source, error) from error


def encode(certificate: x509.Certificate | bytes) -> str:
    """Base64 of DER."""
    der = certificate if isinstance(certificate, bytes) else certificate.public_bytes(Encoding.DER)
    return base64.b64encode(der).decode()


def decode_certificate(text: str) -> x509.Certificate:
    """RequestRefused when it is none, or one with parts that cannot be read."""
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
        # These are read late by the library: here is the place to find out.
        _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.public_key()
    except UNREADABLE as error:
        raise RequestRefused("request", "certificate", text[:20], "X.509 in DER in base64") from error
    return certificate


def _refusal(source: str, error: ValidationError) -> Refusal:
    first = error.errors(include_url=False, include_input=True)[0]
    field = ".".join(str(part) for part in first["loc"]) or "content"
    shown = first.get("input")
    value = shown if isinstance(shown, int | float | None) else str(shown)[:40]
    return SettingRefused(
        source, field, "(hidden)" if SECRET_FIELDS & set(first["loc"]) else value, first["msg"]
    )
