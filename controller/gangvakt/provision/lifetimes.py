"""When certificates end, and from when on somebody should care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Self

from cryptography import x509

from gangvakt.provision.certificates import common_name, fingerprint

WARN_BEFORE = timedelta(days=90)


class Kind(Enum):
    """What a certificate is for."""

    AUTHORITY = "authority"
    OLD_AUTHORITY = "old authority"
    BUNDLE = "bundle"
    SERVER = "server"
    CONTROLLER = "controller"
    SIGN = "sign"


class State(Enum):
    """How urgent it is."""

    GOOD = "good"
    ENDS_SOON = "ends soon"
    ENDED = "ended"


@dataclass(frozen=True)
class Lifetime:
    """One certificate; `ends` is UTC, `fingerprint` SHA-256."""

    kind: Kind
    name: str
    ends: datetime
    fingerprint: str

    @classmethod
    def of(cls, kind: Kind, certificate: x509.Certificate) -> Self:
        name = common_name(certificate) or certificate.subject.rfc4514_string()
        return cls(kind, name, certificate.not_valid_after_utc, fingerprint(certificate))

    def days_left(self, now: datetime) -> int:
        """Whole days; negative once it has ended."""
        return (self.ends - now).days

    def state(self, now: datetime) -> State:
        """An old authority may end in peace: its successor is there already."""
        if now >= self.ends:
            return State.ENDED
        ends_soon = now >= self.ends - WARN_BEFORE and self.kind is not Kind.OLD_AUTHORITY
        return State.ENDS_SOON if ends_soon else State.GOOD

    def warning(self, now: datetime) -> str | None:
        """One line that says what to do; None while all is well."""
        match self.state(now):
            case State.GOOD:
                return None
            case State.ENDED if self.kind is Kind.OLD_AUTHORITY:
                return None
            case State.ENDED:
                verb = "ended"
            case State.ENDS_SOON:
                verb = f"ends in {self.days_left(now)} days,"
        whose, day = f"{self.kind.value} {self.name}", f"{self.ends:%Y-%m-%d}"
        return f"certificate of {whose} {verb} on {day}: {_REMEDY[self.kind]}"


_REMEDY = {
    Kind.AUTHORITY: "`gangvakt ca renew` makes its successor",
    Kind.OLD_AUTHORITY: "nothing to do",
    Kind.BUNDLE: "make a new bundle",
    Kind.SERVER: "it is renewed while `gangvakt serve` runs",
    Kind.CONTROLLER: "it is renewed while `gangvakt serve` runs",
    Kind.SIGN: "it is renewed when the sign is online; a sign that stays away must be flashed anew",
}
