"""What people did, in a chain that only grows, and what waits for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

REFUSAL = "the audit only grows"
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _make_chain()
    op.create_table(
        "pairs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("municipality", sa.String(32), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("asked_by", sa.Integer, nullable=False),
        sa.Column("asked_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("decided_by", sa.Integer),
        sa.Column("decided_ms", sa.BigInteger),
        sa.Column("claimed_ms", sa.BigInteger),
        sa.Column("result", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pairs_state", "pairs", ["state", "id"])
    _guard_chain()


def _make_chain() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(128), unique=True),
        sa.Column("same_as", sa.Integer),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.Column("forgotten_ms", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Integer, nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_who", "audit", ["who", "number"])
    op.create_index("ix_audit_subject", "audit", ["subject", "number"])
    op.create_index("ix_audit_at", "audit", ["at_ms"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "hash": "0" * 64}])
    op.create_table(
        "audit_personal",
        sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_personal_number", "audit_personal", ["number"])
    op.create_index("ix_audit_personal_at", "audit_personal", ["at_ms"])


def _guard_chain() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger AS $$ "
            f"BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql"
        )
        how = "EXECUTE FUNCTION audit_only_grows()"
        op.execute(f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW {how}")
        op.execute(
            f"CREATE TRIGGER audit_no_delete BEFORE DELETE OR TRUNCATE ON audit FOR EACH STATEMENT {how}"
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    op.execute(f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit {refuse}")
    op.execute(f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit {refuse}")


def downgrade() -> None:
    for table in ("pairs", "audit_personal", "audit_head", "audit", "persons"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_only_grows")
