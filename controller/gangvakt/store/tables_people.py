"""Who may do what where, and what lets people in: sessions, second factors, tokens, providers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from gangvakt.store.tables import METADATA

# A role in a municipality, "*" for all of them.
STAFF_GRANTS = Table(
    "staff_grants",
    METADATA,
    Column("user", String(64), primary_key=True),
    Column("municipality", String(32), primary_key=True),
    Column("role", String(16), nullable=False),
)

# `token` is the SHA-256 of what the browser keeps: whoever reads the database cannot go in with it.
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token", String(64), primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("user", String(64), nullable=False),
    Column("stage", String(8), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(120), nullable=False),
    Index("ix_sessions_user", "user"),
)

# The secret is sealed with a key that is not in the database.
SECOND_FACTORS = Table(
    "second_factors",
    METADATA,
    Column("user", String(64), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("confirmed_ms", BigInteger),
    # The time step of the last code that was taken: no code is taken twice, nor an older one.
    Column("last_step", BigInteger, nullable=False),
)

RECOVERY_CODES = Table(
    "recovery_codes",
    METADATA,
    Column("user", String(64), primary_key=True),
    Column("code", String(64), primary_key=True),  # SHA-256
)

API_TOKENS = Table(
    "api_tokens",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("user", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("token", String(64), nullable=False, unique=True),  # SHA-256
    Column("role", String(16), nullable=False),
    Column("municipalities", Text, nullable=False),  # "*" for all, else names with a space between
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    Index("ix_api_tokens_user", "user"),
    sqlite_autoincrement=True,
)

# Where a municipality's people log in with what they have already (OpenID Connect).
LOGIN_PROVIDERS = Table(
    "login_providers",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("issuer", String(255), nullable=False),
    Column("client_id", String(255), nullable=False),
    Column("client_secret", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

# A log-in on its way through a provider; deleted when it comes back, so that it comes back once.
LOGIN_FLOWS = Table(
    "login_flows",
    METADATA,
    Column("state", String(64), primary_key=True),  # SHA-256
    Column("provider", String(32), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("next", String(256), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

STAFF_RULES = Table(
    "staff_rules",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

BY_USER = (STAFF_GRANTS, SESSIONS, SECOND_FACTORS, RECOVERY_CODES, API_TOKENS)
"""What goes with a member of staff."""
