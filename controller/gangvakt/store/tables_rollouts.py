"""Rollouts of updates: what is offered to whom, where each sign stands, and every move with its reason."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gangvakt.store.tables import METADATA

# The file itself lies here too: it is in every backup, and each replica has it.
ARTIFACTS = Table(
    "artifacts",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sha256", String(64), nullable=False),  # of the file
    Column("board", String(32), nullable=False),
    Column("version", String(12), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("is_app", Boolean, nullable=False),
    Column("replaces", BigInteger, nullable=False),
    Column("minimum", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("sha256", name="uq_artifacts_sha256"),
    sqlite_autoincrement=True,
)

# `rules` and `groups` are JSON.
ROLLOUTS = Table(
    "rollouts",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("title", Text, nullable=False),
    Column("municipality", String(32)),
    Column("rules", Text, nullable=False),
    Column("groups", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("at_group", Integer, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Index("ix_rollouts_state", "state"),
    sqlite_autoincrement=True,
)

ROLLOUT_SIGNS = Table(
    "rollout_signs",
    METADATA,
    Column("rollout", Integer, ForeignKey("rollouts.id"), primary_key=True, autoincrement=False),
    Column("sign", String(64), primary_key=True),
    Column("in_group", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("artifact", Integer, ForeignKey("artifacts.id"), nullable=False),
    Column("back", Integer, ForeignKey("artifacts.id")),
    Column("state", String(16), nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("offered_ms", BigInteger),
)

# A move of the rollout itself has no sign.
ROLLOUT_MOVES = Table(
    "rollout_moves",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rollout", Integer, ForeignKey("rollouts.id"), nullable=False),
    Column("sign", String(64)),
    Column("move", String(16), nullable=False),
    Column("before", String(16), nullable=False),
    Column("after", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_rollout_moves_rollout", "rollout", "id"),
    sqlite_autoincrement=True,
)
