"""Alarms and every step of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from gangvakt.store.tables import METADATA

# What the steps made of each alarm, to be found quickly; an object that is a place stands in columns too.
ALARMS = Table(
    "alarms",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source", String(128), nullable=False),
    Column("code", String(32), nullable=False),
    Column("object", String(128), nullable=False),
    Column("municipality", String(32)),
    Column("site", String(32)),
    Column("sign", String(32)),
    Column("state", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("raised_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("cleared_ms", BigInteger),
    Column("acknowledged_by", String(64)),
    Column("suspended_until_ms", BigInteger),
    Column("assigned_to", String(64)),
    Column("level", Integer, nullable=False),
    Index("ix_alarms_state", "state", "id"),
    Index("ix_alarms_place", "municipality", "site", "sign"),
    sqlite_autoincrement=True,
)

ALARM_STEPS = Table(
    "alarm_steps",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("alarm", Integer, ForeignKey("alarms.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("ix_alarm_steps_alarm", "alarm", "id"),
    sqlite_autoincrement=True,
)
