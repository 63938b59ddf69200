"""Who may come in at the broker, answered from memory."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from cryptography import x509

from gangvakt.errors import GangvaktError, NameRefused, StoreError
from gangvakt.fleet import SignId
from gangvakt.provision.certificates import common_name, fingerprint, is_issued_by
from gangvakt.provision.registration import RegistrationState
from gangvakt.registry.ground import ends_ms
from gangvakt.registry.service import Registry
from gangvakt.store.bundles import read_admission
from gangvakt.store.records import Admission, BundleRecord

LOG = logging.getLogger(__name__)

# Commands with --data write beside the running controller; a revocation must count within a minute.
REFRESH_S = 5.0


class RegistryGatekeeper:
    """Lets in what the registry knows and what the controller's own authority signed for others than signs
    of the registry; and new signs of a bundle within its bounds, which it then registers."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._held = Admission({}, frozenset(), ())
        self._authorities: dict[str, x509.Certificate] = {}  # of the bundles, by their ids
        self._came_in: dict[str, tuple[str, x509.Certificate]] = {}  # by fingerprint: not registered yet
        self._wake = asyncio.Event()
        registry.ground.listeners.append(self.refresh)

    def admits(self, certificate: x509.Certificate) -> bool:
        """Whether the owner of this certificate, which TLS has verified, may be connected now."""
        try:
            return self._admits(certificate)
        except ValueError as error:  # who holds a bundle can sign the oddest names
            LOG.warning("a certificate with the serial number %x: %s", certificate.serial_number, error)
            return False

    def authorities(self) -> Sequence[x509.Certificate]:
        """Those of the bundles, as long as a sign may come with a certificate of theirs."""
        wanted = [one for one in self._held.bundles if one.revoked_ms is None or one.used]
        return tuple(self._authorities[one.id] for one in wanted)

    def current_authorities(self) -> Sequence[x509.Certificate]:
        """Those of bundles whose signs trust the authority that signs now."""
        current = fingerprint(self._registry.ground.pki().authority.certificate)
        return tuple(self._authorities[one.id] for one in self._held.bundles if one.authority == current)

    async def refresh(self) -> None:
        """Reads everything anew; the old answers stay when that fails."""
        try:
            async with self._registry.ground.store.reading() as connection:
                held = await read_admission(connection)
        except StoreError as error:
            LOG.error("who may come in could not be read: %s", error)
            return
        for one in held.bundles:
            if one.id not in self._authorities:
                self._authorities[one.id] = x509.load_der_x509_certificate(one.certificate)
        self._held = held

    async def run(self) -> None:
        """Keeps up with the store, and registers what came in, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), REFRESH_S)
            self._wake.clear()
            await self.settle()

    async def settle(self) -> None:
        """Registers what came in by a bundle, and reads everything anew."""
        settled = [mark for mark, came in list(self._came_in.items()) if await self._adopt(*came)]
        await self.refresh()
        for mark in settled:  # not before: in between they would be unknown
            del self._came_in[mark]

    async def _adopt(self, bundle: str, certificate: x509.Certificate) -> bool:
        """False when it has to be tried again."""
        try:
            await self._registry.bundles.adopt(bundle, certificate)
        except StoreError as error:
            LOG.error("%s could not be registered: %s", common_name(certificate), error)
            return False
        except GangvaktError as error:
            LOG.warning("%s is not registered: %s", common_name(certificate), error)
        return True

    def _admits(self, certificate: x509.Certificate) -> bool:
        known = self._held.certificates.get(fingerprint(certificate))
        if known is not None:
            state, expires_ms = known
            if state is RegistrationState.PENDING:
                return expires_ms is not None and self._now_ms() < expires_ms
            return state is RegistrationState.REGISTERED
        bundle = self._bundle_of(certificate)
        if bundle is not None:
            return self._admits_new(bundle, certificate)
        trusted = self._registry.ground.pki().trusted
        is_ours = any(is_issued_by(certificate, authority) for authority in trusted)
        return is_ours and common_name(certificate) not in self._held.signs

    def _admits_new(self, bundle: BundleRecord, certificate: x509.Certificate) -> bool:
        mark, name = fingerprint(certificate), common_name(certificate)
        if bundle.revoked_ms is not None or self._now_ms() >= bundle.expires_ms:
            return False
        if mark in self._came_in:
            return True
        if name is None or not _is_for(bundle, name) or not self._is_free(bundle, name, ends_ms(certificate)):
            return False
        self._came_in[mark] = bundle.id, certificate
        self._wake.set()
        return True

    def _is_free(self, bundle: BundleRecord, name: str, end_ms: int) -> bool:
        """A name that nobody has, or that of an unconfirmed sign of this bundle whose certificate is older.

        The latter is a board that is flashed anew, since it failed its self-test after it had come in.
        """
        held = self._held
        if name in held.signs and name not in held.unconfirmed:
            return False
        earlier = [
            (id_, ends_ms(other)) for id_, other in self._came_in.values() if common_name(other) == name
        ]
        if name in held.unconfirmed:
            earlier.append(held.unconfirmed[name])
        if earlier:
            return all(id_ == bundle.id and other_end_ms < end_ms for id_, other_end_ms in earlier)
        waiting = {common_name(other) for id_, other in self._came_in.values() if id_ == bundle.id}
        return bundle.used + len(waiting - held.unconfirmed.keys()) < bundle.most_signs

    def _bundle_of(self, certificate: x509.Certificate) -> BundleRecord | None:
        for bundle in self._held.bundles:
            authority = self._authorities[bundle.id]
            if authority.subject == certificate.issuer and is_issued_by(certificate, authority):
                return bundle
        return None

    def _now_ms(self) -> int:
        return self._registry.ground.clock_ms()


def _is_for(bundle: BundleRecord, name: str) -> bool:
    """Only signs, and only of the bundle's sites: nothing that calls itself the controller."""
    try:
        return str(SignId.parse(name).site_id) in bundle.sites
    except NameRefused:
        return False
