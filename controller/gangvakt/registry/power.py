"""How each sign is fed and where its life stands, at hand for whoever asks for all every few seconds."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sqlalchemy import Row

from gangvakt.errors import StoreError
from gangvakt.fleet import SignId
from gangvakt.fleet.life_cycle import LifeCycle
from gangvakt.fleet.power import MAINS, Feed, FeederHours, PowerOf, PowerProfile
from gangvakt.store import Store
from gangvakt.store.sign_files import sign_files

RELOAD_S = 60.0  # `gangvakt sign file` may write beside the running controller
LOG = logging.getLogger(__name__)


class PowerBook:
    """Profile and life of each sign as they were when the store was read last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._profiles: dict[SignId, PowerProfile] = {}
        self._lives: dict[str, LifeCycle] = {}
        self.otherwise: PowerOf = lambda _: MAINS

    def __call__(self, sign: SignId) -> PowerProfile:
        """What `otherwise` says for a sign that nobody has described. Never waits."""
        known = self._profiles.get(sign)
        return self.otherwise(sign) if known is None else known

    def life_of(self, sign: str) -> LifeCycle:
        """IN_SERVICE of what is no sign, and of one whose life nobody has filed. Never waits."""
        return self._lives.get(sign, LifeCycle.IN_SERVICE)

    async def load(self) -> None:
        async with self._store.reading() as connection:
            rows = await sign_files(connection)
        self._profiles = {SignId.parse(row.sign): profile_of(row) for row in rows if row.feed}
        self._lives = {row.sign: LifeCycle(row.state) for row in rows}

    async def run(self) -> None:
        """Until cancelled."""
        task = asyncio.current_task()
        while task is None or not task.cancelling():
            try:
                await self.load()
            except StoreError as error:
                LOG.warning("the signs' power profiles and lives stay as they were: %s", error)
            await asyncio.sleep(RELOAD_S)


def profile_of(row: Row[Any]) -> PowerProfile:
    hours = None if row.lit_from_min is None else FeederHours(row.lit_from_min, row.lit_until_min)
    return PowerProfile(Feed(row.feed), row.feeder, hours)
