"""What people in the street have told. How to reach them is kept apart, and for a shorter time."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, func, insert, or_, select, update

from gangvakt.fleet import SiteId
from gangvakt.provision.public_wire import FaultReportIn, FaultReportOut
from gangvakt.store.audit import note
from gangvakt.store.database import Database
from gangvakt.store.tables_public import FAULT_REPORTS

DAY_MS = 86_400_000
# Long enough to ask back while somebody mends it, and to see next quarter whether the same is told again.
CONTACT_KEPT_DAYS, REPORT_KEPT_DAYS = 30, 90


class FaultReportTable:
    """Reports by their number; those that are done stay until their time is over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, site: SiteId, told: FaultReportIn, now_ms: int) -> int:
        """Its number."""
        row = {
            "site": str(site),
            **told.model_dump(),
            "at_ms": now_ms,
            "forget_ms": now_ms + CONTACT_KEPT_DAYS * DAY_MS,
            "delete_ms": now_ms + REPORT_KEPT_DAYS * DAY_MS,
        }
        async with self._database.exclusive() as connection:
            added = await connection.execute(insert(FAULT_REPORTS).values(row).returning(FAULT_REPORTS.c.id))
            return int(added.scalar_one())

    async def get(self, number: int) -> FaultReportOut | None:
        """None when there is none, or none any more."""
        async with self._database.transaction() as connection:
            query = select(FAULT_REPORTS).where(FAULT_REPORTS.c.id == number)
            row = (await connection.execute(query)).one_or_none()
        return FaultReportOut.model_validate(row) if row else None

    async def open(self, site: SiteId | None = None) -> tuple[FaultReportOut, ...]:
        """Those that nobody has dealt with, oldest first."""
        query = select(FAULT_REPORTS).where(FAULT_REPORTS.c.done_ms.is_(None)).order_by(FAULT_REPORTS.c.id)
        if site is not None:
            query = query.where(FAULT_REPORTS.c.site == str(site))
        async with self._database.transaction() as connection:
            return tuple(FaultReportOut.model_validate(row) for row in await connection.execute(query))

    async def page(
        self, municipalities: Collection[str] | None, after: int, limit: int, *, only_open: bool
    ) -> tuple[FaultReportOut, ...]:
        """At most `limit` with a number above `after`, ascending; None: of all municipalities."""
        columns = FAULT_REPORTS.c
        query = select(FAULT_REPORTS).where(columns.id > after).order_by(columns.id).limit(limit)
        if municipalities is not None:
            query = query.where(or_(*(columns.site.startswith(f"{one}/") for one in municipalities)))
        if only_open:
            query = query.where(columns.done_ms.is_(None))
        async with self._database.transaction() as connection:
            return tuple(FaultReportOut.model_validate(row) for row in await connection.execute(query))

    async def count_open(self, site: SiteId) -> int:
        mine = FAULT_REPORTS.c.site == str(site)
        query = select(func.count()).select_from(FAULT_REPORTS).where(mine, FAULT_REPORTS.c.done_ms.is_(None))
        async with self._database.transaction() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def done(self, number: int, who: str, now_ms: int) -> None:
        """It is dealt with, and how to reach whoever told it is forgotten."""
        async with self._database.exclusive() as connection:
            mine = FAULT_REPORTS.c.id == number
            await connection.execute(
                update(FAULT_REPORTS).where(mine).values(done_ms=now_ms, contact="", forget_ms=now_ms)
            )
            await note(connection, who, "fault-report.done", f"report:{number}", None, {"done_ms": now_ms})

    async def purge(self, now_ms: int) -> int:
        """Deletes and forgets what is over; how many reports went."""
        async with self._database.exclusive() as connection:
            over = FAULT_REPORTS.c.forget_ms <= now_ms
            await connection.execute(update(FAULT_REPORTS).where(over).values(contact=""))
            gone = await connection.execute(delete(FAULT_REPORTS).where(FAULT_REPORTS.c.delete_ms <= now_ms))
        return int(gone.rowcount)
