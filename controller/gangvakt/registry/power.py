"""How each sign is fed, at hand for whoever asks for every sign every few seconds."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sqlalchemy import Row

from gangvakt.errors import StoreError
from gangvakt.fleet import SignId
from gangvakt.fleet.power import MAINS, Feed, FeederHours, PowerOf, PowerProfile
from gangvakt.store import Store
from gangvakt.store.sign_files import sign_files

RELOAD_S = 60.0  # `gangvakt sign file` may write beside the running controller
LOG = logging.getLogger(__name__)


class PowerBook:
    """The profile of each sign as it was when the store was read last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._profiles: dict[SignId, PowerProfile] = {}
        self.otherwise: PowerOf = lambda _: MAINS

    def __call__(self, sign: SignId) -> PowerProfile:
        """What `otherwise` says for a sign that nobody has described. Never waits."""
        known = self._profiles.get(sign)
        return self.otherwise(sign) if known is None else known

    async def load(self) -> None:
        async with self._store.reading() as connection:
            rows = await sign_files(connection)
        self._profiles = {SignId.parse(row.sign): profile_of(row) for row in rows if row.feed}

    async def run(self) -> None:
        """Until cancelled."""
        task = asyncio.current_task()
        while task is None or not task.cancelling():
            try:
                await self.load()
            except StoreError as error:
                LOG.warning("the signs' power profiles stay as they were: %s", error)
            await asyncio.sleep(RELOAD_S)


def profile_of(row: Row[Any]) -> PowerProfile:
    hours = None if row.lit_from_min is None else FeederHours(row.lit_from_min, row.lit_until_min)
    return PowerProfile(Feed(row.feed), row.feeder, hours)
