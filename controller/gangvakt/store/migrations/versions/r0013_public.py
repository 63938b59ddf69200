"""What is open to everybody, and what everybody tells."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "public_pages",
        sa.Column("place", sa.String(64), primary_key=True),
        sa.Column("is_open", sa.Integer, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("licence", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "fault_reports",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("sign", sa.String(32)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("forget_ms", sa.BigInteger, nullable=False),
        sa.Column("delete_ms", sa.BigInteger, nullable=False),
        sa.Column("done_ms", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fault_reports_site", "fault_reports", ["site", "id"])
    op.create_index("ix_fault_reports_delete", "fault_reports", ["delete_ms"])


def downgrade() -> None:
    for table in ("fault_reports", "public_pages"):
        op.drop_table(table)
