"""Where each crossing is, at hand for whoever draws the whole fleet."""

from __future__ import annotations

import asyncio
import logging

from gangvakt.errors import StoreError
from gangvakt.fleet import SiteId
from gangvakt.store import Store
from gangvakt.store.site_files import positions

RELOAD_S = 60.0  # `gangvakt site describe --data` may write beside the running controller
LOG = logging.getLogger(__name__)


class PositionBook:
    """The position of each crossing as it was when the store was read last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._positions: dict[SiteId, tuple[float, float]] = {}

    def __call__(self, site: SiteId) -> tuple[float, float] | None:
        """Longitude and latitude in degrees, WGS84; None where nobody told. Never waits."""
        return self._positions.get(site)

    async def load(self) -> None:
        async with self._store.reading() as connection:
            self._positions = {SiteId.parse(site): place for site, place in await positions(connection)}

    async def run(self) -> None:
        """Until cancelled."""
        task = asyncio.current_task()
        while task is None or not task.cancelling():
            try:
                await self.load()
            except StoreError as error:
                LOG.warning("the crossings' positions stay as they were: %s", error)
            await asyncio.sleep(RELOAD_S)
