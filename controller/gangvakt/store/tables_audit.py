"""Tables of the audit: a chain that only grows, what of it can be erased, and what waits for a second person.

`guard` makes the database itself refuse to change a row of the chain. Whoever owns the database can take that
away again; the chain tells it then.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from gangvakt.store.tables import BIG_ID, METADATA

# Everybody who ever did something, programs among them. The name goes when the person is forgotten; the
# number stays. `same_as` is another account of the same person.
PERSONS = Table(
    "persons",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(128), unique=True),
    Column("same_as", Integer),
    Column("since_ms", BigInteger, nullable=False),
    Column("forgotten_ms", BigInteger),
    sqlite_autoincrement=True,
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", Integer, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_who", "who", "number"),
    Index("ix_audit_subject", "subject", "number"),
    Index("ix_audit_at", "at_ms"),
)

# One row. Whoever appends counts it up first and holds it until the commit: no two rows follow the same one.
AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

# What rows of the chain say about people. The chain holds `digest`, so that deleting this breaks nothing.
AUDIT_PERSONAL = Table(
    "audit_personal",
    METADATA,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("number", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("salt", String(32), nullable=False),
    Column("value", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_audit_personal_number", "number"),
    Index("ix_audit_personal_at", "at_ms"),
    sqlite_autoincrement=True,
)

# What one person asked for and another one has to approve. `claimed_ms` is when the execution began.
PAIRS = Table(
    "pairs",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("municipality", String(32), nullable=False),
    Column("data", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("asked_by", Integer, nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("decided_by", Integer),
    Column("decided_ms", BigInteger),
    Column("claimed_ms", BigInteger),
    Column("result", Text),
    Index("ix_pairs_state", "state", "id"),
    sqlite_autoincrement=True,
)

REFUSAL = "the audit only grows"
_TRIGGERS = ("audit_no_update", "audit_no_delete")
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql
"""


def guard(dialect: str) -> tuple[str, ...]:
    """Statements that let a database refuse UPDATE, DELETE and TRUNCATE of the chain."""
    if dialect == "postgresql":
        how = "EXECUTE FUNCTION audit_only_grows()"
        return (
            _FUNCTION,
            f"CREATE TRIGGER {_TRIGGERS[0]} BEFORE UPDATE ON audit FOR EACH ROW {how}",
            f"CREATE TRIGGER {_TRIGGERS[1]} BEFORE DELETE OR TRUNCATE ON audit FOR EACH STATEMENT {how}",
        )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return (
        f"CREATE TRIGGER {_TRIGGERS[0]} BEFORE UPDATE ON audit {refuse}",
        f"CREATE TRIGGER {_TRIGGERS[1]} BEFORE DELETE ON audit {refuse}",
    )


def unguard(dialect: str) -> tuple[str, ...]:
    """The opposite, for a restored backup that takes the place of everything."""
    on = " ON audit" if dialect == "postgresql" else ""
    return tuple(f"DROP TRIGGER {name}{on}" for name in _TRIGGERS)
