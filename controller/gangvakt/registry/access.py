"""What the registry knows, as the list that a broker beside us is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cryptography import x509

from gangvakt.broker.access import AccessList, BundleAccess
from gangvakt.registry.service import Registry
from gangvakt.store.access import HeldCertificate, read_certificates
from gangvakt.store.bundles import all_bundles
from gangvakt.store.records import BundleRecord


class Accesses:
    """Reads the list. `seen` are the names that were heard: also of signs that are in no registry.

    It differs from the gatekeeper in one thing: a sign of a bundle comes in when the registry knows it, that
    is once the bundle has been synchronised.
    """

    def __init__(self, registry: Registry, seen: Callable[[], Iterable[str]] = tuple) -> None:
        self._registry, self._seen = registry, seen

    async def read(self) -> AccessList:
        """As it is now. StoreError."""
        ground = self._registry.ground
        now_ms = ground.clock_ms()
        async with ground.store.reading() as connection:
            held = await read_certificates(connection)
            bundles = await all_bundles(connection)
        admitted = [one for one in held if one.is_admitted(now_ms)]
        out = [one for one in held if not one.is_admitted(now_ms)]
        names = {one.sign for one in admitted}
        strangers = set(self._seen()) - {one.sign for one in held}
        # Whoever holds a bundle chooses its serial numbers: by one of somebody else's nobody is shut out.
        taken = {one.serial for one in admitted}
        return AccessList(
            authorities=ground.pki().signers,
            bundles=tuple(_access_of(bundle, admitted, out) for bundle in bundles),
            signs=frozenset(names | strangers),
            revoked=frozenset(one.serial for one in out if one.serial not in taken),
            shut_out={one.fingerprint: one.sign for one in out},
        )


def _access_of(
    bundle: BundleRecord, admitted: Iterable[HeldCertificate], out: Iterable[HeldCertificate]
) -> BundleAccess:
    return BundleAccess(
        x509.load_der_x509_certificate(bundle.certificate),
        frozenset(one.sign for one in admitted if one.issued_by == bundle.id),
        frozenset(one.serial for one in out if one.issued_by == bundle.id),
    )
