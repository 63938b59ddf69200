"""How the steering of many signs is put together for a running controller."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from gangvakt.api.services import Steering
from gangvakt.orders import Bulk, DryRuns, Plans, Templates

if TYPE_CHECKING:
    from gangvakt.fleet import LiveFleet
    from gangvakt.orders import Commander, Configs
    from gangvakt.settings import Settings
    from gangvakt.store import Store


@asynccontextmanager
async def steering(
    store: Store, fleet: LiveFleet, commander: Commander, configs: Configs, settings: Settings
) -> AsyncIterator[Steering]:
    """What is asked for; `plans.run()` works. What still runs at the end is ended."""
    dry_runs = DryRuns(settings.recordings_dir)
    plans = Plans(store.config_plans, configs, fleet, dry_runs)
    made = Steering(Templates(store.config_groups), plans, dry_runs, Bulk(commander, fleet))
    try:
        yield made
    finally:
        await dry_runs.close()
        await made.bulk.close()
