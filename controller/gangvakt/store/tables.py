"""The tables as this version knows them; `migrations` brings older databases here."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

# Times are UTC ms since 1970. A sign is its identity `municipality/site/sign`, at most 64 characters.
# The id of an event must never be given out twice (readers page by it): hence sqlite_autoincrement.

SIGNS = Table(
    "signs",
    METADATA,
    Column("sign", String(64), primary_key=True),
    Column("first_seen_ms", BigInteger, nullable=False),
    Column("last_seen_ms", BigInteger, nullable=False),
    Column("status", Text),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("incarnation", String(8), nullable=False),
    Column("boot", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("utc_ms", BigInteger, nullable=False),
    Column("quality", String(8), nullable=False),
    Column("up_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("sign", "incarnation", "boot", "seq", name="uq_events_key"),
    Index("ix_events_sign_id", "sign", "id"),
    sqlite_autoincrement=True,
)

DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

STAFF = Table(
    "staff",
    METADATA,
    Column("user", String(64), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)
