"""Sends every sign its next certificate in time, over the connection it has anyway."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from gangvakt.errors import NameRefused
from gangvakt.fleet import SignId
from gangvakt.provision.certificates import is_issued_by
from gangvakt.provision.pki import Pki
from gangvakt.upkeep.renewal import pack, pieces

LOG = logging.getLogger(__name__)

RENEW_BEFORE = timedelta(days=180)  # a sign may be away for a winter
WORTHWHILE = timedelta(days=30)  # a new certificate that lives no longer than this beyond the old one is none
ROUND_S = 60.0
AT_ONCE = 3  # each goes offline for some seconds
FIRST_RETRY = timedelta(hours=1)  # doubled with each one
LONGEST_RETRY = timedelta(days=1)

Connected = Callable[[], Mapping[str, x509.Certificate]]
Authorities = Callable[[], Sequence[x509.Certificate]]
Send = Callable[[SignId, Sequence[bytes]], Awaitable[bool]]
Issued = Callable[[SignId, x509.Certificate], Awaitable[None]]


@dataclass(frozen=True)
class _Attempt:
    """The last renewal of a sign that still connects with its old certificate."""

    count: int
    at: datetime

    def may_repeat(self, now: datetime) -> bool:
        wait = min(FIRST_RETRY * (1 << min(self.count - 1, 10)), LONGEST_RETRY)
        return now >= self.at + wait


class Renewer:
    """Renews who is `connected` with a certificate that ends soon or comes from an authority of the past.

    `authorities` are those of bundles whose signs trust the present authority; `issued` is told of each new
    certificate before the sign has it, so that the sign is let in with it.
    """

    def __init__(
        self,
        pki: Pki,
        connected: Connected,
        send: Send,
        *,
        now: Callable[[], datetime],
        authorities: Authorities = tuple,
        issued: Issued | None = None,
    ) -> None:
        self._pki, self._connected, self._send = pki, connected, send
        self._now, self._authorities, self._issued = now, authorities, issued
        self._attempts: dict[SignId, _Attempt] = {}

    async def run(self, round_s: float = ROUND_S) -> None:
        """Round after round, until cancelled."""
        while True:
            await asyncio.sleep(round_s)
            try:
                await self.round()
            except Exception:  # the next round must come, whatever went wrong with this one
                LOG.exception("renewing certificates")

    async def round(self) -> tuple[SignId, ...]:
        """One look at all that are connected; who was sent a renewal."""
        now = self._now()
        due = dict(self._due(now))
        self._attempts = {sign: tried for sign, tried in self._attempts.items() if sign in due}
        ready = [sign for sign in due if sign not in self._attempts or self._attempts[sign].may_repeat(now)]
        chosen = tuple(sorted(ready, key=lambda sign: due[sign])[:AT_ONCE])
        for sign in chosen:
            await self._renew(sign, now)
        return chosen

    def _due(self, now: datetime) -> Iterator[tuple[SignId, datetime]]:
        """Signs that need a new certificate, with the end of the one they have."""
        for name, certificate in self._connected().items():
            try:
                sign = SignId.parse(name)
            except NameRefused:
                continue  # the controller or the simulator
            if self._needs_new(certificate, now):
                yield sign, certificate.not_valid_after_utc

    def _needs_new(self, certificate: x509.Certificate, now: datetime) -> bool:
        if not self._is_of_current(certificate):
            return True
        end = certificate.not_valid_after_utc
        return now >= end - RENEW_BEFORE and self._pki.sign_certificate_end() >= end + WORTHWHILE

    def _is_of_current(self, certificate: x509.Certificate) -> bool:
        """Whether it comes from the authority that signs now, or from a bundle of its time."""
        signers = (self._pki.authority.certificate, *self._authorities())
        return any(is_issued_by(certificate, signer) for signer in signers)

    async def _renew(self, sign: SignId, now: datetime) -> None:
        count = self._attempts[sign].count + 1 if sign in self._attempts else 1
        self._attempts[sign] = _Attempt(count, now)
        if count > 1:
            LOG.warning("%s has not taken its new certificate; attempt %d", sign, count)
        credentials = self._pki.issue_sign(sign)
        if self._issued is not None:
            await self._issued(sign, credentials.certificate)
        renewal = pack(credentials, self._pki.authority_files().values(), int(now.timestamp()))
        if not await self._send(sign, tuple(pieces(renewal))):
            LOG.warning("the new certificate of %s could not be sent", sign)
