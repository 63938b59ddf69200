"""What is known of one sign in some time: its events, the commands it was given, what it was flashed with."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import ExportRefused, Missing
from gangvakt.fleet import SignId
from gangvakt.store.tables import COMMANDS, EVENTS, REGISTRATIONS, SIGNS, SITES, WANTED_CONFIGS

MOST_EVENTS = 20_000
MOST_COMMANDS = 1000
MOST_REGISTRATIONS = 100
ALLOWED = f"a time with up to {MOST_EVENTS} events"

Rows = list[dict[str, Any]]


async def time_of_event(connection: AsyncConnection, sign: SignId, event: int) -> int:
    """When it was (UTC ms). Missing for one of another sign, too."""
    query = select(EVENTS.c.utc_ms).where(EVENTS.c.id == event, EVENTS.c.sign == str(sign))
    time_ms = await connection.scalar(query)
    if time_ms is None:
        raise Missing("event", f"{event} of {sign}", "/api/v1/events has those there are")
    return int(time_ms)


async def events_between(connection: AsyncConnection, sign: SignId, from_ms: int, to_ms: int) -> Rows:
    """In the order of storing. ExportRefused when there are too many."""
    query = (
        select(EVENTS)
        .where(EVENTS.c.sign == str(sign), EVENTS.c.utc_ms >= from_ms, EVENTS.c.utc_ms <= to_ms)
        .order_by(EVENTS.c.id)
        .limit(MOST_EVENTS + 1)
    )
    found = [_parsed(dict(row._mapping), "detail") for row in await connection.execute(query)]
    if len(found) > MOST_EVENTS:
        raise ExportRefused("export", "to_ms", to_ms, ALLOWED)
    return found


async def commands_between(connection: AsyncConnection, sign: SignId, from_ms: int, to_ms: int) -> Rows:
    """Who told it what, with its answers."""
    query = (
        select(COMMANDS)
        .where(COMMANDS.c.sign == str(sign), COMMANDS.c.sent_ms >= from_ms, COMMANDS.c.sent_ms <= to_ms)
        .order_by(COMMANDS.c.id)
        .limit(MOST_COMMANDS)
    )
    return [_parsed(dict(row._mapping), "args", "answer") for row in await connection.execute(query)]


async def knowledge_of(connection: AsyncConnection, sign: SignId) -> dict[str, Any]:
    """Its last status, what it shall run with, its crossing, and each flashing; no secrets."""
    seen = (await connection.execute(select(SIGNS).where(SIGNS.c.sign == str(sign)))).one_or_none()
    wanted = await connection.execute(select(WANTED_CONFIGS).where(WANTED_CONFIGS.c.sign == str(sign)))
    public = [SITES.c[name] for name in ("site", "title", "config", "config_version", "changed_ms")]
    site = await connection.execute(select(*public).where(SITES.c.site == str(sign.site_id)))
    hidden = ("group_key", "group_version")
    columns = [column for column in REGISTRATIONS.c if column.name not in hidden]
    query = select(*columns).where(REGISTRATIONS.c.sign == str(sign)).order_by(REGISTRATIONS.c.id.desc())
    flashed = await connection.execute(query.limit(MOST_REGISTRATIONS))
    return {
        "seen": _parsed(dict(seen._mapping), "status") if seen else None,
        "wanted": [_parsed(dict(row._mapping), "fields") for row in wanted],
        "site": [_parsed(dict(row._mapping), "config") for row in site],
        "flashed": [_parsed(dict(row._mapping), "report") for row in flashed],
    }


def _parsed(row: dict[str, Any], *columns: str) -> dict[str, Any]:
    return row | {name: json.loads(row[name]) for name in columns if row[name]}
