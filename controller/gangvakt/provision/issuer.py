"""A board's identity: its key is made here, only a request for a certificate leaves this computer."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from gangvakt.errors import GangvaktError, NotPending, RequestRefused
from gangvakt.fleet import SignId
from gangvakt.provision.certificates import Credentials, fingerprint
from gangvakt.provision.csr import make_request
from gangvakt.provision.identity import Wifi, identity_file
from gangvakt.provision.site_address import sign_address
from gangvakt.provision.site_config import config_file
from gangvakt.provision.update_keys import TRUSTED
from gangvakt.provision.wire import (
    AbandonIn,
    ConfirmIn,
    Issued,
    RequestIn,
    checked,
    decode_certificate,
)

AUTHORITY_FILES = ("ca.der", "ca2.der")  # the second one while an authority follows another


@dataclass(frozen=True)
class Enrolment:
    """What a board's data partition gets beside board.json; `address` is the sign's page, for its label."""

    sign: SignId
    files: dict[str, bytes] = field(repr=False)
    address: str
    wifi: Wifi | None


class Issuer(Protocol):
    """Makes signs of boards. What `begin` or `replace` gave is worth nothing until `confirm`."""

    def begin(self, site: str, mac: str, board: str, *, again: bool) -> Enrolment:
        """A new identity that may connect for an hour; it ends what was begun before with this board.

        SignExists for a registered board; with `again` its certificate is revoked by `confirm`.
        """
        ...

    def replace(self, old: SignId, mac: str, board: str) -> Enrolment:
        """As `begin`, in the place of `old`, which loses it with `confirm`."""
        ...

    def confirm(self, sign: SignId, report: Mapping[str, Any]) -> None:
        """Registers what was begun here; again is harmless. `report`: `versions` and the self-test."""
        ...

    def abandon(self, sign: SignId) -> None:
        """Forgets what was begun here. Never fails: what nobody can be told ends after an hour by itself."""
        ...

    def online(self, sign: SignId) -> bool | None:
        """Whether the controller sees the sign with this very identity; None where it cannot be asked."""
        ...

    def why_unseen(self, sign: SignId) -> str | None:
        """What keeps the controller from seeing it, in a few words; None when that is not known here."""
        ...


class Signer(Protocol):
    """Who signs: a controller near or far, or a bundle."""

    def begin(self, wanted: RequestIn) -> Issued: ...
    def confirm(self, sign: SignId, done: ConfirmIn) -> None: ...
    def abandon(self, sign: SignId, begun: AbandonIn) -> None: ...
    def online(self, sign: SignId) -> bool | None: ...
    def why_unseen(self, sign: SignId) -> str | None: ...


class KeyIssuer:
    """An Issuer that makes the keys and lets a signer sign; one may serve several threads."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._begun: dict[SignId, str] = {}  # the fingerprint of the certificate that each got here

    def begin(self, site: str, mac: str, board: str, *, again: bool) -> Enrolment:
        return self._begin({"site": site, "mac": _plain(mac), "board": board, "again": again})

    def replace(self, old: SignId, mac: str, board: str) -> Enrolment:
        return self._begin({"replaces": str(old), "mac": _plain(mac), "board": board})

    def confirm(self, sign: SignId, report: Mapping[str, Any]) -> None:
        begun = self._begun.get(sign)
        if begun is None:
            raise NotPending(str(sign), "nothing was begun here")
        self._signer.confirm(
            sign, checked(ConfirmIn, "report", {"fingerprint": begun, "report": dict(report)})
        )

    def abandon(self, sign: SignId) -> None:
        begun = self._begun.pop(sign, None)
        if begun is None:
            return
        try:
            self._signer.abandon(sign, AbandonIn(fingerprint=begun))
        except GangvaktError:
            return

    def online(self, sign: SignId) -> bool | None:
        return self._signer.online(sign)

    def why_unseen(self, sign: SignId) -> str | None:
        return self._signer.why_unseen(sign)

    def _begin(self, wanted: Mapping[str, object]) -> Enrolment:
        key = ec.generate_private_key(ec.SECP256R1())
        issued = self._signer.begin(checked(RequestIn, "options", {**wanted, "csr": make_request(key)}))
        certificate = decode_certificate(issued.certificate)
        if certificate.public_key() != key.public_key():
            raise RequestRefused("answer", "certificate", issued.sign, "one of the key that was made here")
        self._begun[issued.id] = fingerprint(certificate)
        return _enrolment(issued, Credentials(key, certificate))


def _enrolment(issued: Issued, credentials: Credentials) -> Enrolment:
    kit, sign = issued.kit, issued.id
    files = {
        "identity.json": identity_file(
            sign, issued.incarnation, kit.brokers, kit.wifi, kit.group_key, kit.apn
        ),
        "config.json": config_file(kit.config, kit.config_version),
        "cert.der": credentials.certificate_der,
        "key.der": credentials.key_der,
    }
    if kit.trusted:
        files[TRUSTED] = base64.b64decode(kit.trusted)
    for name, authority in zip(AUTHORITY_FILES, issued.authorities, strict=False):
        files[name] = decode_certificate(authority).public_bytes(Encoding.DER)
    return Enrolment(sign, files, sign_address(kit.address, sign), kit.wifi)


def _plain(mac: str) -> str:
    return mac.lower().replace(":", "").replace("-", "")
