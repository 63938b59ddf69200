"""The bundles' desk: who may sign without the controller, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import day
from gangvakt.errors import BundleSpent, NotPending, Refusal, RegistryError, RequestRefused, SignExists
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.bundle_authority import bundle_id, check_authority
from gangvakt.provision.certificates import common_name, fingerprint, is_issued_by
from gangvakt.provision.identity import GroupKey
from gangvakt.provision.wire import (
    BundleIn,
    BundleKit,
    BundleOut,
    SyncEntry,
    SyncIn,
    SyncResult,
    decode_certificate,
    encode,
)
from gangvakt.registry.ground import Ground, certificate_record, ends_ms
from gangvakt.registry.signs import REGISTERED, revoke_predecessors, take_the_place
from gangvakt.registry.views import bundle_out
from gangvakt.store import audit, registrations
from gangvakt.store import bundles as table
from gangvakt.store.records import BundleRecord, NewRegistration, Registration
from gangvakt.store.sites import get_site

DAY_MS = 86_400_000
MAC_LENGTH = 12  # a sign that carries its board in its name


class Bundles:
    """Making, telling and ending bundles; taking in what they signed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def make(self, wanted: BundleIn) -> BundleKit:
        """Trusts the bundle's authority from now on; Missing for an unknown site."""
        now_ms, pki = self._ground.clock_ms(), self._ground.pki()
        certificate = decode_certificate(wanted.certificate)
        now = datetime.fromtimestamp(now_ms / 1000, UTC)
        check_authority(certificate, timedelta(days=wanted.days), now)
        record = BundleRecord(
            bundle_id(certificate),
            wanted.label,
            certificate.public_bytes(Encoding.DER),
            f"{certificate.serial_number:x}",
            wanted.sites,
            wanted.limit,
            now_ms,
            now_ms + wanted.days * DAY_MS,
            fingerprint(pki.authority.certificate),
        )
        async with self._ground.store.exclusive() as connection:
            kits = [
                self._ground.kit_of(await get_site(connection, SiteId.parse(site))) for site in wanted.sites
            ]
            await table.insert_bundle(connection, record)
            await audit.record(connection, "bundle.make", record.id, None, _audited(record))
        await self._ground.changed()
        return BundleKit(
            id=record.id,
            expires_ms=record.expires_ms,
            authorities=tuple(encode(one) for one in pki.trusted),
            sites=tuple(kits),
        )

    async def all(self) -> tuple[BundleOut, ...]:
        async with self._ground.store.reading() as connection:
            return tuple(bundle_out(one) for one in await table.all_bundles(connection))

    async def revoke(self, bundle: str) -> BundleOut:
        """No further sign of it comes in; those that are registered stay."""
        async with self._ground.store.exclusive() as connection:
            before = await table.get_bundle(connection, bundle)
            await table.revoke_bundle(connection, bundle, self._ground.clock_ms())
            held = await table.get_bundle(connection, bundle)
            revoked = {"revoked_ms": before.revoked_ms}, {"revoked_ms": held.revoked_ms}
            await audit.record(connection, "bundle.revoke", bundle, *revoked)
        await self._ground.changed()
        return bundle_out(held)

    async def sync(self, bundle: str, told: SyncIn) -> tuple[SyncResult, ...]:
        """Takes in each entry or names the conflict; the same again changes nothing.

        Whoever tells it is logged in: therefore also after the bundle's time, but not once it is revoked.
        """
        results = []
        for entry in told.entries:
            async with self._ground.store.exclusive() as connection:
                held = await table.get_bundle(connection, bundle)
                result = await self._take(connection, held, entry)
                after = {"result": result.result, "sign": result.sign, "why": result.why}
                await audit.record(connection, "bundle.sync", bundle, None, after)
                results.append(result)
        await self._ground.changed()
        return tuple(results)

    async def adopt(self, bundle: str, certificate: x509.Certificate) -> None:
        """Registers a sign that came in by itself; a RegistryError or Refusal when it may not any more.

        Until a synchronisation confirms it, a later certificate for the same board takes its place.
        """
        async with self._ground.store.exclusive() as connection:
            held = await table.get_bundle(connection, bundle)
            sign = SignId.parse(common_name(certificate) or "")
            await _check(connection, held, certificate, sign, again=False)
            _check_is_next(await registrations.of_sign(connection, sign), held, certificate, sign)
            mac = sign.sign if len(sign.sign) == MAC_LENGTH else None
            await revoke_predecessors(connection, sign, mac, self._ground.clock_ms())
            await self._insert(connection, held, certificate, sign, mac=mac)
            told = {"bundle": bundle, "certificate": fingerprint(certificate)}
            await audit.record(connection, "registration.adopt", str(sign), None, told)

    async def _take(self, connection: AsyncConnection, bundle: BundleRecord, entry: SyncEntry) -> SyncResult:
        sign = entry.mac
        try:
            certificate = decode_certificate(entry.certificate)
            name = SignId.parse(common_name(certificate) or "")
            sign = str(name)
            async with connection.begin_nested():
                is_new = await self._take_in(connection, bundle, certificate, name, entry)
        except (Refusal, RegistryError) as error:
            return SyncResult(sign=sign, result="conflict", why=str(error))
        return SyncResult(sign=sign, result="registered" if is_new else "known")

    async def _take_in(
        self,
        connection: AsyncConnection,
        bundle: BundleRecord,
        certificate: x509.Certificate,
        sign: SignId,
        entry: SyncEntry,
    ) -> bool:
        """False when the sign was in already; BundleSpent or SignExists when it cannot come in."""
        known = await registrations.with_certificate(connection, fingerprint(certificate))
        if known is not None:
            await self._complete(connection, known, entry)
            return False
        await _check(connection, bundle, certificate, sign, again=entry.again)
        if sign.sign != entry.mac:
            raise RequestRefused("entry", "certificate", str(sign), f"one of the board {entry.mac}")
        await self._register(connection, bundle, certificate, sign, entry)
        return True

    async def _register(
        self,
        connection: AsyncConnection,
        bundle: BundleRecord,
        certificate: x509.Certificate,
        sign: SignId,
        entry: SyncEntry,
    ) -> None:
        now_ms = self._ground.clock_ms()
        if entry.replaces:
            await take_the_place(connection, sign, SignId.parse(entry.replaces), GroupKey.renewed, now_ms)
        await revoke_predecessors(connection, sign, entry.mac, now_ms)
        await self._insert(connection, bundle, certificate, sign, mac=entry.mac, entry=entry)

    async def _insert(
        self,
        connection: AsyncConnection,
        bundle: BundleRecord,
        certificate: x509.Certificate,
        sign: SignId,
        *,
        mac: str | None,
        entry: SyncEntry | None = None,
    ) -> None:
        now_ms = self._ground.clock_ms()
        self._ground.pki().issued.keep(certificate)
        new = NewRegistration(
            sign,
            mac,
            entry.board if entry else None,
            REGISTERED,
            bundle.id,
            entry.incarnation if entry else None,
            now_ms,
            registered_ms=now_ms,
            replaces=SignId.parse(entry.replaces) if entry and entry.replaces else None,
            report=entry.report if entry else {},
        )
        await registrations.insert_registration(connection, new, certificate_record(certificate, now_ms))

    async def _complete(self, connection: AsyncConnection, known: Registration, entry: SyncEntry) -> None:
        """A sign that came in by itself gets what only the journal knows, once; NotPending when it is out."""
        if known.board is not None:
            return
        if known.state is not REGISTERED:
            raise _ended(known)
        if entry.replaces:
            old = SignId.parse(entry.replaces)
            await take_the_place(connection, known.sign, old, GroupKey.renewed, self._ground.clock_ms())
        values: dict[str, object] = {
            "board": entry.board,
            "incarnation": entry.incarnation,
            "replaces": entry.replaces,
            "report": registrations.as_json(entry.report),
        }
        await registrations.complete(connection, known, values)


def _audited(record: BundleRecord) -> dict[str, object]:
    names = ("label", "serial", "sites", "most_signs", "expires_ms", "authority")
    return {name: getattr(record, name) for name in names}


async def _check(
    connection: AsyncConnection,
    bundle: BundleRecord,
    certificate: x509.Certificate,
    sign: SignId,
    *,
    again: bool,
) -> None:
    """BundleSpent, SignExists or RequestRefused when the sign cannot come in by this bundle."""
    if not is_issued_by(certificate, x509.load_der_x509_certificate(bundle.certificate)):
        raise RequestRefused("entry", "certificate", str(sign), f"one that bundle {bundle.id} signed")
    if str(sign.site_id) not in bundle.sites:
        raise RequestRefused("entry", "site", str(sign.site_id), ", ".join(bundle.sites))
    if bundle.revoked_ms is not None:
        raise BundleSpent(bundle.id, f"it was revoked at {day(bundle.revoked_ms)}")
    before = await registrations.of_board(connection, sign.sign, sign)
    is_counted = any(one.sign == sign and one.issued_by == bundle.id for one in before)
    if bundle.used >= bundle.most_signs and not is_counted:
        raise BundleSpent(bundle.id, f"{bundle.used} of {bundle.most_signs} signs are made")
    for one in before:
        if one.state is REGISTERED and not again and not one.is_unconfirmed_of(bundle.id):
            raise SignExists(sign.sign, str(one.sign), day(one.registered_ms or one.created_ms))


def _check_is_next(
    before: Sequence[Registration], bundle: BundleRecord, certificate: x509.Certificate, sign: SignId
) -> None:
    """NotPending unless the sign is new, or the certificate follows one that was not confirmed."""
    if not before:
        return
    unconfirmed = [one for one in before if one.is_unconfirmed_of(bundle.id)]
    if not unconfirmed:
        raise _ended(before[-1])
    if any(held.ends_ms >= ends_ms(certificate) for one in unconfirmed for held in one.certificates):
        raise NotPending(str(sign), "another flashing of the board began")


def _ended(registration: Registration) -> NotPending:
    why = registration.why or f"it is {registration.state.value}"
    return NotPending(str(registration.sign), f"{why} at {day(registration.changed_ms)}")
