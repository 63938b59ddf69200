"""Every configuration that was ever wanted of a sign, by whom and why. In a transaction of the caller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignId
from gangvakt.fleet.config_layers import Origin, Resolved, Setting
from gangvakt.store.tables_config import CONFIG_VERSIONS


@dataclass(frozen=True)
class ConfigVersion:
    """One of them; `id` is 0 before it is stored. `cause`: change, plan or rollback; `former` is what was
    wanted, or reported, before."""

    sign: SignId
    version: int
    schema: str
    own: Mapping[str, object]
    wanted: Resolved
    former: Mapping[str, object]
    cause: str
    plan: int | None
    user: str
    at_ms: int
    id: int = 0


async def add_version(connection: AsyncConnection, new: ConfigVersion) -> None:
    origins = {name: [one.origin.value, one.name] for name, one in new.wanted.settings.items()}
    row = {
        "sign": str(new.sign),
        "version": new.version,
        "schema": new.schema,
        "own": json.dumps(dict(new.own)),
        "fields": json.dumps(new.wanted.values),
        "origins": json.dumps(origins),
        "former": json.dumps(dict(new.former)),
        "cause": new.cause,
        "plan": new.plan,
        "user": new.user,
        "at_ms": new.at_ms,
    }
    await connection.execute(insert(CONFIG_VERSIONS).values(row))


async def version_of(connection: AsyncConnection, sign: SignId, version: int) -> ConfigVersion | None:
    """The newest of that number."""
    query = select(CONFIG_VERSIONS).where(
        CONFIG_VERSIONS.c.sign == str(sign), CONFIG_VERSIONS.c.version == version
    )
    row = (await connection.execute(query.order_by(CONFIG_VERSIONS.c.id.desc()).limit(1))).one_or_none()
    return _version(row) if row else None


async def versions(
    connection: AsyncConnection, sign: SignId, before: int | None, limit: int
) -> tuple[ConfigVersion, ...]:
    """At most `limit` with an id below `before`, the newest first."""
    query = select(CONFIG_VERSIONS).where(CONFIG_VERSIONS.c.sign == str(sign))
    if before is not None:
        query = query.where(CONFIG_VERSIONS.c.id < before)
    rows = await connection.execute(query.order_by(CONFIG_VERSIONS.c.id.desc()).limit(limit))
    return tuple(map(_version, rows))


async def versions_of_plan(connection: AsyncConnection, plan: int) -> tuple[ConfigVersion, ...]:
    """In the order in which they were told."""
    query = select(CONFIG_VERSIONS).where(CONFIG_VERSIONS.c.plan == plan).order_by(CONFIG_VERSIONS.c.id)
    return tuple(map(_version, await connection.execute(query)))


def _version(row: Row[Any]) -> ConfigVersion:
    origins = json.loads(row.origins)
    settings = {
        name: Setting(value, Origin(origins[name][0]), origins[name][1])
        for name, value in json.loads(row.fields).items()
    }
    return ConfigVersion(
        SignId.parse(row.sign),
        row.version,
        row.schema,
        json.loads(row.own),
        Resolved(settings),
        json.loads(row.former),
        row.cause,
        row.plan,
        row.user,
        row.at_ms,
        row.id,
    )
