"""The round that is walked as long as the controller runs: look, report, and let time do its part."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from gangvakt.alarms.service import Alarms, Tell
from gangvakt.alarms.statistics import ROUND_MS, SOURCE, Statistics
from gangvakt.alarms.watching import Watcher
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.fleet import LiveFleet, SignId
from gangvakt.fleet.activity import HOUR_MS, HOURS
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import BROKER_LOST
from gangvakt.fleet.life_cycle import LifeOf, always_in_service
from gangvakt.fleet.power import MAINS, Feed, PowerOf, PowerProfile
from gangvakt.fleet.sequence import REMEMBERED_MS
from gangvakt.provision.lifetimes import Lifetime
from gangvakt.store.alarms import AlarmTable
from gangvakt.store.gaps import GapTable

LOG = logging.getLogger(__name__)

ROUND_S = 2.0
BROKER = "broker"


class Patrol:
    """Composes watcher, statistics and alarms. `is_connected`: whether the broker is reached now. Without
    `power`, each sign's own word is taken, as far as it says enough. By `gaps` it knows which events were
    missing before the start.
    """

    def __init__(
        self,
        table: AlarmTable,
        fleet: LiveFleet,
        is_connected: Callable[[], bool],
        *,
        power: PowerOf | None = None,
        life_of: LifeOf = always_in_service,
        lifetimes: Callable[[], Sequence[Lifetime]] = tuple,
        tell: Tell | None = None,
        gaps: GapTable | None = None,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        power = power or partial(reported_power, fleet)
        self.alarms = Alarms(table, tell, clock_ms, life_of)
        self._is_connected, self._clock_ms, self._gaps = is_connected, clock_ms, gaps
        self._statistics = Statistics(fleet, power, lifetimes, life_of)
        self._asked_ms = clock_ms()
        self.is_restored = False  # before, nobody else may report: it would be raised twice
        self._watcher = Watcher(
            fleet,
            power,
            clock_ms,
            is_connected,
            self.alarms.next_look_ms,
            self._statistics.put_event,
            life_of,
        )
        self.sight = self._watcher.sight

    async def run(self, round_s: float = ROUND_S) -> None:
        """Round after round, until cancelled. What fails is tried again in the next one."""
        restored = False
        while True:
            try:
                if not restored:
                    await self.restore()
                    restored = True
                await self.round()
            except Exception:  # whatever went wrong with this sign or this commit, the others are watched on
                LOG.exception("watching the fleet")
                self._watcher.look_again()
            await asyncio.sleep(round_s)

    async def restore(self) -> None:
        await self.alarms.restore()
        self.is_restored = True
        since_ms = self._clock_ms() - HOURS * HOUR_MS
        self._statistics.restore(await self.alarms.table.activations(since_ms))
        if self._gaps is not None:
            remembered_ms = self._clock_ms() - REMEMBERED_MS
            self._watcher.restore_gaps(await self._gaps.skipped_since(remembered_ms))

    async def round(self) -> None:
        """One."""
        lost = [] if self._is_connected() else [Condition(BROKER_LOST, BROKER)]
        await self.alarms.report_all({BROKER: lost, **self._watcher.round()})
        await self.alarms.tick()
        now_ms = self._clock_ms()
        if now_ms - self._asked_ms >= ROUND_MS and self._is_connected():
            self._asked_ms = now_ms
            found = self._statistics.round(now_ms, self.sight)
            await self.alarms.report(SOURCE, found | self._unknown())

    def _unknown(self) -> set[Condition]:
        """What stands, and of which the statistics cannot say that it is over."""
        return {
            Condition(one.code, one.object, one.priority, one.text, one.data)
            for one in self.alarms.standing(SOURCE)
            if not self._statistics.knows(one.code, one.object)
        }


def reported_power(fleet: LiveFleet, sign: SignId) -> PowerProfile:
    """By the sign's configuration: solar, or a feeder with a battery.

    It does not know its feeder's hours, so one without a battery is taken for mains: that tells its absence
    rather than passing over it.
    """
    state = fleet.sign(sign)
    told = state.config.values.get("power_profile") if state and state.config else None
    for feed in (Feed.SOLAR, Feed.LIGHTING_BATTERY):
        if told == feed.value:
            return PowerProfile(feed)
    return MAINS
