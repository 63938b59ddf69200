"""Whose signs each member of staff sees; who was there before sees all, as before."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("municipalities", sa.Text, nullable=False, server_default="*"))


def downgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.drop_column("municipalities")
