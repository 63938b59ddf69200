"""Templates and groups of configurations. Each change and its entry in the audit are one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Table, delete, select

from gangvakt.errors import Outdated
from gangvakt.fleet.config_layers import Group
from gangvakt.store.audit import note
from gangvakt.store.database import Database
from gangvakt.store.dialect import insert_into
from gangvakt.store.tables_config import CONFIG_GROUPS, CONFIG_TEMPLATES


@dataclass(frozen=True)
class Template:
    """Values for some fields, by the field table that `schema` names."""

    municipality: str
    name: str
    values: Mapping[str, object]
    schema: str
    by: str
    changed_ms: int


@dataclass(frozen=True)
class KeptGroup:
    """A group, and who made it so."""

    group: Group
    by: str
    changed_ms: int


class ConfigGroupTable:
    """Reading and writing both."""

    def __init__(self, database: Database) -> None:
        self.transaction, self._exclusive = database.transaction, database.exclusive

    async def templates(self, municipality: str) -> tuple[Template, ...]:
        """Ordered by name."""
        async with self.transaction() as connection:
            return tuple(map(_template, await connection.execute(_all(CONFIG_TEMPLATES, municipality))))

    async def groups(self, municipality: str) -> tuple[KeptGroup, ...]:
        """Ordered by name."""
        async with self.transaction() as connection:
            return tuple(map(_group, await connection.execute(_all(CONFIG_GROUPS, municipality))))

    async def put_template(self, new: Template, expected_ms: int | None = None) -> Template:
        """Makes it, or replaces that which was changed at `expected_ms`, 0 for none, None for any; as it is
        kept then. Outdated where another one stands there.
        """
        row = {
            "municipality": new.municipality,
            "name": new.name,
            "fields": json.dumps(dict(new.values)),
            "schema": new.schema,
            "user": new.by,
            "changed_ms": new.changed_ms,
        }
        return replace(new, changed_ms=await self._put(CONFIG_TEMPLATES, row, expected_ms))

    async def put_group(self, new: KeptGroup, expected_ms: int | None = None) -> KeptGroup:
        """As `put_template`."""
        group = new.group
        told = {
            "position": group.position,
            "sites": sorted(group.sites),
            "boards": sorted(group.boards),
            "templates": list(group.templates),
        }
        row = {name: value if name == "position" else json.dumps(value) for name, value in told.items()}
        row |= {"municipality": group.municipality, "name": group.name}
        row |= {"user": new.by, "changed_ms": new.changed_ms}
        return replace(new, changed_ms=await self._put(CONFIG_GROUPS, row, expected_ms))

    async def remove_template(self, municipality: str, name: str, who: str) -> bool:
        """False where there is none."""
        return await self._remove(CONFIG_TEMPLATES, municipality, name, who)

    async def remove_group(self, municipality: str, name: str, who: str) -> bool:
        """False where there is none."""
        return await self._remove(CONFIG_GROUPS, municipality, name, who)

    async def _put(self, table: Table, row: dict[str, Any], expected_ms: int | None) -> int:
        """When it was changed: a time of its own for each change, since it is what tells them apart."""
        one = (table.c.municipality == row["municipality"]) & (table.c.name == row["name"])
        async with self._exclusive() as connection:
            before = (await connection.execute(select(table).where(one))).one_or_none()
            held_ms = before.changed_ms if before else 0
            if expected_ms is not None and expected_ms != held_ms:
                what = f"{_kind(table)} {row['municipality']}/{row['name']}"
                by = (before.user, held_ms) if before else ()
                raise Outdated(what, expected_ms, held_ms, *by)
            row["changed_ms"] = max(row["changed_ms"], held_ms + 1)
            added = insert_into(connection, table).values(row)
            await connection.execute(
                added.on_conflict_do_update(index_elements=["municipality", "name"], set_=row)
            )
            states = None if before is None else _told(table, before._asdict()), _told(table, row)
            action, subject = f"config.{_kind(table)}.put", f"{row['municipality']}/{row['name']}"
            await note(connection, str(row["user"]), action, subject, *states)
            return int(row["changed_ms"])

    async def _remove(self, table: Table, municipality: str, name: str, who: str) -> bool:
        gone = delete(table).where(table.c.municipality == municipality, table.c.name == name)
        async with self._exclusive() as connection:
            row = (await connection.execute(gone.returning(*table.c))).one_or_none()
            if row is not None:
                action, subject = f"config.{_kind(table)}.remove", f"{municipality}/{name}"
                await note(connection, who, action, subject, _told(table, row._asdict()), None)
            return row is not None


def _kind(table: Table) -> str:
    return "template" if table is CONFIG_TEMPLATES else "group"


def _told(table: Table, row: Mapping[str, Any]) -> dict[str, object]:
    """A row as the audit has it."""
    if table is CONFIG_TEMPLATES:
        return dict(json.loads(row["fields"]))
    lists = {name: json.loads(row[name]) for name in ("sites", "boards", "templates")}
    return {"position": row["position"], **lists}


def _all(table: Table, municipality: str) -> Any:
    return select(table).where(table.c.municipality == municipality).order_by(table.c.name)


def _template(row: Row[Any]) -> Template:
    return Template(row.municipality, row.name, json.loads(row.fields), row.schema, row.user, row.changed_ms)


def _group(row: Row[Any]) -> KeptGroup:
    sites, boards, templates = (json.loads(text) for text in (row.sites, row.boards, row.templates))
    group = Group(
        row.municipality, row.name, row.position, frozenset(sites), frozenset(boards), tuple(templates)
    )
    return KeptGroup(group, row.user, row.changed_ms)
