"""Alarms with every step of their history."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(128), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("object", sa.String(128), nullable=False),
        sa.Column("municipality", sa.String(32)),
        sa.Column("site", sa.String(32)),
        sa.Column("sign", sa.String(32)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("raised_ms", sa.BigInteger, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.Column("cleared_ms", sa.BigInteger),
        sa.Column("acknowledged_by", sa.String(64)),
        sa.Column("suspended_until_ms", sa.BigInteger),
        sa.Column("assigned_to", sa.String(64)),
        sa.Column("level", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarms_state", "alarms", ["state", "id"])
    op.create_index("ix_alarms_place", "alarms", ["municipality", "site", "sign"])
    op.create_table(
        "alarm_steps",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("alarm", sa.Integer, sa.ForeignKey("alarms.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarm_steps_alarm", "alarm_steps", ["alarm", "id"])


def downgrade() -> None:
    op.drop_table("alarm_steps")
    op.drop_table("alarms")
