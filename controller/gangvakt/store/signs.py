"""Signs as last heard, so that a restart shows them before they report again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignId
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.records import SeenSign
from gangvakt.store.tables import SIGNS

NAMES_PER_QUERY = 500  # below SQLite's oldest limit of 999 values a statement


async def upsert_signs(connection: AsyncConnection, signs: Sequence[SeenSign]) -> None:
    """Makes or renews one row a sign; without a new status the old one stays."""
    if not signs:
        return
    statement = insert_into(connection, SIGNS).values([_row(sign) for sign in signs])
    renewed = {
        "last_seen_ms": statement.excluded.last_seen_ms,
        "status": func.coalesce(statement.excluded.status, SIGNS.c.status),
    }
    await connection.execute(statement.on_conflict_do_update(index_elements=["sign"], set_=renewed))


class SignTable:
    """Reading signs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[SeenSign, ...]:
        """Every sign that was ever heard, ordered by its identity."""
        query = select(SIGNS).order_by(SIGNS.c.sign)
        async with self._database.transaction() as connection:
            rows = await connection.execute(query)
            return tuple(SeenSign(SignId.parse(row.sign), row.last_seen_ms, row.status) for row in rows)

    async def status(self, sign: SignId) -> str | None:
        """The status that the sign published last, as JSON."""
        query = select(SIGNS.c.status).where(SIGNS.c.sign == str(sign))
        async with self._database.transaction() as connection:
            text: str | None = await connection.scalar(query)
            return text

    async def statuses(self, signs: Collection[SignId]) -> dict[SignId, str]:
        """The same of many; of those that published one."""
        names = sorted({str(sign) for sign in signs})
        found: dict[SignId, str] = {}
        async with self._database.transaction() as connection:
            for start in range(0, len(names), NAMES_PER_QUERY):
                some = SIGNS.c.sign.in_(names[start : start + NAMES_PER_QUERY])
                query = select(SIGNS.c.sign, SIGNS.c.status).where(some, SIGNS.c.status.is_not(None))
                rows = await connection.execute(query)
                found |= {SignId.parse(row.sign): row.status for row in rows}
        return found


def _row(sign: SeenSign) -> dict[str, object]:
    return {
        "sign": str(sign.sign),
        "first_seen_ms": sign.seen_ms,
        "last_seen_ms": sign.seen_ms,
        "status": sign.status,
    }
