"""Watching a fleet of 10,000 signs that say 1,000 things a second: what presence and alarms cost."""

from __future__ import annotations

import asyncio
import time
import tracemalloc

from gangvakt.alarms import Patrol
from gangvakt.fleet import Lamps, LiveFleet, SignId, SignStatus, SiteId, Telemetry
from gangvakt.fleet.alarm_classes import FEEDER
from gangvakt.fleet.power import Feed, PowerProfile
from gangvakt.store import Store
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, percentile
from gangvakt_sim.errors import StreetError

SIGNS, SIGNS_A_SITE, SIGNS_A_FEEDER = 10_000, 2, 100
MESSAGES_A_ROUND, ROUND_MS = 2_000, 2_000
BEGIN_MS = 1_800_000_000_000
# Ours: a fortieth of what two cores give, so that ingest and pages have the rest.
MOST_OF_A_CORE_PCT = 5.0
ENDPOINT_P99_MS = 150.0
STATUS = SignStatus(
    "9f3ac01b", 1, 1, "0.1.0", "0123abcd", "bench", "active", 1, Lamps(False, "alternating", 100), 1, (), True
)


def measure(bench: Bench) -> list[Figure]:
    """A quiet fleet's rounds, and the round in which a feeder of 100 signs dies."""
    return asyncio.run(_measure(bench))


async def _measure(bench: Bench) -> list[Figure]:
    clock = [BEGIN_MS]
    signs = [
        SiteId("drammen", f"site{number // SIGNS_A_SITE}").sign(f"pole{number % SIGNS_A_SITE}")
        for number in range(SIGNS)
    ]
    power = {
        sign: PowerProfile(Feed.LIGHTING_BATTERY, f"F{number // SIGNS_A_FEEDER}")
        for number, sign in enumerate(signs)
    }
    async with Store.open(bench.folder / "x.db") as store:
        fleet = LiveFleet(lambda: clock[0])
        for sign in signs:
            fleet.put_status(sign, STATUS, clock[0])
        tracemalloc.start()
        patrol = Patrol(store.alarms, fleet, lambda: True, power=power.__getitem__, clock_ms=lambda: clock[0])
        await patrol.alarms.restore()
        await patrol.round()
        memory_mb = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        round_s = [await _round(patrol, fleet, signs, clock, number) for number in range(bench.times(60, 10))]
        bench.say.step("watching: quiet rounds")
        dead = frozenset(signs[:SIGNS_A_FEEDER])
        last_s = await _death(patrol, fleet, signs, clock, dead)
        alarms = patrol.alarms.standing("feeder:drammen/F0")
        if [alarm.code for alarm in alarms] != [FEEDER]:
            raise StreetError(f"watching: a dead feeder shall be one alarm, not {alarms}")
    share = [seconds / (ROUND_MS / 1000) * 100 for seconds in round_s]
    how = (
        f"{SIGNS} signs, {MESSAGES_A_ROUND * 1000 // ROUND_MS} messages/s, a round each {ROUND_MS // 1000} s"
    )
    longest_ms = percentile(share, 99) / 100 * ROUND_MS
    list_ = Reference(ENDPOINT_P99_MS, "what a list may take")
    bound = Reference(MOST_OF_A_CORE_PCT, "of one core", Bound.AT_MOST)
    return [
        Figure("watching, share of a core, median", median(share), "%", how, bound),
        Figure("watching, a round, p99", longest_ms, "ms", "CPU, and nothing else runs meanwhile", list_),
        Figure("watching, memory", memory_mb, "MB", f"what {SIGNS} watched signs take beside the live model"),
        Figure(
            "watching, a dead feeder", last_s * 1000, "ms",
            f"CPU of the round that finds {SIGNS_A_FEEDER} signs gone: one alarm stored",
        ),
    ]  # fmt: skip


async def _round(
    patrol: Patrol, fleet: LiveFleet, signs: list[SignId], clock: list[int], number: int
) -> float:
    """CPU seconds of one round, in which every fifth sign was heard."""
    clock[0] += ROUND_MS
    first = number * MESSAGES_A_ROUND % SIGNS
    for sign in signs[first : first + MESSAGES_A_ROUND]:
        fleet.put_telemetry(sign, Telemetry(clock[0] - BEGIN_MS), clock[0])
    begun_s = time.process_time()
    await patrol.round()
    return time.process_time() - begun_s


async def _death(
    patrol: Patrol, fleet: LiveFleet, signs: list[SignId], clock: list[int], dead: frozenset[SignId]
) -> float:
    for sign in signs:
        if sign in dead:
            fleet.put_offline(sign, clock[0])
    clock[0] += ROUND_MS
    begun_s = time.process_time()
    await patrol.round()
    return time.process_time() - begun_s
