"""What goes out to other programs and to people, and how far each has come."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "outbox_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("instance", sa.String(16), nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(96), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("municipality", sa.String(32)),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("time_ms", sa.BigInteger, nullable=False),
        sa.Column("first_event", sa.BigInteger),
        sa.Column("last_event", sa.BigInteger),
    )
    op.create_table(
        "relays",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("municipality", sa.String(32)),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("least_priority", sa.Integer, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("within", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_ms", sa.BigInteger, nullable=False),
        sa.Column("delivered", sa.BigInteger, nullable=False),
        sa.Column("missed", sa.BigInteger, nullable=False),
        sa.Column("delivered_ms", sa.BigInteger),
        sa.Column("last_error", sa.Text),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "undelivered",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("relay", sa.Integer, sa.ForeignKey("relays.id"), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(96), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("municipality", sa.String(32)),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("time_ms", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("given_up_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_undelivered_relay", "undelivered", ["relay", "id"])
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("municipality", sa.String(32)),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("phone", sa.String(16)),
        sa.Column("ntfy", sa.String(64)),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "channels",
        sa.Column("name", sa.String(8), primary_key=True),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("relay", sa.Integer, sa.ForeignKey("relays.id"), nullable=False),
        sa.Column("municipality", sa.String(32)),
        sa.Column("alarms", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("opened_ms", sa.BigInteger, nullable=False),
        sa.Column("due_ms", sa.BigInteger),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.Column("acknowledged_by", sa.String(64)),
    )
    op.create_index("ix_notices_due", "notices", ["state", "due_ms"])
    op.create_index("ix_notices_relay", "notices", ["relay"])
    op.create_table(
        "notice_sends",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("notice", sa.String(16), sa.ForeignKey("notices.id"), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("contact", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_sends_due", "notice_sends", ["state", "due_ms"])
    op.create_index("ix_notice_sends_notice", "notice_sends", ["notice"])
    instance = secrets.token_hex(8)
    op.execute(
        sa.text("INSERT INTO outbox_head (id, last, instance) VALUES (1, 0, :i)").bindparams(i=instance)
    )


def downgrade() -> None:
    op.drop_table("notice_sends")
    op.drop_table("notices")
    op.drop_table("channels")
    op.drop_table("contacts")
    op.drop_table("undelivered")
    op.drop_table("relays")
    op.drop_table("outbox")
    op.drop_table("outbox_head")
