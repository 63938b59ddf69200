"""No text column of any table holds the name of somebody who is forgotten, also of tables to come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Double, LargeBinary, String, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store import Store
from gangvakt.store.forgetting import LEFT, NAMED, TOLD, forget
from gangvakt.store.tables import METADATA, STAFF
from gangvakt.store.tables_audit import AUDIT, AUDIT_HEAD, AUDIT_PERSONAL, PERSONS
from gangvakt.store.tables_people import API_TOKENS, BY_USER

KARI, KARE = "kari@drammen.example", "Kåre Å"
# Written by `note` alone, and tried by the tests of forgetting and of the audit.
OF_THE_AUDIT = (AUDIT, AUDIT_HEAD, AUDIT_PERSONAL, PERSONS)
# Text that no name of a member of staff gets into, and why: a column's name, or table.column where columns of
# that name differ.
NOBODY_STANDS_IN = {
    "a word of the program": (
        "code kind state cause event move before after channel quality side feed type schema span verb "
        "issued_by"
    ),
    "an id, hash, key or date": (
        "id sha256 fingerprint serial authority incarnation request mac message notice instance file "
        "group_key replaces nonce verifier version decided_on warranty_until"
    ),
    "a place, board or thing, called so by the municipality": (
        "municipality site sign pole object source board sites boards templates stages groups street "
        "feeder decision address apn outbox.subject undelivered.subject config_templates.name "
        "config_groups.name api_tokens.municipalities municipalities.title sites.title"
    ),
    "a value of a known form": (
        "dead_letters.mark public_pages.licence public_pages.place "
        "api_tokens.user api_tokens.role api_tokens.token status config brokers fields own former "
        "origins rules kinds changes patterns alarms provider ssid psk secret phone client_id "
        "client_secret issuer channels.name login_providers.name rollup_marks.name staff_rules.name "
        "staff_rules.value"
    ),
    "what signs sent": "events.detail dead_letters.topic dead_letters.reason",
    "a page, for ten minutes": "login_flows.next",
}
SILENT = frozenset(" ".join(NOBODY_STANDS_IN.values()).split())


def texts_of(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, String)]


def kept() -> list[Table]:
    """All but what goes with the account: of tokens, those of others."""
    gone = set(BY_USER) - {API_TOKENS} | {STAFF, *OF_THE_AUDIT}
    return [one for one in METADATA.sorted_tables if one not in gone]


def test_every_text_column_is_looked_after_or_said_to_hold_nobody() -> None:
    cared_for = {id(column) for column in (*NAMED, *TOLD, *LEFT)}
    unknown = [
        f"{table.name}.{column.name}"
        for table in kept()
        for column in texts_of(table)
        if id(column) not in cared_for and not {column.name, f"{table.name}.{column.name}"} & SILENT
    ]
    assert unknown == [], f"name them in store/forgetting.py, or above with the reason: {unknown}"


def a_row(table: Table, name: str) -> dict[str, object]:
    """With the name in every column that a person's words get into."""
    row: dict[str, object] = {}
    for column in table.columns:
        if any(column is one for one in NAMED):
            row[column.name] = name
        elif any(column is one for one in TOLD):
            row[column.name] = f"{name} {json.dumps({'to': name})}"
        elif isinstance(column.type, String):
            row[column.name] = "x"
        elif isinstance(column.type, LargeBinary):
            row[column.name] = b"x"
        else:
            row[column.name] = isinstance(column.type, Boolean) or (
                1.0 if isinstance(column.type, Double) else 1
            )
    return row


async def found_in(connection: AsyncConnection, word: str) -> list[str]:
    hits = []
    for table in METADATA.sorted_tables:
        for row in await connection.execute(select(table)):
            hits += [f"{table.name}.{key}" for key, held in row._mapping.items() if word in str(held)]
    return sorted(set(hits))


@pytest.mark.parametrize("name", [KARI, KARE])
async def test_a_name_in_every_table_is_in_none_afterwards(store: Store, name: str) -> None:
    async with store.exclusive() as connection:
        await connection.execute(insert(PERSONS).values(name=name, since_ms=1))
        for table in kept():
            there = (await connection.execute(select(table))).all()
            row = a_row(table, name)
            await connection.execute(update(table).values(row) if there else insert(table).values(row))
        before = await found_in(connection, name)
        assert {f"{one.table.name}.{one.name}" for one in (*NAMED, *TOLD)} <= set(before)
        done = await forget(connection, name, "ola")
        for spelling in (name, json.dumps(name)[1:-1]):
            assert await found_in(connection, spelling) == []
    assert done.left == ()
    await store.audit.verify()


async def test_settings_and_other_people_who_are_called_so_are_told_and_left(store: Store) -> None:
    await store.notices.save_channel("email", {"url": "smtp://mail.example", "sender": KARI}, "")
    async with store.exclusive() as connection:
        await connection.execute(insert(PERSONS).values(name=KARI, since_ms=1))
        done = await forget(connection, KARI, "ola")
    assert done.left == ("channels.options",)
