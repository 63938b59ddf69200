"""Commands with their answers, the configuration that each sign shall have, and cellular sites."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sign", sa.String(64), nullable=False),
        sa.Column("request", sa.String(16), nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("args", sa.Text, nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("sent_ms", sa.BigInteger, nullable=False),
        sa.Column("answered_ms", sa.BigInteger),
        sa.Column("answer", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_commands_sign", "commands", ["sign"])
    op.create_table(
        "wanted_configs",
        sa.Column("sign", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("schema", sa.String(8), nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    with op.batch_alter_table("sites") as sites:
        sites.add_column(sa.Column("apn", sa.String(63)))


def downgrade() -> None:
    with op.batch_alter_table("sites") as sites:
        sites.drop_column("apn")
    op.drop_table("wanted_configs")
    op.drop_table("commands")
