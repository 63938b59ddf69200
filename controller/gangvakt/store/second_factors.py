"""Second factors of staff: sealed secrets, the last code that was taken, recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.people_audit import note
from gangvakt.store.sessions import Stage, hash_of
from gangvakt.store.tables_people import RECOVERY_CODES, SECOND_FACTORS, SESSIONS, STAFF_RULES

NEVER = 0  # no code was taken yet
ADMINISTRATORS_MUST = "administrators_need_second_factor"


@dataclass(frozen=True)
class Factor:
    """`secret` is sealed; it counts from `confirmed_ms` on. `last_step`: of the last code that was taken."""

    user: str
    secret: str
    made_ms: int
    confirmed_ms: int | None
    last_step: int


class FactorTable:
    """Reading and writing second factors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, user: str) -> Factor | None:
        query = select(SECOND_FACTORS).where(SECOND_FACTORS.c.user == user)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else Factor(*row)

    async def users(self) -> frozenset[str]:
        """Whoever has one that counts."""
        query = select(SECOND_FACTORS.c.user).where(SECOND_FACTORS.c.confirmed_ms.is_not(None))
        async with self._database.transaction() as connection:
            return frozenset(await connection.scalars(query))

    async def begin(self, user: str, sealed: str, now_ms: int) -> bool:
        """A secret that does not count yet, instead of one that does not; False where one counts."""
        row = {
            "user": user,
            "secret": sealed,
            "made_ms": now_ms,
            "confirmed_ms": None,
            "last_step": NEVER,
        }
        async with self._database.exclusive() as connection:
            added = insert_into(connection, SECOND_FACTORS).values(row)
            renewed = added.on_conflict_do_update(
                index_elements=["user"], set_=row, where=SECOND_FACTORS.c.confirmed_ms.is_(None)
            ).returning(SECOND_FACTORS.c.user)
            return (await connection.execute(renewed)).one_or_none() is not None

    async def confirm(self, user: str, step: int, codes: Iterable[str], now_ms: int) -> bool:
        """It counts from now on, with these recovery codes; False where nothing waits to be confirmed."""
        waiting = (SECOND_FACTORS.c.user == user) & SECOND_FACTORS.c.confirmed_ms.is_(None)
        async with self._database.exclusive() as connection:
            changed = update(SECOND_FACTORS).where(waiting).values(confirmed_ms=now_ms, last_step=step)
            if not (await connection.execute(changed)).rowcount:
                return False
            await _write_codes(connection, user, codes)
            await note(connection, user, "second-factor.set", user)
            return True

    async def take_step(self, user: str, step: int) -> bool:
        """False where a code of this step, or of a later one, was taken already."""
        newer = (SECOND_FACTORS.c.user == user) & (SECOND_FACTORS.c.last_step < step)
        async with self._database.transaction() as connection:
            changed = update(SECOND_FACTORS).where(newer).values(last_step=step)
            return bool((await connection.execute(changed)).rowcount)

    async def take_recovery_code(self, user: str, code: str) -> bool:
        """False where it is none of the user's, or was taken already."""
        one = (RECOVERY_CODES.c.user == user) & (RECOVERY_CODES.c.code == hash_of(code))
        async with self._database.transaction() as connection:
            if not (await connection.execute(delete(RECOVERY_CODES).where(one))).rowcount:
                return False
            await note(connection, user, "second-factor.recovery-code", user)
            return True

    async def codes_left(self, user: str) -> int:
        query = select(func.count()).select_from(RECOVERY_CODES).where(RECOVERY_CODES.c.user == user)
        async with self._database.transaction() as connection:
            return int(await connection.scalar(query) or 0)

    async def renew_codes(self, user: str, codes: Iterable[str]) -> None:
        """The old ones are worth nothing any more."""
        async with self._database.exclusive() as connection:
            await _write_codes(connection, user, codes)
            await note(connection, user, "second-factor.codes", user)

    async def remove(self, user: str, by: str) -> bool:
        """False where there is none."""
        async with self._database.exclusive() as connection:
            await connection.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.user == user))
            gone = delete(SECOND_FACTORS).where(SECOND_FACTORS.c.user == user)
            if not (await connection.execute(gone)).rowcount:
                return False
            await note(connection, by, "second-factor.remove", user)
            return True

    async def administrators_must(self) -> bool:
        """Whether administrators may do nothing before they have one."""
        query = select(STAFF_RULES.c.value).where(STAFF_RULES.c.name == ADMINISTRATORS_MUST)
        async with self._database.transaction() as connection:
            return bool(await connection.scalar(query) == "yes")

    async def demand(self, must: bool, administrators: Iterable[str], now_ms: int, by: str) -> None:
        """Says whether they must. Open sessions of `administrators` without one have to set it up at once."""
        row = {"name": ADMINISTRATORS_MUST, "value": "yes" if must else "no", "changed_ms": now_ms}
        confirmed = select(SECOND_FACTORS.c.user).where(SECOND_FACTORS.c.confirmed_ms.is_not(None))
        without = SESSIONS.c.user.in_(tuple(administrators)) & SESSIONS.c.user.not_in(confirmed)
        stages = (Stage.OPEN, Stage.SET_UP) if must else (Stage.SET_UP, Stage.OPEN)
        before, after = (stage.value for stage in stages)
        held = select(STAFF_RULES.c.value).where(STAFF_RULES.c.name == ADMINISTRATORS_MUST)
        async with self._database.exclusive() as connection:
            was = await connection.scalar(held) == "yes"
            added = insert_into(connection, STAFF_RULES).values(row)
            await connection.execute(added.on_conflict_do_update(index_elements=["name"], set_=row))
            moved = update(SESSIONS).where(without & (SESSIONS.c.stage == before)).values(stage=after)
            await connection.execute(moved)
            states = {"value": was}, {"value": must}
            await note(connection, by, "staff-rules.change", ADMINISTRATORS_MUST, *states)


async def _write_codes(connection: AsyncConnection, user: str, codes: Iterable[str]) -> None:
    await connection.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.user == user))
    await connection.execute(
        insert(RECOVERY_CODES), [{"user": user, "code": hash_of(code)} for code in codes]
    )
