"""Staff and their password hashes."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.records import Member
from gangvakt.store.tables import STAFF

ALL_MUNICIPALITIES = "*"
HIGHEST_FIRST_GENERATION = 2**30


def _scope(text: str) -> frozenset[str] | None:
    return None if text == ALL_MUNICIPALITIES else frozenset(text.split())


def _scope_text(municipalities: frozenset[str] | None) -> str:
    return ALL_MUNICIPALITIES if municipalities is None else " ".join(sorted(municipalities))


def _member(row: Row[Any]) -> Member:
    return Member(row.user, row.password_hash, row.must_change, row.generation, _scope(row.municipalities))


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
        return None if row is None else _member(row)

    async def all(self) -> tuple[Member, ...]:
        """Ordered by their names."""
        async with self._database.transaction() as connection:
            rows = await connection.execute(select(STAFF).order_by(STAFF.c.user))
            return tuple(_member(row) for row in rows)

    async def remove(self, user: str) -> bool:
        """False, and nothing done, when nobody else sees everything, or there is no such user."""
        async with self._database.exclusive() as connection:
            sees_all = (STAFF.c.municipalities == ALL_MUNICIPALITIES) & (STAFF.c.user != user)
            others = await connection.scalar(select(func.count()).select_from(STAFF).where(sees_all))
            if not others:
                return False
            return bool((await connection.execute(delete(STAFF).where(STAFF.c.user == user))).rowcount)

    async def add(
        self,
        user: str,
        password_hash: str,
        *,
        must_change: bool,
        municipalities: frozenset[str] | None = None,
    ) -> bool:
        """False when the user is there already; nothing is changed then."""
        row = {
            "user": user,
            "password_hash": password_hash,
            "must_change": must_change,
            "municipalities": _scope_text(municipalities),
            # Any number: what was signed for somebody of that name who was removed opens nothing.
            "generation": 1 + secrets.randbelow(HIGHEST_FIRST_GENERATION),
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

    async def set_municipalities(self, user: str, municipalities: frozenset[str] | None) -> bool:
        """Whose signs the user sees from the next request on, None for all; False when there is none."""
        values = {"municipalities": _scope_text(municipalities), "changed_ms": self._clock_ms()}
        statement = update(STAFF).where(STAFF.c.user == user).values(values)
        async with self._database.transaction() as connection:
            return bool((await connection.execute(statement)).rowcount)
