"""Tokens of programs: hashed, with a scope that is never more than their owner's, and an end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from gangvakt.fleet.roles import EVERYWHERE, ROLES, Grants, Role
from gangvakt.store.database import Database
from gangvakt.store.people_audit import note
from gangvakt.store.sessions import hash_of
from gangvakt.store.tables_people import API_TOKENS

PREFIX = "gvt_"  # so that scanners of repositories, and people, know one when they see it
TOKEN_BYTES = 32
USED_EVERY_MS = 60_000  # written once a minute at most
MOST_OF_ONE_USER = 50


@dataclass(frozen=True)
class NewToken:
    """`municipalities` None: all in which the owner has a role."""

    user: str
    name: str
    role: Role
    municipalities: frozenset[str] | None
    expires_ms: int


@dataclass(frozen=True)
class ApiToken(NewToken):
    """As stored: without the token itself."""

    id: int
    created_ms: int
    used_ms: int | None
    revoked_ms: int | None

    def is_over(self, now_ms: int) -> bool:
        return self.revoked_ms is not None or now_ms >= self.expires_ms

    def grants(self, owner: Grants) -> Grants:
        """What it opens: of that which its owner may now, what its scope holds."""
        return owner.at_most(self.role).within(self.municipalities)


class TokenTable:
    """Reading and writing tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: NewToken, now_ms: int, by: str) -> tuple[int, str] | None:
        """Its number, and the token, which is told this once; None where the user has too many."""
        token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        names = new.municipalities
        row = {
            "user": new.user,
            "name": new.name,
            "token": hash_of(token),
            "role": new.role.word,
            "municipalities": EVERYWHERE if names is None else " ".join(sorted(names)),
            "created_ms": now_ms,
            "expires_ms": new.expires_ms,
        }
        live = (
            (API_TOKENS.c.user == new.user)
            & API_TOKENS.c.revoked_ms.is_(None)
            & (API_TOKENS.c.expires_ms > now_ms)
        )
        async with self._database.exclusive() as connection:
            held = await connection.scalar(select(func.count()).select_from(API_TOKENS).where(live))
            if (held or 0) >= MOST_OF_ONE_USER:
                return None
            added = insert(API_TOKENS).values(row).returning(API_TOKENS.c.id)
            number = int((await connection.execute(added)).scalar_one())
            told = {key: row[key] for key in ("name", "role", "municipalities", "expires_ms")}
            await note(connection, by, "token.add", new.user, None, told | {"number": number})
        return number, token

    async def find(self, token: str) -> ApiToken | None:
        query = select(API_TOKENS).where(API_TOKENS.c.token == hash_of(token))
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _token(row)

    async def used(self, token: ApiToken, now_ms: int) -> None:
        """Noted once in a while."""
        if token.used_ms is None or now_ms - token.used_ms >= USED_EVERY_MS:
            changed = update(API_TOKENS).where(API_TOKENS.c.id == token.id).values(used_ms=now_ms)
            async with self._database.transaction() as connection:
                await connection.execute(changed)

    async def of_user(self, user: str | None = None) -> tuple[ApiToken, ...]:
        """Newest first, those that are over as well; None: of everybody."""
        query = select(API_TOKENS).order_by(API_TOKENS.c.id.desc())
        async with self._database.transaction() as connection:
            rows = await connection.execute(query if user is None else query.where(API_TOKENS.c.user == user))
            return tuple(_token(row) for row in rows)

    async def revoke(self, number: int, user: str, now_ms: int, by: str) -> bool:
        """False where the user has no such token, or it was revoked before."""
        mine = (API_TOKENS.c.id == number) & (API_TOKENS.c.user == user) & API_TOKENS.c.revoked_ms.is_(None)
        async with self._database.transaction() as connection:
            changed = update(API_TOKENS).where(mine).values(revoked_ms=now_ms)
            if not (await connection.execute(changed)).rowcount:
                return False
            await note(connection, by, "token.revoke", user, None, {"number": number})
            return True


def _token(row: Row[Any]) -> ApiToken:
    names = None if row.municipalities == EVERYWHERE else frozenset(row.municipalities.split())
    return ApiToken(
        row.user,
        row.name,
        ROLES[row.role],
        names,
        row.expires_ms,
        row.id,
        row.created_ms,
        row.used_ms,
        row.revoked_ms,
    )
