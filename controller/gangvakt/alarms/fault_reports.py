"""What people in the street tell becomes an alarm of the crossing, until somebody has dealt with it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict

from gangvakt.alarms.patrol import Patrol
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import GangvaktError, Missing, TooManyReports
from gangvakt.fleet import SiteId
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import PUBLIC_REPORT
from gangvakt.provision.public_wire import FaultReportIn, FaultReportOut
from gangvakt.store.fault_reports import FaultReportTable

LOG = logging.getLogger(__name__)

SOURCE = "public"
# Of one crossing that are open: whoever tells it once more tells nothing new, and a flood stays small.
MOST_OPEN = 20
LOOK_S = 60.0


class FaultReports:
    """The alarm says how many there are, not what they say: its history is kept, they are not."""

    def __init__(self, table: FaultReportTable, patrol: Patrol, clock_ms: ClockMs = utc_ms) -> None:
        self.table, self._patrol, self._clock_ms = table, patrol, clock_ms

    async def take(self, site: SiteId, told: FaultReportIn) -> int:
        """The number of the report; TooManyReports where that many are open."""
        if await self.table.count_open(site) >= MOST_OPEN:
            raise TooManyReports(str(site), MOST_OPEN)
        number = await self.table.add(site, told, self._clock_ms())
        await self.refresh()
        return number

    async def one(self, number: int) -> FaultReportOut:
        """Missing when there is none, or none any more."""
        found = await self.table.get(number)
        if found is None:
            raise Missing("fault report", str(number), "`gangvakt public reports` lists those that are open")
        return found

    async def done(self, number: int, who: str) -> FaultReportOut:
        """Somebody has dealt with it; Missing."""
        if (await self.one(number)).done_ms is None:
            await self.table.done(number, who, self._clock_ms())
            await self.refresh()
        return await self.one(number)

    async def refresh(self) -> None:
        """Alarms are as the open reports are; before those of the last run are known, nothing is said."""
        if not self._patrol.is_restored:
            return
        counts: dict[str, int] = defaultdict(int)
        for one in await self.table.open():
            counts[one.site] += 1
        await self._patrol.alarms.report(SOURCE, {_condition(site, count) for site, count in counts.items()})

    async def run(self, look_s: float = LOOK_S) -> None:
        """What is over is forgotten, until cancelled."""
        while True:
            try:
                await self.table.purge(self._clock_ms())
                await self.refresh()
            except GangvaktError as error:
                LOG.warning("fault reports wait: %s", error)
            await asyncio.sleep(look_s)


def _condition(site: str, count: int) -> Condition:
    reports = "one report" if count == 1 else f"{count} reports"
    return Condition(
        PUBLIC_REPORT,
        site,
        text=f"Somebody in the street has reported a fault: {reports}",
        data={"reports": count},
    )
