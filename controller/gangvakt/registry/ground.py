"""What all desks of the registry stand on."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cryptography import x509

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.provision.certificates import fingerprint
from gangvakt.provision.pki import Pki
from gangvakt.provision.wire import SiteKit
from gangvakt.store import Store
from gangvakt.store.records import CertificateRecord, SiteRecord


@dataclass
class Ground:
    """`pki` is asked for when something is signed, since its key may need a passphrase.

    `trusted` are the keys (UpdateKeys.trusted) whose updates signs take from now on.
    `listeners` are called after every change of who may come in, when it is committed.
    """

    store: Store
    pki: Callable[[], Pki]
    clock_ms: ClockMs = utc_ms
    trusted: Callable[[], bytes] = bytes
    listeners: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def kit_of(self, record: SiteRecord) -> SiteKit:
        """All that a sign of the site must be given."""
        return record.kit.model_copy(update={"trusted": base64.b64encode(self.trusted()).decode()})

    async def changed(self) -> None:
        for listener in self.listeners:
            await listener()


def certificate_record(certificate: x509.Certificate, now_ms: int) -> CertificateRecord:
    return CertificateRecord(
        fingerprint(certificate), f"{certificate.serial_number:x}", ends_ms(certificate), now_ms
    )


def ends_ms(certificate: x509.Certificate) -> int:
    return int(certificate.not_valid_after_utc.timestamp() * 1000)
