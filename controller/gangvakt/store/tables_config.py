"""Templates, groups, every version of every sign's configuration, and plans that bring them to signs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from gangvakt.store.tables import METADATA

CONFIG_TEMPLATES = Table(
    "config_templates",
    METADATA,
    Column("municipality", String(32), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("fields", Text, nullable=False),
    Column("schema", String(8), nullable=False),
    Column("user", String(64), nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

# Sites, boards and templates are lists in JSON.
CONFIG_GROUPS = Table(
    "config_groups",
    METADATA,
    Column("municipality", String(32), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("sites", Text, nullable=False),
    Column("boards", Text, nullable=False),
    Column("templates", Text, nullable=False),
    Column("user", String(64), nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

# What was wanted of a sign, for ever: `own` are its own values, `fields` what it was told, `origins` who gave
# each of them, `former` what it was told before. `plan` is the one that told it, where one did.
CONFIG_VERSIONS = Table(
    "config_versions",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("schema", String(8), nullable=False),
    Column("own", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("origins", Text, nullable=False),
    Column("former", Text, nullable=False),
    Column("cause", String(16), nullable=False),
    Column("plan", Integer),
    Column("user", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_config_versions_sign", "sign", "id"),
    Index("ix_config_versions_plan", "plan"),
    sqlite_autoincrement=True,
)

CONFIG_PLANS = Table(
    "config_plans",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("municipality", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("changes", Text, nullable=False),
    Column("stages", Text, nullable=False),
    Column("user", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("deadline_min", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", Integer, nullable=False),
    Column("due_ms", BigInteger),
    Column("why", Text, nullable=False),
    Index("ix_config_plans_state", "state"),
    Index("ix_config_plans_municipality", "municipality", "id"),
    sqlite_autoincrement=True,
)

CONFIG_PLAN_STEPS = Table(
    "config_plan_steps",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("plan", Integer, ForeignKey("config_plans.id"), nullable=False),
    Column("event", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", Integer, nullable=False),
    Column("user", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
    Index("ix_config_plan_steps_plan", "plan", "id"),
    sqlite_autoincrement=True,
)
