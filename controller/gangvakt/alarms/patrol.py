"""The round that is walked as long as the controller runs: look, report, and let time do its part."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from gangvakt.alarms.service import Alarms, Tell
from gangvakt.alarms.watching import Watcher
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.fleet import LiveFleet
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import BROKER_LOST
from gangvakt.fleet.power import MAINS, PowerOf
from gangvakt.store.alarms import AlarmTable

LOG = logging.getLogger(__name__)

ROUND_S = 2.0
BROKER = "broker"


class Patrol:
    """Composes watcher and alarms. `is_connected`: whether the broker is reached now."""

    def __init__(
        self,
        table: AlarmTable,
        fleet: LiveFleet,
        is_connected: Callable[[], bool],
        *,
        power: PowerOf = lambda _: MAINS,
        tell: Tell | None = None,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self.alarms = Alarms(table, tell, clock_ms)
        self._is_connected = is_connected
        self._watcher = Watcher(fleet, power, clock_ms, is_connected, self.alarms.next_look_ms)
        self.sight = self._watcher.sight

    async def run(self, round_s: float = ROUND_S) -> None:
        """Round after round, until cancelled. What fails is tried again in the next one."""
        restored = False
        while True:
            try:
                if not restored:
                    await self.alarms.restore()
                    restored = True
                await self.round()
            except Exception:  # whatever went wrong with this sign or this commit, the others are watched on
                LOG.exception("watching the fleet")
                self._watcher.look_again()
            await asyncio.sleep(round_s)

    async def round(self) -> None:
        """One."""
        lost = [] if self._is_connected() else [Condition(BROKER_LOST, BROKER)]
        await self.alarms.report_all({BROKER: lost, **self._watcher.round()})
        await self.alarms.tick()
