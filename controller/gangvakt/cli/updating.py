"""How rollouts of updates are put together for a running controller."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from gangvakt.fleet import SignId
from gangvakt.fleet.life_cycle import LifeCycle
from gangvakt.orders.admission import Admission
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.store.sign_files import sign_files
from gangvakt.upkeep import OfferFolder
from gangvakt.upkeep.artifacts import Artifacts
from gangvakt.upkeep.rollouts import Rollouts

if TYPE_CHECKING:
    from gangvakt.alarms import Patrol
    from gangvakt.fleet import LiveFleet
    from gangvakt.fleet.alarm import Condition
    from gangvakt.ingest import Link
    from gangvakt.orders.pairs import Pairs
    from gangvakt.registry import Registry
    from gangvakt.settings import Settings
    from gangvakt.store import Store

LEAST_URGENT = 2  # an alarm of priority 3 is by the way
NOT_IN_USE = frozenset({LifeCycle.IN_REPAIR.value, LifeCycle.RETIRED.value})


def rollouts_of(
    settings: Settings,
    store: Store,
    fleet: LiveFleet,
    link: Link,
    patrol: Patrol,
    registry: Registry,
    pairs: Pairs,
) -> Rollouts:
    """What runs: `run()`; offers go out through the updater, which looks at the same folder."""
    artifacts = Artifacts(
        store.rollouts, UpdateKeys(settings.update_keys_dir).trusted, check=Admission(pairs).check
    )
    return Rollouts(
        store.rollouts,
        artifacts,
        OfferFolder(settings.updates_dir),
        fleet,
        link.connected.is_set,
        alarm_of=partial(_alarm_of, patrol),
        report=partial(report_to, patrol),
        out_of_use=partial(_out_of_use, store, registry),
    )


def _alarm_of(patrol: Patrol, sign: SignId, since_ms: int) -> str | None:
    standing = patrol.alarms.standing(f"sign:{sign}")
    urgent = [one for one in standing if one.priority <= LEAST_URGENT and one.raised_ms > since_ms]
    return urgent[0].code if urgent else None


async def report_to(patrol: Patrol, source: str, conditions: Collection[Condition]) -> None:
    """`Alarms.report`, as soon as it knows of the alarms that stand."""
    if patrol.is_restored:
        await patrol.alarms.report(source, conditions)


async def _out_of_use(store: Store, registry: Registry) -> frozenset[SignId]:
    """Signs whose registration is over, that lie in a workshop, or that are no more."""
    states: dict[str, bool] = {}
    for one in await registry.signs.all():
        states[one.sign] = states.get(one.sign, False) or one.state == "registered"
    gone = {SignId.parse(sign) for sign, is_registered in states.items() if not is_registered}
    async with store.reading() as connection:
        files = await sign_files(connection)
    return frozenset(gone | {SignId.parse(one.sign) for one in files if one.state in NOT_IN_USE})
