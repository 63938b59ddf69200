"""Who may come in, for a broker that is given lists. In a transaction of the caller."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.provision.registration import RegistrationState
from gangvakt.store.tables import CERTIFICATES, REGISTRATIONS


@dataclass(frozen=True)
class HeldCertificate:
    """A certificate of the registry; `issued_by` is that of its registration: a bundle or not."""

    fingerprint: str
    serial: int
    sign: str
    state: RegistrationState
    issued_by: str
    ends_ms: int
    expires_ms: int | None

    def is_admitted(self, now_ms: int) -> bool:
        """Whether its holder may be connected."""
        if now_ms >= self.ends_ms:
            return False
        if self.state is RegistrationState.PENDING:
            return self.expires_ms is not None and now_ms < self.expires_ms
        return self.state is RegistrationState.REGISTERED


async def read_certificates(connection: AsyncConnection) -> tuple[HeldCertificate, ...]:
    """All that the registry knows."""
    query = select(
        CERTIFICATES.c.fingerprint,
        CERTIFICATES.c.serial,
        REGISTRATIONS.c.sign,
        REGISTRATIONS.c.state,
        REGISTRATIONS.c.issued_by,
        CERTIFICATES.c.ends_ms,
        REGISTRATIONS.c.expires_ms,
    ).select_from(CERTIFICATES.join(REGISTRATIONS))
    return tuple(
        HeldCertificate(
            row.fingerprint,
            int(row.serial, 16),
            row.sign,
            RegistrationState(row.state),
            row.issued_by,
            row.ends_ms,
            row.expires_ms,
        )
        for row in await connection.execute(query)
    )
