"""The registry as one thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.provision.pki import Pki
from gangvakt.registry.bundles import Bundles
from gangvakt.registry.ground import Ground
from gangvakt.registry.photos import PhotoFolder
from gangvakt.registry.positions import PositionBook
from gangvakt.registry.power import PowerBook
from gangvakt.registry.public_pages import PublicPages
from gangvakt.registry.sign_files import SignFiles
from gangvakt.registry.sign_lists import SignLists
from gangvakt.registry.signs import Signs
from gangvakt.registry.site_files import SiteFiles
from gangvakt.registry.sites import Sites
from gangvakt.store import Store


class Registry:
    """Its desks, on one store and one authority; `photos` is the folder for pictures of signs."""

    def __init__(
        self,
        store: Store,
        pki: Callable[[], Pki],
        clock_ms: ClockMs = utc_ms,
        trusted: Callable[[], bytes] = bytes,
        photos: Path | None = None,
    ) -> None:
        self.ground = Ground(store, pki, clock_ms, trusted)
        self.sites = Sites(self.ground)
        self.signs = Signs(self.ground)
        self.bundles = Bundles(self.ground)
        self.power_profile = PowerBook(store)
        self.positions = PositionBook(store)
        self.site_files = SiteFiles(self.ground, self.positions)
        self.sign_files = SignFiles(self.ground, self.power_profile, PhotoFolder(photos) if photos else None)
        self.public_pages = PublicPages(self.ground)
        self.sign_lists = SignLists(self.ground, self.power_profile)
