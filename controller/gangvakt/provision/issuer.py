"""Who gives a sign its identity and keeps account of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gangvakt.fleet import SignId
from gangvakt.provision.identity import Wifi


@dataclass(frozen=True)
class Enrolment:
    """What a board's data partition gets beside board.json; `address` is that of the sign's page."""

    sign: SignId
    files: Mapping[str, bytes]
    address: str
    wifi: Wifi | None


class Issuer(Protocol):
    """Gives identities to signs: pending first, registered once they have proved themselves."""

    def begin(self, site: str, mac: str, board: str, *, again: bool) -> Enrolment: ...

    def confirm(self, sign: SignId, report: dict[str, Any]) -> None: ...

    def abandon(self, sign: SignId) -> None: ...

    def online(self, sign: SignId) -> bool | None: ...

    def replace(self, old: SignId, mac: str, board: str) -> Enrolment: ...
