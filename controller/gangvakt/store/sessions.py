"""Sessions of staff, so that they end for every process and after a restart as well."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store.database import Database
from gangvakt.store.people_audit import note
from gangvakt.store.tables_people import SESSIONS

TOKEN_BYTES = 32
ID_BYTES = 8
MOST_OF_ONE_USER = 20  # the one that was idle longest makes room
SEEN_EVERY_MS = 60_000  # written once a minute at most: each request would write otherwise
LONGEST_ADDRESS, LONGEST_AGENT = 64, 120


class Stage(Enum):
    """How far somebody has come: the values stand in the database."""

    CODE = "code"  # the password was right, the code of the second factor is missing
    SET_UP = "set-up"  # a second factor has to be set up first
    OPEN = "open"


@dataclass(frozen=True)
class Session:
    """`id` is for people to speak of it, and opens nothing; times are UTC ms."""

    id: str
    user: str
    stage: Stage
    created_ms: int
    seen_ms: int
    address: str
    agent: str


def hash_of(secret: str) -> str:
    """SHA-256 in hex: enough for what is random and long."""
    return hashlib.sha256(secret.encode()).hexdigest()


class SessionTable:
    """Reading and writing sessions; a token is random, and only its hash is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, user: str, stage: Stage, now_ms: int, address: str, agent: str) -> str:
        """The token of a new session."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {
            "token": hash_of(token),
            "id": secrets.token_hex(ID_BYTES),
            "user": user,
            "stage": stage.value,
            "created_ms": now_ms,
            "seen_ms": now_ms,
            "address": address[:LONGEST_ADDRESS],
            "agent": agent[:LONGEST_AGENT],
        }
        mine = select(SESSIONS.c.token).where(SESSIONS.c.user == user).order_by(SESSIONS.c.seen_ms.desc())
        # Exclusive: SQLite lets nobody write whose reading has become old meanwhile.
        async with self._database.exclusive() as connection:
            too_many = mine.offset(MOST_OF_ONE_USER - 1)
            old = (await connection.scalars(too_many)).all()
            await connection.execute(delete(SESSIONS).where(SESSIONS.c.token.in_(old)))
            await connection.execute(insert(SESSIONS).values(row))
        return token

    async def seen(self, session: Session, now_ms: int) -> None:
        """It is used; noted once in a while."""
        if now_ms - session.seen_ms >= SEEN_EVERY_MS:
            changed = update(SESSIONS).where(SESSIONS.c.id == session.id).values(seen_ms=now_ms)
            async with self._database.transaction() as connection:
                await connection.execute(changed)

    async def of_user(self, user: str) -> tuple[Session, ...]:
        """The one that was used last comes first."""
        query = select(SESSIONS).where(SESSIONS.c.user == user).order_by(SESSIONS.c.seen_ms.desc())
        async with self._database.transaction() as connection:
            return tuple(session_of(row) for row in await connection.execute(query))

    async def end(self, token: str) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(SESSIONS).where(SESSIONS.c.token == hash_of(token)))

    async def end_one(self, user: str, id_: str) -> bool:
        """False when the user has none that is called so."""
        mine = (SESSIONS.c.user == user) & (SESSIONS.c.id == id_)
        async with self._database.transaction() as connection:
            return bool((await connection.execute(delete(SESSIONS).where(mine))).rowcount)

    async def end_all(self, user: str, but: str | None = None) -> int:
        """All of the user's but the one of the token `but`; how many there were."""
        async with self._database.transaction() as connection:
            return await end_sessions(connection, user, but)

    async def end_all_by(self, user: str, by: str) -> int:
        """As `end_all`, for somebody else."""
        async with self._database.transaction() as connection:
            ended = await end_sessions(connection, user)
            await note(connection, by, "session.end-all", user, {"sessions": ended}, {"sessions": 0})
            return ended

    async def forget(self, created_before_ms: int, seen_before_ms: int) -> int:
        """Deletes what is over by its age; how many there were."""
        over = (SESSIONS.c.created_ms < created_before_ms) | (SESSIONS.c.seen_ms < seen_before_ms)
        async with self._database.transaction() as connection:
            return (await connection.execute(delete(SESSIONS).where(over))).rowcount


async def end_sessions(connection: AsyncConnection, user: str, but: str | None = None) -> int:
    mine = SESSIONS.c.user == user
    others = mine if but is None else mine & (SESSIONS.c.token != hash_of(but))
    return (await connection.execute(delete(SESSIONS).where(others))).rowcount


def session_of(row: Row[Any]) -> Session:
    return Session(row.id, row.user, Stage(row.stage), row.created_ms, row.seen_ms, row.address, row.agent)
