"""Roll-ups of events, and how far they reach."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

COUNTED = ("events", "activations", "tracked", "timed", "warning_ms", "lit_ms", "boots", "faults")


def upgrade() -> None:
    op.create_table(
        "rollups",
        sa.Column("sign", sa.String(64), primary_key=True),
        sa.Column("span", sa.String(4), primary_key=True),
        sa.Column("start_ms", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTED),
    )
    op.create_index("ix_rollups_span_start", "rollups", ["span", "start_ms"])
    marks = op.create_table(
        "rollup_marks",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("reached", sa.BigInteger, nullable=False),
    )
    # Nothing yet: the events that are there already are rolled up from the first one on.
    op.bulk_insert(marks, [{"name": "events", "reached": 0}])
    op.create_table(
        "restamped",
        sa.Column("event", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("was_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_events_received", "events", ["received_ms"])


def downgrade() -> None:
    op.drop_index("ix_events_received", "events")
    for table in ("restamped", "rollup_marks", "rollups"):
        op.drop_table(table)
