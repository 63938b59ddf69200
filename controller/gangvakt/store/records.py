"""What goes into and comes out of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gangvakt.fleet import EventKey, SignId
from gangvakt.fleet.roles import ALL_RIGHTS, Grants, Role
from gangvakt.provision.identity import GroupKey
from gangvakt.provision.registration import RegistrationState
from gangvakt.provision.wire import SiteKit


class NewEvent(NamedTuple):
    """An event on its way into the store; the fields are those of fleet.SignEvent."""

    key: EventKey
    kind: str
    utc_ms: int
    quality: str
    up_ms: int
    received_ms: int
    detail: Mapping[str, object]


@dataclass(frozen=True)
class SeenSign:
    """A sign as last heard; `status` is its status message as JSON, None before the first."""

    sign: SignId
    seen_ms: int
    status: str | None


@dataclass(frozen=True)
class DeadLetter:
    """A message nobody could read; `payload` is cut, `size` is what arrived (bytes).

    In the store it stands for all with its topic and its reason: `received_ms`, `payload` and `size` are the
    newest one's, `count` is how many there were since `first_ms` (None: since `received_ms`).
    """

    received_ms: int
    topic: str
    reason: str
    payload: bytes
    size: int
    first_ms: int | None = None
    count: int = 1


@dataclass(frozen=True)
class Work:
    """What one transaction stores: all of it or nothing."""

    events: tuple[NewEvent, ...] = ()
    signs: tuple[SeenSign, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()


@dataclass(frozen=True)
class Member:
    """A member of staff. `reference` is issuer and subject of whoever logs in elsewhere."""

    user: str
    password_hash: str
    must_change: bool
    grants: Grants = ALL_RIGHTS
    locked: bool = False
    reference: tuple[str, str] | None = None

    @property
    def must_have_factor(self) -> bool:
        """Whether the rule for administrators is about this member; who logs in elsewhere has one there."""
        return self.reference is None and self.grants.highest is Role.ADMINISTRATOR

    @property
    def municipalities(self) -> frozenset[str] | None:
        """Those whose signs the member sees; None for all of them."""
        return self.grants.municipalities


@dataclass(frozen=True)
class SiteRecord:
    """A crossing, with its secrets."""

    kit: SiteKit
    changed_ms: int


@dataclass(frozen=True)
class CertificateRecord:
    """A certificate of a sign; `fingerprint` is SHA-256 in hex, `serial` hex as well."""

    fingerprint: str
    serial: str
    ends_ms: int
    added_ms: int


@dataclass(frozen=True)
class NewRegistration:
    """One flashing of a board. `issued_by` is the authority or a bundle's id.

    `group_key` is the crossing's next one, where the sign takes the place of `replaces`.
    """

    sign: SignId
    mac: str | None
    board: str | None
    state: RegistrationState
    issued_by: str
    incarnation: str | None
    created_ms: int
    registered_ms: int | None = None
    expires_ms: int | None = None
    replaces: SignId | None = None
    group_key: GroupKey | None = None
    report: Mapping[str, object] = field(default_factory=dict)
    why: str | None = None


@dataclass(frozen=True)
class Registration(NewRegistration):
    """As stored; the newest certificate is the last one."""

    id: int = 0
    changed_ms: int = 0
    certificates: tuple[CertificateRecord, ...] = ()

    def is_unconfirmed_of(self, bundle: str) -> bool:
        """It came in by itself, and nobody has told yet that its board passed the self-test."""
        return self.board is None and self.issued_by == bundle and self.state is RegistrationState.REGISTERED

    @property
    def versions(self) -> Mapping[str, object]:
        found = self.report.get("versions")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class BundleRecord:
    """An enrolment bundle; `used` are the signs that it signed and that are known.

    A board counts once, however often it was flashed, and also when it came in by itself and then failed.
    `authority` is the fingerprint of the one that its signs trust.
    """

    id: str
    label: str
    certificate: bytes
    serial: str
    sites: tuple[str, ...]
    most_signs: int
    created_ms: int
    expires_ms: int
    authority: str
    revoked_ms: int | None = None
    used: int = 0


@dataclass(frozen=True)
class Admission:
    """Who may come in: state and end of each certificate by its fingerprint, all signs, all bundles.

    `unconfirmed` are the signs that came in by themselves: their bundle, and when their certificate ends.
    """

    certificates: Mapping[str, tuple[RegistrationState, int | None]]
    signs: frozenset[str]
    bundles: tuple[BundleRecord, ...]
    unconfirmed: Mapping[str, tuple[str, int]] = field(default_factory=dict)
