"""Templates and groups of configurations, every version of them, and plans that bring them to signs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _by() -> tuple[sa.Column[str], sa.Column[int]]:
    return sa.Column("user", sa.String(64), nullable=False), _ms("changed_ms")


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _name() -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(one, sa.String(32), primary_key=True) for one in ("municipality", "name"))


def upgrade() -> None:
    schema = sa.Column("schema", sa.String(8), nullable=False)
    op.create_table("config_templates", *_name(), *_text("fields"), schema, *_by())
    op.create_table(
        "config_groups", *_name(), _count("position"), *_text("sites", "boards", "templates"), *_by()
    )
    op.create_table(
        "config_versions",
        _number(),
        sa.Column("sign", sa.String(64), nullable=False),
        _count("version"),
        sa.Column("schema", sa.String(8), nullable=False),
        *_text("own", "fields", "origins", "former"),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("plan", sa.Integer),
        sa.Column("user", sa.String(64), nullable=False),
        _ms("at_ms"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_config_versions_sign", "config_versions", ["sign", "id"])
    op.create_index("ix_config_versions_plan", "config_versions", ["plan"])
    op.create_table(
        "config_plans",
        _number(),
        sa.Column("municipality", sa.String(32), nullable=False),
        *_text("title", "changes", "stages"),
        sa.Column("user", sa.String(64), nullable=False),
        *(_ms(name) for name in ("created_ms", "changed_ms")),
        _count("deadline_min"),
        sa.Column("state", sa.String(16), nullable=False),
        _count("stage"),
        sa.Column("due_ms", sa.BigInteger),
        *_text("why"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_config_plans_state", "config_plans", ["state"])
    op.create_index("ix_config_plans_municipality", "config_plans", ["municipality", "id"])
    op.create_table(
        "config_plan_steps",
        _number(),
        sa.Column("plan", sa.Integer, sa.ForeignKey("config_plans.id"), nullable=False),
        *(sa.Column(name, sa.String(16), nullable=False) for name in ("event", "state")),
        _count("stage"),
        sa.Column("user", sa.String(64), nullable=False),
        _ms("at_ms"),
        *_text("why"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_config_plan_steps_plan", "config_plan_steps", ["plan", "id"])


def downgrade() -> None:
    for name in ("plan_steps", "plans", "versions", "groups", "templates"):
        op.drop_table(f"config_{name}")
