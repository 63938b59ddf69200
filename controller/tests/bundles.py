"""Enrolment bundles as a technician holds them, with a passphrase that costs little to check."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from gangvakt.fleet import SiteId
from gangvakt.provision.bundle import LOWEST_COST, Bundle, Header, seal
from gangvakt.provision.bundle_authority import make_bundle_authority
from gangvakt.provision.bundle_issuer import BundleIssuer
from gangvakt.provision.bundle_journal import BundleJournal, Signed
from gangvakt.provision.certificates import Credentials
from gangvakt.provision.wire import BundleIn, BundleKit, SyncEntry, SyncIn, SyncResult, encode
from gangvakt.registry.syncing import entry_of

from .office import SITE, Desk

PASSPHRASE = "correct horse battery"  # of a test
DAYS, LIMIT = 14, 3


class HeldBundle:
    """A bundle file and its journal."""

    def __init__(self, path: Path, desk: Desk, kit: BundleKit, authority: Credentials, limit: int) -> None:
        self.path, self.id, self.authority = path, kit.id, authority
        self._desk = desk
        sites = tuple(site.site for site in kit.sites)
        header = Header(id=kit.id, label="week 48", sites=sites, limit=limit, expires_ms=kit.expires_ms)
        path.write_bytes(
            seal(Bundle.of(header, authority, kit.authorities, kit.sites), PASSPHRASE, LOWEST_COST)
        )
        self.journal = BundleJournal(path)

    def issuer(self) -> BundleIssuer:
        return BundleIssuer(self.path, PASSPHRASE, lambda: self._desk.now_ms[0])

    def waiting(self) -> tuple[Signed, ...]:
        with self.journal.alone() as page:
            return page.to_tell()

    def entries(self) -> tuple[SyncEntry, ...]:
        return tuple(entry_of(signed) for signed in self.waiting())

    async def sync(self) -> list[SyncResult]:
        return list(await self._desk.registry.bundles.sync(self.id, SyncIn(entries=self.entries())))


async def a_bundle(
    desk: Desk, folder: Path, *, limit: int = LIMIT, days: int = DAYS, sites: tuple[SiteId, ...] = (SITE,)
) -> HeldBundle:
    now = datetime.fromtimestamp(desk.now_ms[0] / 1000, UTC)
    authority = make_bundle_authority(timedelta(days=days), now)
    wanted = BundleIn(
        certificate=encode(authority.certificate),
        label="week 48",
        sites=tuple(str(site) for site in sites),
        limit=limit,
        days=days,
    )
    kit = await desk.registry.bundles.make(wanted)
    return HeldBundle(folder / f"{kit.id}.bundle", desk, kit, authority, limit)
