"""Staff: their password hashes, and what they may do where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import SettingRefused
from gangvakt.fleet.roles import EVERYWHERE, ROLES, Grants, Role, grants_in
from gangvakt.store.acting import RESERVED
from gangvakt.store.api_tokens import TokenTable
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.login_providers import ProviderTable
from gangvakt.store.people_audit import COMMAND_LINE, note
from gangvakt.store.records import Member
from gangvakt.store.second_factors import FactorTable
from gangvakt.store.sessions import Session, SessionTable, end_sessions, hash_of, session_of
from gangvakt.store.tables import STAFF
from gangvakt.store.tables_people import BY_USER, SESSIONS, STAFF_GRANTS


class StaffTable:
    """Reading and writing staff. `by` is who does it, for the audit."""

    def __init__(self, database: Database, clock_ms: ClockMs = utc_ms) -> None:
        self._database = database
        self._clock_ms = clock_ms
        self.sessions, self.factors = SessionTable(database), FactorTable(database)
        self.tokens, self.providers = TokenTable(database), ProviderTable(database)

    async def is_empty(self) -> bool:
        async with self._database.transaction() as connection:
            return not await connection.scalar(select(func.count()).select_from(STAFF))

    async def get(self, user: str) -> Member | None:
        async with self._database.transaction() as connection:
            return await read_member(connection, user)

    async def session(self, token: str) -> tuple[Session, Member] | None:
        """The session of a token, and whose it is; of which age it is, is the caller's business."""
        query = select(SESSIONS).where(SESSIONS.c.token == hash_of(token))
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
            member = None if row is None else await read_member(connection, row.user)
        return None if row is None or member is None else (session_of(row), member)

    async def of_reference(self, issuer: str, subject: str) -> Member | None:
        """Who logs in elsewhere, by what is known of him there."""
        query = select(STAFF.c.user).where(STAFF.c.issuer == issuer, STAFF.c.subject == subject)
        async with self._database.transaction() as connection:
            user = await connection.scalar(query)
            return None if user is None else await read_member(connection, user)

    async def all(self) -> tuple[Member, ...]:
        """Ordered by their names."""
        async with self._database.transaction() as connection:
            grants: dict[str, dict[str, Role]] = {}
            for row in await connection.execute(select(STAFF_GRANTS)):
                grants.setdefault(row.user, {})[row.municipality] = ROLES[row.role]
            rows = await connection.execute(select(STAFF).order_by(STAFF.c.user))
            return tuple(_member(row, Grants(grants.get(row.user))) for row in rows)

    async def add(
        self,
        user: str,
        password_hash: str,
        *,
        must_change: bool,
        municipalities: frozenset[str] | None = None,
        grants: Grants | None = None,
        reference: tuple[str, str] | None = None,
        by: str = COMMAND_LINE,
    ) -> bool:
        """False when the user is there already; nothing is changed then. SettingRefused for a name that the
        audit has for the controller itself.

        Without `grants` he administers `municipalities`. `reference`: issuer and subject.
        """
        if user.casefold() in RESERVED:
            raise SettingRefused("staff", "user", user, "any name but 'controller', which is the audit's own")
        issuer, subject = reference or (None, None)
        row = {
            "user": user,
            "password_hash": password_hash,
            "must_change": must_change,
            "changed_ms": self._clock_ms(),
            "issuer": issuer,
            "subject": subject,
        }
        async with self._database.exclusive() as connection:
            added = insert_into(connection, STAFF).values(row)
            statement = added.on_conflict_do_nothing().returning(STAFF.c.user)
            if (await connection.execute(statement)).one_or_none() is None:
                return False
            grants = grants_in(municipalities, Role.ADMINISTRATOR) if grants is None else grants
            await _write_grants(connection, user, grants)
            await note(connection, by, "user.add", user, None, {"grants": told(grants)})
            return True

    async def remove(self, user: str, *, by: str = COMMAND_LINE) -> bool:
        """False, and nothing done, when nobody else administers everything, or there is no such user."""
        async with self._database.exclusive() as connection:
            member = await read_member(connection, user)
            if member is None or not await _others_administer(connection, user):
                return False
            for table in BY_USER:
                await connection.execute(delete(table).where(table.c.user == user))
            await connection.execute(delete(STAFF).where(STAFF.c.user == user))
            await note(connection, by, "user.remove", user, {"grants": told(member.grants)}, None)
            return True

    async def set_password(
        self, user: str, password_hash: str, *, must_change: bool, by: str = COMMAND_LINE
    ) -> bool:
        """A new password ends the user's sessions; False when there is no such user."""
        values = {"password_hash": password_hash, "must_change": must_change}
        async with self._database.transaction() as connection:
            if not await self._update(connection, user, values):
                return False
            await end_sessions(connection, user)
            await note(connection, by, "user.password", user, None, {"one_time": must_change})
            return True

    async def renew_hash(self, user: str, old: str, new: str) -> None:
        """The same password, hashed anew; nothing when it was changed meanwhile."""
        mine = (STAFF.c.user == user) & (STAFF.c.password_hash == old)
        async with self._database.transaction() as connection:
            await connection.execute(update(STAFF).where(mine).values(password_hash=new))

    async def set_municipalities(
        self, user: str, municipalities: frozenset[str] | None, *, by: str = COMMAND_LINE
    ) -> bool:
        """The highest role that the user has, in these from the next request on, None for all of them.

        False when there is no such user. Sessions go on: each request looks anew.
        """
        async with self._database.exclusive() as connection:
            member = await read_member(connection, user)
            if member is None:
                return False
            grants = grants_in(municipalities, member.grants.highest or Role.VIEWER)
            await self._change_grants(connection, member, grants, by)
            return True

    async def set_grants(self, user: str, grants: Grants, *, by: str = COMMAND_LINE) -> bool:
        """All that the user may from now on. His sessions end.

        False, and nothing done, when there is no such user, or nobody would be left to administer everything.
        """
        async with self._database.exclusive() as connection:
            member = await read_member(connection, user)
            if member is None:
                return False
            if grants.everywhere is not Role.ADMINISTRATOR and not await _others_administer(connection, user):
                return False
            await self._change_grants(connection, member, grants, by)
            await end_sessions(connection, user)
            return True

    async def set_locked(self, user: str, locked: bool, *, by: str = COMMAND_LINE) -> bool:
        """Nobody gets in as a user who is locked, and his sessions end; False as by `set_grants`."""
        async with self._database.exclusive() as connection:
            if locked and not await _others_administer(connection, user):
                return False
            if not await self._update(connection, user, {"locked": locked}):
                return False
            await end_sessions(connection, user)
            await note(connection, by, "user.lock" if locked else "user.unlock", user)
            return True

    async def note_lock_out(self, user: str, address: str, wait_s: int) -> None:
        """Too many wrong guesses: for the audit."""
        async with self._database.exclusive() as connection:
            told = {"address": address, "wait_s": wait_s}
            await note(connection, "controller", "login.locked", user, None, told)

    async def _update(self, connection: AsyncConnection, user: str, values: dict[str, Any]) -> bool:
        changed = update(STAFF).where(STAFF.c.user == user).values(values | {"changed_ms": self._clock_ms()})
        return bool((await connection.execute(changed)).rowcount)

    async def _change_grants(
        self, connection: AsyncConnection, member: Member, grants: Grants, by: str
    ) -> None:
        await connection.execute(delete(STAFF_GRANTS).where(STAFF_GRANTS.c.user == member.user))
        await _write_grants(connection, member.user, grants)
        await self._update(connection, member.user, {})
        before, after = {"grants": told(member.grants)}, {"grants": told(grants)}
        await note(connection, by, "user.grants", member.user, before, after)


def told(grants: Grants) -> dict[str, str]:
    """Roles as words, by municipality."""
    return {where: role.word for where, role in grants.items()}


async def read_member(connection: AsyncConnection, user: str) -> Member | None:
    row = (await connection.execute(select(STAFF).where(STAFF.c.user == user))).one_or_none()
    return None if row is None else _member(row, await read_grants(connection, user))


async def read_grants(connection: AsyncConnection, user: str) -> Grants:
    rows = await connection.execute(select(STAFF_GRANTS).where(STAFF_GRANTS.c.user == user))
    return grants_of(rows)


def grants_of(rows: Iterable[Row[Any]]) -> Grants:
    return Grants({row.municipality: ROLES[row.role] for row in rows})


async def _write_grants(connection: AsyncConnection, user: str, grants: Grants) -> None:
    rows = [{"user": user, "municipality": where, "role": role.word} for where, role in grants.items()]
    if rows:
        await connection.execute(insert(STAFF_GRANTS), rows)


async def _others_administer(connection: AsyncConnection, user: str) -> bool:
    """Whether somebody else, who is not locked, administers all municipalities."""
    held = STAFF_GRANTS.join(STAFF, STAFF.c.user == STAFF_GRANTS.c.user)
    everything = (STAFF_GRANTS.c.municipality == EVERYWHERE) & (
        STAFF_GRANTS.c.role == Role.ADMINISTRATOR.word
    )
    others = (STAFF.c.user != user) & STAFF.c.locked.is_(False)
    return bool(await connection.scalar(select(func.count()).select_from(held).where(everything & others)))


def _member(row: Row[Any], grants: Grants) -> Member:
    reference = (row.issuer, row.subject) if row.issuer and row.subject else None
    return Member(row.user, row.password_hash, row.must_change, grants, row.locked, reference)
