"""Staff and their password hashes."""

from __future__ import annotations

from sqlalchemy import func, select, update

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.records import Member
from gangvakt.store.tables import STAFF


class StaffTable:
    """Reading and writing staff."""

    def __init__(self, database: Database, clock_ms: ClockMs = utc_ms) -> None:
        self._database = database
        self._clock_ms = clock_ms

    async def is_empty(self) -> bool:
        async with self._database.transaction() as connection:
            return not await connection.scalar(select(func.count()).select_from(STAFF))

    async def get(self, user: str) -> Member | None:
        query = select(STAFF).where(STAFF.c.user == user)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Member(row.user, row.password_hash, row.must_change, row.generation)

    async def add(self, user: str, password_hash: str, *, must_change: bool) -> bool:
        """False when the user is there already; nothing is changed then."""
        row = {
            "user": user,
            "password_hash": password_hash,
            "must_change": must_change,
            "generation": 1,
            "changed_ms": self._clock_ms(),
        }
        async with self._database.transaction() as connection:
            added = insert_into(connection, STAFF).values(row)
            statement = added.on_conflict_do_nothing().returning(STAFF.c.user)
            return (await connection.execute(statement)).one_or_none() is not None

    async def set_password(self, user: str, password_hash: str, *, must_change: bool) -> bool:
        """A new password ends the user's sessions; False when there is no such user."""
        statement = (
            update(STAFF)
            .where(STAFF.c.user == user)
            .values(
                password_hash=password_hash,
                must_change=must_change,
                generation=STAFF.c.generation + 1,
                changed_ms=self._clock_ms(),
            )
        )
        async with self._database.transaction() as connection:
            return bool((await connection.execute(statement)).rowcount)
