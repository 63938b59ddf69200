"""How the steering of many signs is put together for a running controller."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from gangvakt.api.services import Steering
from gangvakt.cli.assembly import Assembly
from gangvakt.orders import Bulk, DryRuns, Plans, Templates


async def start_steering(made: Assembly) -> None:
    """Configurations go out by plans, recordings are decided again, and many are commanded at once."""
    ground = made.ground
    dry_runs = DryRuns(ground.settings.recordings_dir)
    plans = Plans(ground.store.config_plans, made.configs, ground.fleet, dry_runs)
    templates, bulk = Templates(ground.store.config_groups), Bulk(made.commander, ground.fleet)
    made.services = replace(made.services, steering=Steering(templates, plans, dry_runs, bulk))
    made.runs += [plans.run, partial(_tended, dry_runs, bulk)]


async def _tended(dry_runs: DryRuns, bulk: Bulk) -> None:
    """What was begun by somebody ends with the controller."""
    try:
        await asyncio.Event().wait()
    finally:
        await dry_runs.close()
        await bulk.close()
