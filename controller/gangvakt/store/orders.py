"""Commands that were given, for ever, and the configuration that each sign shall have."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from gangvakt.fleet import Answer, SignId, WantedConfig
from gangvakt.store.audit import changed, note
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

    async def want(self, sign: SignId, wanted: WantedConfig, user: str, now_ms: int) -> None:
        row = {
            "sign": str(sign),
            "version": wanted.version,
            "schema": wanted.schema,
            "fields": json.dumps(dict(wanted.values)),
            "user": user,
            "changed_ms": now_ms,
        }
        renewed = {name: row[name] for name in row if name != "sign"}
        async with self._database.exclusive() as connection:
            held = select(WANTED_CONFIGS.c.fields).where(WANTED_CONFIGS.c.sign == str(sign))
            before: str | None = await connection.scalar(held)
            statement = insert_into(connection, WANTED_CONFIGS).values(row)
            await connection.execute(statement.on_conflict_do_update(index_elements=["sign"], set_=renewed))
            differs = changed(json.loads(before) if before else {}, wanted.values)
            await note(connection, user, "config.want", str(sign), *differs)

    async def wanted(self, sign: SignId) -> WantedConfig | None:
        """What was wanted last."""
        found = [wanted for name, wanted in await self.all_wanted() if name == sign]
        return found[0] if found else None

    async def all_wanted(self) -> tuple[tuple[SignId, WantedConfig], ...]:
        """Of each sign."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(select(WANTED_CONFIGS))).all()
        return tuple(
            (SignId.parse(row.sign), WantedConfig(row.version, row.schema, json.loads(row.fields)))
            for row in rows
        )


def _entry(row: Row[Any]) -> CommandEntry:
    return CommandEntry(row.sign, row.request, row.verb, json.loads(row.args), row.user, row.sent_ms)
