"""The store of a data folder, for commands that read or write it themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from gangvakt.settings import Settings

if TYPE_CHECKING:
    from gangvakt.store import Store


@asynccontextmanager
async def a_store(settings: Settings) -> AsyncIterator[Store]:
    """NoDatabase where no controller has ever worked."""
    # Here, because it takes long to load, and other commands do without it.
    from gangvakt.store import Store
    from gangvakt.store.address import known_address

    async with Store.open(known_address(settings)) as store:
        yield store
