"""How the steering of many signs is put together for a running controller."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from gangvakt.api.services import Steering
from gangvakt.cli.assembly import Assembly
from gangvakt.cli.updating import report_to
from gangvakt.fleet.roles import Role
from gangvakt.orders import Bulk, DryRuns, Plans, Templates
from gangvakt.orders.bulk import TWO_PERSONS
from gangvakt.orders.pairs import PairKind, Pairs
from gangvakt.store.pairs import Pair


async def start_steering(made: Assembly) -> None:
    """Configurations go out by plans, recordings are decided again, and many are commanded at once."""
    ground = made.ground
    dry_runs = DryRuns(ground.settings.recordings_dir)
    report = partial(report_to, made.patrol)
    plans = Plans(ground.store.config_plans, made.configs, ground.fleet, dry_runs, report=report)
    templates, bulk = Templates(ground.store.config_groups), Bulk(made.commander, ground.fleet)
    made.services = replace(made.services, steering=Steering(templates, plans, dry_runs, bulk))
    made.runs += [plans.run, partial(_tended, dry_runs, bulk)]


async def start_two_persons(made: Assembly) -> None:
    """After both: what darkens or lights many crossings waits for a second person."""
    steering, pairs = made.services.steering, made.services.pairs
    if steering is not None and pairs is not None:
        join_pairs(steering.bulk, pairs)


async def _tended(dry_runs: DryRuns, bulk: Bulk) -> None:
    """What was begun by somebody ends with the controller."""
    try:
        await asyncio.Event().wait()
    finally:
        await dry_runs.close()
        await bulk.close()


def join_pairs(bulk: Bulk, pairs: Pairs) -> None:
    """Muting or lighting many waits for a second person, a technician there as well."""

    async def run(pair: Pair) -> Mapping[str, object]:
        job = await bulk.execute(pair.data, pair.asked_by, pair.municipality)
        return {"command": job.number, "signs": job.total}

    async def ask(kind: str, subject: str, data: Mapping[str, Any], who: str, municipality: str) -> int:
        return (await pairs.ask(kind, subject, data, who, municipality)).id

    for kind in sorted(set(TWO_PERSONS.values())):
        pairs.register(PairKind(kind, Role.TECHNICIAN, run))
    bulk.ask_second = ask
