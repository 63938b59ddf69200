"""Where people log in with what they have already, and log-ins on their way there and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.people_audit import note
from gangvakt.store.sessions import hash_of
from gangvakt.store.tables_people import LOGIN_FLOWS, LOGIN_PROVIDERS

FLOW_LIFE_MS = 600_000  # for whoever has to find his telephone meanwhile
MOST_FLOWS = 1000  # that were begun and have not come back; beyond it the oldest goes


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider; `options` are api/oidc_options.py's."""

    name: str
    issuer: str
    client_id: str
    client_secret: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Flow:
    """A log-in that went to `provider` at `created_ms`, and where it shall lead."""

    provider: str
    nonce: str
    verifier: str
    next: str
    created_ms: int


class ProviderTable:
    """Reading and writing providers and flows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Provider, ...]:
        async with self._database.transaction() as connection:
            rows = await connection.execute(select(LOGIN_PROVIDERS).order_by(LOGIN_PROVIDERS.c.name))
            return tuple(_provider(row) for row in rows)

    async def get(self, name: str) -> Provider | None:
        async with self._database.transaction() as connection:
            return await _read(connection, name)

    async def save(self, provider: Provider, now_ms: int, by: str) -> None:
        """A new one, or instead of the one of that name."""
        row = {
            "name": provider.name,
            "issuer": provider.issuer,
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "options": json.dumps(provider.options),
            "changed_ms": now_ms,
        }
        async with self._database.exclusive() as connection:
            before = await _read(connection, provider.name)
            added = insert_into(connection, LOGIN_PROVIDERS).values(row)
            await connection.execute(added.on_conflict_do_update(index_elements=["name"], set_=row))
            states = _audited(before), _audited(provider)
            await note(connection, by, "login-provider.save", provider.name, *states)

    async def remove(self, name: str, by: str) -> bool:
        """False where there is none. Who logged in there is not let in any more; what he did stays."""
        async with self._database.exclusive() as connection:
            before = await _read(connection, name)
            if before is None:
                return False
            await connection.execute(delete(LOGIN_PROVIDERS).where(LOGIN_PROVIDERS.c.name == name))
            await note(connection, by, "login-provider.remove", name, _audited(before), None)
            return True

    async def begin(self, state: str, flow: Flow) -> None:
        """Under `state`, which is kept hashed."""
        old = select(LOGIN_FLOWS.c.state).order_by(LOGIN_FLOWS.c.created_ms.desc()).offset(MOST_FLOWS - 1)
        late = LOGIN_FLOWS.c.created_ms < flow.created_ms - FLOW_LIFE_MS
        row = {"state": hash_of(state), **vars(flow)}
        async with self._database.exclusive() as connection:
            many = (await connection.scalars(old)).all()
            await connection.execute(delete(LOGIN_FLOWS).where(late | LOGIN_FLOWS.c.state.in_(many)))
            await connection.execute(insert(LOGIN_FLOWS).values(row))

    async def take(self, state: str, now_ms: int) -> Flow | None:
        """The flow of `state`, this once; None where it never began, took too long or came back already."""
        one = LOGIN_FLOWS.c.state == hash_of(state)
        async with self._database.transaction() as connection:
            taken = delete(LOGIN_FLOWS).where(one).returning(*LOGIN_FLOWS.c)
            row = (await connection.execute(taken)).one_or_none()
        if row is None or now_ms - row.created_ms > FLOW_LIFE_MS:
            return None
        return Flow(row.provider, row.nonce, row.verifier, row.next, row.created_ms)


async def _read(connection: AsyncConnection, name: str) -> Provider | None:
    query = select(LOGIN_PROVIDERS).where(LOGIN_PROVIDERS.c.name == name)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _provider(row)


def _audited(one: Provider | None) -> dict[str, object] | None:
    """Without its secret."""
    if one is None:
        return None
    return {"issuer": one.issuer, "client_id": one.client_id, "options": dict(one.options)}


def _provider(row: Row[Any]) -> Provider:
    return Provider(row.name, row.issuer, row.client_id, row.client_secret, json.loads(row.options))
