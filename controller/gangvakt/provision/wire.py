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
from gangvakt.provision.allowed import allowed_of
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

    site: SiteText = Field(description="The site, `municipality/site`.", examples=["drammen/storgata"])
    title: Title = Field(description="What people call the site.", examples=["Storgata by the school"])
    brokers: Brokers = Field(
        description="Where its signs find a broker, the first that answers: host and port each.",
        examples=[[["signs.example.no", 8883]]],
    )
    config: Config = Field(
        default={},
        description="What its signs begin with, by field; what is not named has its default.",
        examples=[{"mode": "active"}],
    )
    wifi: Wifi | None = Field(
        default=None,
        description="The wireless network that its signs join; null: they use a cable or a modem.",
        examples=[{"ssid": "signs", "psk": "correct horse"}],
    )
    apn: Apn | None = Field(
        default=None,
        description="The mobile network's access point, where signs have a modem.",
        examples=["telenor.iot"],
    )
    address: Address | None = Field(
        default=None,
        description="Where its pages are, as it stands on labels.",
        examples=["https://signs.example.no"],
    )


class SiteChange(_In):
    """What is given is changed; `wifi`, `apn` and `cable` each end the use of the others."""

    title: Title | None = Field(
        default=None, description="What people call the site.", examples=["Storgata by the school"]
    )
    brokers: Brokers | None = Field(
        default=None,
        description="Where its signs find a broker, the first that answers: host and port each.",
        examples=[[["signs.example.no", 8883]]],
    )
    config: Config | None = Field(
        default=None,
        description="What its signs begin with, by field; what is not named has its default.",
        examples=[{"mode": "active"}],
    )
    wifi: Wifi | None = Field(
        default=None,
        description="The wireless network that its signs join; null: they use a cable or a modem.",
        examples=[{"ssid": "signs", "psk": "correct horse"}],
    )
    apn: Apn | None = Field(
        default=None,
        description="The mobile network's access point, where signs have a modem.",
        examples=["telenor.iot"],
    )
    cable: bool = Field(default=False, description="From now on its signs use a cable.", examples=[True])
    address: Address | None = Field(
        default=None,
        description="Where its pages are, as it stands on labels.",
        examples=["https://signs.example.no"],
    )


class SiteOut(_Out):
    """A site without its secrets."""

    site: str = Field(description="The site, `municipality/site`.", examples=["drammen/storgata"])
    title: str = Field(description="What people call the site.", examples=["Storgata by the school"])
    brokers: tuple[tuple[str, int], ...] = Field(
        description="Where its signs find a broker, the first that answers: host and port each.",
        examples=[[["signs.example.no", 8883]]],
    )
    config: dict[str, Any] = Field(
        description="What its signs begin with, by field; what is not named has its default.",
        examples=[{"mode": "active"}],
    )
    config_version: int = Field(description="Grows with each change of `config`.", examples=[3])
    ssid: str | None = Field(description="Its wireless network; null: none.", examples=["signs"])
    apn: str | None = Field(
        default=None,
        description="The mobile network's access point, where signs have a modem.",
        examples=["telenor.iot"],
    )
    address: str = Field(
        description="Where its pages are, as it stands on labels.", examples=["https://signs.example.no"]
    )
    group_version: int = Field(description="How often the crossing's key was renewed.", examples=[1])
    changed_ms: int = Field(
        description="When it was changed last, UTC ms since 1970.", examples=[1800000000000]
    )


class SiteKit(_Out):
    """All that a sign of the site must be given; secret."""

    site: SiteText = Field(description="The site, `municipality/site`.", examples=["drammen/storgata"])
    title: Title = Field(description="What people call the site.", examples=["Storgata by the school"])
    brokers: Brokers = Field(
        description="Where its signs find a broker, the first that answers: host and port each.",
        examples=[[["signs.example.no", 8883]]],
    )
    config: dict[str, Any] = Field(
        description="What its signs begin with, by field; what is not named has its default.",
        examples=[{"mode": "active"}],
    )
    config_version: Annotated[int, Field(ge=1)] = Field(
        description="Grows with each change of `config`.", examples=[3]
    )
    wifi: Wifi | None = Field(
        description="The wireless network that its signs join; null: they use a cable or a modem.",
        examples=[{"ssid": "signs", "psk": "correct horse"}],
    )
    apn: Apn | None = Field(
        default=None,
        description="The mobile network's access point, where signs have a modem.",
        examples=["telenor.iot"],
    )
    address: Address = Field(
        description="Where its pages are, as it stands on labels.", examples=["https://signs.example.no"]
    )
    group_key: GroupKey = Field(
        description="What the signs of the crossing prove to each other; secret.",
        examples=[{"version": 1, "hex": "0000000000000000000000000000000000000000000000000000000000000000"}],
    )
    trusted: Trusted64 = Field(
        default="", description="Moduli of the keys that sign updates, in base64; empty: none.", examples=[""]
    )

    @property
    def id(self) -> SiteId:
        return SiteId.parse(self.site)


class RequestIn(_In):
    """A board asks to become a sign of `site`, or to take the place of the sign `replaces` at its site."""

    site: SiteText | None = Field(
        default=None,
        description="The site that it shall belong to; not together with `replaces`.",
        examples=["drammen/storgata"],
    )
    mac: Mac = Field(description="The board's MAC address, 12 hex digits.", examples=["30aea4120001"])
    board: BoardName = Field(
        description="The kind of board, by the name of its board file.", examples=["esp32-devkitc"]
    )
    csr: Annotated[str, Field(min_length=1, max_length=LARGEST_CERTIFICATE)] = Field(
        description="The board's certificate request, PKCS #10 in DER in base64.",
        examples=["MIHqMIGRAgEAMC8xLTAr"],
    )
    again: bool = Field(
        default=False, description="Also when the board is a registered sign already.", examples=[False]
    )
    replaces: SignText | None = Field(
        default=None,
        description="The sign whose place it takes; null: a new one.",
        examples=["drammen/storgata/30aea4120001"],
    )


class Issued(_Out):
    """What was signed, and what goes into the board beside its key."""

    sign: SignText = Field(
        description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]
    )
    certificate: Certificate64 = Field(
        description="X.509 in DER in base64.", examples=["MIIBszCCAVmgAwIBAgIU"]
    )
    authorities: Annotated[tuple[Certificate64, ...], Field(min_length=1, max_length=4)] = Field(
        description="Whom the sign shall trust, in DER in base64.", examples=[["MIIBszCCAVmgAwIBAgIU"]]
    )
    incarnation: Incarnation = Field(
        description="The identity that the sign was given when it was flashed.", examples=["9f3ac01b"]
    )
    kit: SiteKit = Field(description="What else it must be given.")

    @property
    def id(self) -> SignId:
        return SignId.parse(self.sign)


class ConfirmIn(_In):
    """The board with this certificate has passed its self-test."""

    fingerprint: Fingerprint = Field(
        description="SHA-256 of the certificate, hex.",
        examples=["ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12"],
    )
    report: Report = Field(
        default={},
        description="What the self-test said.",
        examples=[{"versions": {"firmware": "0.1.0"}, "selftest": {"ok": True}}],
    )


class AbandonIn(_In):
    fingerprint: Fingerprint = Field(
        description="SHA-256 of the certificate, hex.",
        examples=["ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12"],
    )


class RegistrationOut(_Out):
    """`online`: whether the controller sees the sign with this very identity; None when nobody can tell.

    `crash`: the newest of that identity, as the wire contract has it; told one by one only.
    """

    sign: str = Field(
        description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]
    )
    mac: str | None = Field(description="The board's MAC address, 12 hex digits.", examples=["30aea4120001"])
    board: str | None = Field(
        description="The kind of board, by the name of its board file.", examples=["esp32-devkitc"]
    )
    state: str = Field(description="pending, registered, revoked or replaced.", examples=["registered"])
    issued_by: str = Field(
        description="`authority`, or the id of the bundle that signed it.", examples=["authority"]
    )
    incarnation: str | None = Field(
        description="The identity that the sign was given when it was flashed.", examples=["9f3ac01b"]
    )
    fingerprint: str | None = Field(
        description="SHA-256 of the certificate, hex.",
        examples=["ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12"],
    )
    serial: str | None = Field(description="Serial number of the certificate, hex.", examples=["3f"])
    ends_ms: int | None = Field(
        description="When the certificate ends, UTC ms since 1970.", examples=[1800000000000]
    )
    created_ms: int = Field(
        description="When the board was flashed, UTC ms since 1970.", examples=[1800000000000]
    )
    registered_ms: int | None = Field(
        description="When it passed its self-test, UTC ms since 1970.", examples=[1800000000000]
    )
    changed_ms: int = Field(
        description="When this was changed last, UTC ms since 1970.", examples=[1800000000000]
    )
    expires_ms: int | None = Field(
        description="Until when a pending one may be confirmed, UTC ms since 1970.", examples=[1800000000000]
    )
    replaces: str | None = Field(
        description="The sign whose place it takes; null: a new one.",
        examples=["drammen/storgata/30aea4120001"],
    )
    why: str | None = Field(description="Why it is over.", examples=["it was not confirmed within an hour"])
    versions: dict[str, Any] = Field(description="What was flashed.", examples=[{"firmware": "0.1.0"}])
    report: dict[str, Any] = Field(
        description="What the self-test said.",
        examples=[{"versions": {"firmware": "0.1.0"}, "selftest": {"ok": True}}],
    )
    online: bool | None = Field(
        default=None,
        description="Whether the sign is connected with this very identity; null: nobody can tell.",
        examples=[True],
    )
    is_shadow: bool | None = Field(
        default=None,
        description="It decides and logs, but its lamps stay dark; null: it has not said.",
        examples=[False],
    )
    crash: dict[str, Any] | None = Field(
        default=None,
        description="What ended its work the last time, as the wire contract has it; told one by one only.",
    )


class BundleIn(_In):
    """`certificate` is that of the bundle's own authority, whose key stays in the bundle."""

    certificate: Certificate64 = Field(
        description="That of the bundle's own authority, in DER in base64.", examples=["MIIBszCCAVmgAwIBAgIU"]
    )
    label: Title = Field(description="What people call it.", examples=["Laptop of Kari"])
    sites: Annotated[tuple[SiteText, ...], Field(min_length=1, max_length=MOST_SITES)] = Field(
        description="For which sites it signs.", examples=[["drammen/storgata"]]
    )
    limit: Annotated[int, Field(ge=1, le=MOST_SIGNS)] = Field(
        description="How many signs it may sign.", examples=[20]
    )
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = Field(
        description="For how many days it signs.", examples=[30]
    )


class BundleKit(_Out):
    """What the controller puts into a new bundle; secret."""

    id: BundleId = Field(description="The id of the bundle, 8 hex digits.", examples=["0123abcd"])
    expires_ms: int = Field(description="Until when it signs, UTC ms since 1970.", examples=[1800000000000])
    authorities: tuple[Certificate64, ...] = Field(
        description="Whom its signs shall trust, in DER in base64.", examples=[["MIIBszCCAVmgAwIBAgIU"]]
    )
    sites: tuple[SiteKit, ...] = Field(description="What signs of its sites are given.")


class BundleOut(_Out):
    id: str = Field(description="The id of the bundle, 8 hex digits.", examples=["0123abcd"])
    label: str = Field(description="What people call it.", examples=["Laptop of Kari"])
    sites: tuple[str, ...] = Field(description="For which sites it signs.", examples=[["drammen/storgata"]])
    limit: int = Field(description="How many signs it may sign.", examples=[20])
    used: int = Field(description="How many of them are known.", examples=[3])
    created_ms: int = Field(description="When it was made, UTC ms since 1970.", examples=[1800000000000])
    expires_ms: int = Field(description="Until when it signs, UTC ms since 1970.", examples=[1800000000000])
    revoked_ms: int | None = Field(
        description="When it was revoked; null: it was not, UTC ms since 1970.", examples=[1800000000000]
    )
    ends_ms: int = Field(
        description="When its own certificate ends, UTC ms since 1970.", examples=[1800000000000]
    )


class SyncEntry(_In):
    """One sign that a bundle signed, as its journal remembers it."""

    certificate: Certificate64 = Field(
        description="X.509 in DER in base64.", examples=["MIIBszCCAVmgAwIBAgIU"]
    )
    mac: Mac = Field(description="The board's MAC address, 12 hex digits.", examples=["30aea4120001"])
    board: BoardName = Field(
        description="The kind of board, by the name of its board file.", examples=["esp32-devkitc"]
    )
    incarnation: Incarnation = Field(
        description="The identity that the sign was given when it was flashed.", examples=["9f3ac01b"]
    )
    registered_ms: Annotated[int, Field(ge=0, le=2**53)] = Field(
        description="When the board passed its self-test, UTC ms since 1970.", examples=[1800000000000]
    )
    again: bool = Field(
        default=False, description="Also when the board is a registered sign already.", examples=[False]
    )
    replaces: SignText | None = Field(
        default=None,
        description="The sign whose place it takes; null: a new one.",
        examples=["drammen/storgata/30aea4120001"],
    )
    report: Report = Field(
        default={},
        description="What the self-test said.",
        examples=[{"versions": {"firmware": "0.1.0"}, "selftest": {"ok": True}}],
    )


class SyncIn(_In):
    entries: Annotated[tuple[SyncEntry, ...], Field(max_length=MOST_ENTRIES)] = Field(
        description="What the bundle signed since it was here last."
    )


class SyncResult(_Out):
    """`why` says what a conflict is."""

    sign: str = Field(
        description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]
    )
    result: Literal["registered", "known", "conflict"] = Field(
        description="known: it was told before; conflict: it was not taken.", examples=["registered"]
    )
    why: str | None = Field(
        default=None, description="What a conflict is.", examples=["the bundle was revoked before"]
    )


class SyncOut(_Out):
    results: tuple[SyncResult, ...] = Field(description="One for each entry, in their order.")


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
    hidden = SECRET_FIELDS & set(first["loc"])
    return SettingRefused(source, field, "(hidden)" if hidden else value, allowed_of(dict(first)))
