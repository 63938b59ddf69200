"""Templates and groups of configurations. Each change and its entry in the audit are one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, delete, select

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
        self.transaction = database.transaction

    async def templates(self, municipality: str) -> tuple[Template, ...]:
        """Ordered by name."""
        async with self.transaction() as connection:
            return tuple(map(_template, await connection.execute(_all(CONFIG_TEMPLATES, municipality))))

    async def groups(self, municipality: str) -> tuple[KeptGroup, ...]:
        """Ordered by name."""
        async with self.transaction() as connection:
            return tuple(map(_group, await connection.execute(_all(CONFIG_GROUPS, municipality))))

    async def put_template(self, new: Template) -> None:
        """Makes it, or replaces it."""
        row = {
            "municipality": new.municipality,
            "name": new.name,
            "fields": json.dumps(dict(new.values)),
            "schema": new.schema,
            "user": new.by,
            "changed_ms": new.changed_ms,
        }
        held = {one.name: one for one in await self.templates(new.municipality)}.get(new.name)
        before = dict(held.values) if held else None
        await self._put(CONFIG_TEMPLATES, row, ("config.template", before, dict(new.values)))

    async def put_group(self, new: KeptGroup) -> None:
        """Makes it, or replaces it."""
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
        await self._put(CONFIG_GROUPS, row, ("config.group", None, told))

    async def remove_template(self, municipality: str, name: str, who: str) -> bool:
        """False where there is none."""
        return await self._remove(CONFIG_TEMPLATES, municipality, name, who)

    async def remove_group(self, municipality: str, name: str, who: str) -> bool:
        """False where there is none."""
        return await self._remove(CONFIG_GROUPS, municipality, name, who)

    async def _put(
        self,
        table: Table,
        row: Mapping[str, object],
        told: tuple[str, Mapping[str, object] | None, Mapping[str, object]],
    ) -> None:
        action, before, after = told
        async with self.transaction() as connection:
            added = insert_into(connection, table).values(row)
            await connection.execute(
                added.on_conflict_do_update(index_elements=["municipality", "name"], set_=row)
            )
            subject = f"{row['municipality']}/{row['name']}"
            await note(connection, str(row["user"]), f"{action}.put", subject, before, after)

    async def _remove(self, table: Table, municipality: str, name: str, who: str) -> bool:
        async with self.transaction() as connection:
            gone = await connection.execute(
                delete(table).where(table.c.municipality == municipality, table.c.name == name)
            )
            if gone.rowcount:
                kind = "template" if table is CONFIG_TEMPLATES else "group"
                await note(connection, who, f"config.{kind}.remove", f"{municipality}/{name}")
            return bool(gone.rowcount)


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
