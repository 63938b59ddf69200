"""The tables of what goes out to other programs and to people."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from gangvakt.store.tables import METADATA

# One row. Whoever appends counts it up first and so holds it until the commit: ids ascend in the order of the
# commits, on PostgreSQL too, and no reader can pass a row that is not there yet.
OUTBOX_HEAD = Table(
    "outbox_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("instance", String(16), nullable=False),  # tells controllers apart at a common target
)

# Of a sign's events only the range of their ids stands here: they are in `events` already.
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(96), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("municipality", String(32)),
    Column("data", Text, nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("first_event", BigInteger),
    Column("last_event", BigInteger),
)

# `cursor` is the last row of the outbox that is done, `within` the last event of the row after it.
RELAYS = Table(
    "relays",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("type", String(16), nullable=False),
    Column("municipality", String(32)),
    Column("kinds", Text, nullable=False),
    Column("least_priority", Integer, nullable=False),
    Column("options", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Column("within", BigInteger, nullable=False),
    Column("taken", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_ms", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("missed", BigInteger, nullable=False),
    Column("delivered_ms", BigInteger),
    Column("last_error", Text),
    Column("created_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

UNDELIVERED = Table(
    "undelivered",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("relay", Integer, ForeignKey("relays.id"), nullable=False),
    Column("message", String(64), nullable=False),
    Column("kind", String(96), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("municipality", String(32)),
    Column("data", Text, nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("given_up_ms", BigInteger, nullable=False),
    Index("ix_undelivered_relay", "relay", "id"),
    sqlite_autoincrement=True,
)

CONTACTS = Table(
    "contacts",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("municipality", String(32)),
    Column("name", String(64), nullable=False),
    Column("email", String(254)),
    Column("phone", String(16)),
    Column("ntfy", String(64)),
    Column("changed_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

# How e-mail, SMS and ntfy leave here; `secret` is the password or token.
CHANNELS = Table(
    "channels",
    METADATA,
    Column("name", String(8), primary_key=True),
    Column("options", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

# A group of alarms that people are told of together.
NOTICES = Table(
    "notices",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("relay", Integer, ForeignKey("relays.id"), nullable=False),
    Column("municipality", String(32)),
    Column("alarms", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("step", Integer, nullable=False),
    Column("opened_ms", BigInteger, nullable=False),
    Column("due_ms", BigInteger),
    Column("changed_ms", BigInteger, nullable=False),
    Column("acknowledged_by", String(64)),
    Index("ix_notices_due", "state", "due_ms"),
    Index("ix_notices_relay", "relay"),
)

# One message to one person by one way; tried again by itself, whatever becomes of the others.
NOTICE_SENDS = Table(
    "notice_sends",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("notice", String(16), ForeignKey("notices.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("contact", Integer, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("error", Text),
    Index("ix_notice_sends_due", "state", "due_ms"),
    Index("ix_notice_sends_notice", "notice"),
    sqlite_autoincrement=True,
)
