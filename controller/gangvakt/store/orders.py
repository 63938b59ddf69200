"""Commands that were given, for ever, and the configuration that each sign shall have."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import Outdated
from gangvakt.fleet import Answer, SignId, WantedConfig
from gangvakt.store.audit import changed, note
from gangvakt.store.config_versions import ConfigVersion, add_version, version_of, versions
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.tables import COMMANDS, WANTED_CONFIGS


@dataclass(frozen=True)
class CommandEntry:
    """Who told which sign what, and when."""

    sign: str
    request: str
    verb: str
    args: Any
    user: str
    sent_ms: int


class OrderTable:
    """Reading and writing both."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, entry: CommandEntry) -> int:
        """Written before it is sent; its number."""
        row = asdict(entry) | {"args": json.dumps(entry.args)}
        async with self._database.transaction() as connection:
            added = await connection.execute(insert(COMMANDS).values(row).returning(COMMANDS.c.id))
            number = int(added.scalar_one())
            given = {"number": number, "verb": entry.verb, "args": entry.args}
            await note(connection, entry.user, "command.send", entry.sign, None, given)
            return number

    async def end(self, number: int, answer: Answer | None, now_ms: int) -> None:
        """What the sign said; None is nothing."""
        values = {"answered_ms": now_ms, "answer": json.dumps(asdict(answer))} if answer else {}
        if not values:
            return
        async with self._database.transaction() as connection:
            await connection.execute(update(COMMANDS).where(COMMANDS.c.id == number).values(values))

    async def commands(self, limit: int = 100) -> tuple[tuple[CommandEntry, Any], ...]:
        """The newest, newest first, each with the answer or None."""
        query = select(COMMANDS).order_by(COMMANDS.c.id.desc()).limit(limit)
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
        return tuple((_entry(row), json.loads(row.answer) if row.answer else None) for row in rows)

    async def want(self, new: ConfigVersion) -> None:
        """It takes the place of what was wanted, and stands in the sign's history. Outdated where a version
        as high is wanted by now: another process on the same database was faster.
        """
        row = {
            "sign": str(new.sign),
            "version": new.version,
            "schema": new.schema,
            "fields": json.dumps(new.wanted.values),
            "user": new.user,
            "changed_ms": new.at_ms,
        }
        renewed = {name: row[name] for name in row if name != "sign"}
        async with self._database.exclusive() as connection:
            statement = insert_into(connection, WANTED_CONFIGS).values(row)
            kept = statement.on_conflict_do_update(
                index_elements=["sign"], set_=renewed, where=WANTED_CONFIGS.c.version < new.version
            ).returning(WANTED_CONFIGS.c.sign)
            if (await connection.execute(kept)).one_or_none() is None:
                raise await _outdated(connection, new.sign, new.version - 1)
            await add_version(connection, new)
            differs = changed(new.former, new.wanted.values)
            await note(connection, new.user, "config.want", str(new.sign), *differs)

    async def outdated(self, sign: SignId, expected: int, held: int) -> Outdated:
        """Why what was read at version `expected` cannot be changed: who was faster, where somebody was."""
        async with self._database.transaction() as connection:
            return await _outdated(connection, sign, expected, held)

    async def wanted(self, sign: SignId) -> WantedConfig | None:
        """What was wanted last."""
        query = select(WANTED_CONFIGS).where(WANTED_CONFIGS.c.sign == str(sign))
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _wanted(row) if row else None

    async def version(self, sign: SignId, version: int) -> ConfigVersion | None:
        """The configuration of that number; None where the controller never wanted one."""
        async with self._database.transaction() as connection:
            return await version_of(connection, sign, version)

    async def history(self, sign: SignId, before: int | None, limit: int) -> tuple[ConfigVersion, ...]:
        """What was wanted of it: at most `limit` with an id below `before`, the newest first."""
        async with self._database.transaction() as connection:
            return await versions(connection, sign, before, limit)

    async def all_wanted(self) -> tuple[tuple[SignId, WantedConfig], ...]:
        """Of each sign."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(select(WANTED_CONFIGS))).all()
        return tuple((SignId.parse(row.sign), _wanted(row)) for row in rows)


async def _outdated(
    connection: AsyncConnection, sign: SignId, expected: int, held: int | None = None
) -> Outdated:
    query = select(WANTED_CONFIGS).where(WANTED_CONFIGS.c.sign == str(sign))
    row = (await connection.execute(query)).one_or_none()
    what = f"configuration of {sign}"
    if row is None or (held is not None and row.version < held):  # the sign came back with another one
        return Outdated(what, expected, held or 0)
    return Outdated(what, expected, row.version, row.user, row.changed_ms)


def _wanted(row: Row[Any]) -> WantedConfig:
    return WantedConfig(row.version, row.schema, json.loads(row.fields))


def _entry(row: Row[Any]) -> CommandEntry:
    return CommandEntry(row.sign, row.request, row.verb, json.loads(row.args), row.user, row.sent_ms)
