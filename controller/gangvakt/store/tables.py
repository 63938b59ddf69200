"""The tables as this version knows them; `migrations` brings older databases here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

METADATA = MetaData()

# A thousand events a second for 25 days are more than an INTEGER of PostgreSQL counts; SQLite gives out
# ascending numbers to an INTEGER only, which has 64 bits there.
BIG_ID = BigInteger().with_variant(Integer, "sqlite")


def _where(condition: str) -> dict[str, Any]:
    """An index of some rows only, in both dialects."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# Times are UTC ms since 1970. A sign is its identity `municipality/site/sign`, at most 64 characters.
# The id of an event must never be given out twice (readers page by it): hence sqlite_autoincrement, and the
# sequences that PostgreSQL has for such columns.

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
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
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
    Index("ix_events_received", "received_ms"),
    sqlite_autoincrement=True,
)

DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("first_ms", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("mark", String(64), nullable=False),  # of topic and reason, which are too long for an index
    Index("ix_dead_letters_mark", "mark", unique=True),
    sqlite_autoincrement=True,
)

# Without a password where somebody logs in elsewhere: `issuer` and `subject` say as whom.
STAFF = Table(
    "staff",
    METADATA,
    Column("user", String(64), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("locked", Boolean, nullable=False, server_default=false()),
    Column("issuer", String(255)),
    Column("subject", String(255)),
    UniqueConstraint("issuer", "subject", name="uq_staff_reference"),
)

# The registry. Wi-Fi keys and group keys stand here in the clear, as they do in the flash of every sign.

SITES = Table(
    "sites",
    METADATA,
    Column("site", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("brokers", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("config_version", Integer, nullable=False),
    Column("ssid", String(32)),
    Column("psk", String(63)),
    Column("apn", String(63)),
    Column("address", Text, nullable=False),
    Column("group_version", Integer, nullable=False),
    Column("group_key", String(64), nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

# A row a flashing, kept for ever: what a sign was before says who may not come in any more.
# The two indexes make sure that of a sign there is at most one waiting and one registered.
REGISTRATIONS = Table(
    "registrations",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("mac", String(12)),
    Column("board", String(32)),
    Column("state", String(10), nullable=False),
    Column("issued_by", String(16), nullable=False),
    Column("incarnation", String(8)),
    Column("replaces", String(64)),
    Column("group_version", Integer),
    Column("group_key", String(64)),
    Column("report", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("registered_ms", BigInteger),
    Column("changed_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger),
    Column("why", Text),
    Index("ix_registrations_sign", "sign"),
    Index("ix_registrations_mac", "mac"),
    Index("uq_registrations_pending", "sign", unique=True, **_where("state = 'pending'")),
    Index("uq_registrations_registered", "sign", unique=True, **_where("state = 'registered'")),
    sqlite_autoincrement=True,
)

# By fingerprint, not by serial number: whoever holds a bundle chooses the serial numbers of what it signs.
CERTIFICATES = Table(
    "certificates",
    METADATA,
    Column("fingerprint", String(64), primary_key=True),
    Column("registration", Integer, ForeignKey("registrations.id"), nullable=False, index=True),
    Column("serial", String(40), nullable=False),
    Column("ends_ms", BigInteger, nullable=False),
    Column("added_ms", BigInteger, nullable=False),
)

BUNDLES = Table(
    "bundles",
    METADATA,
    Column("id", String(8), primary_key=True),
    Column("label", Text, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("serial", String(40), nullable=False),
    Column("sites", Text, nullable=False),
    Column("most_signs", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("authority", String(64), nullable=False),
    Column("revoked_ms", BigInteger),
)

# Every command that was given, with the sign's answer; both are JSON.
COMMANDS = Table(
    "commands",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("request", String(16), nullable=False),
    Column("verb", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("user", String(64), nullable=False),
    Column("sent_ms", BigInteger, nullable=False),
    Column("answered_ms", BigInteger),
    Column("answer", Text),
    Index("ix_commands_sign", "sign"),
    sqlite_autoincrement=True,
)

WANTED_CONFIGS = Table(
    "wanted_configs",
    METADATA,
    Column("sign", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("schema", String(8), nullable=False),
    Column("fields", Text, nullable=False),
    Column("user", String(64), nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)
