"""Rights of people: roles, second factors, tokens, log-ins of the municipality.

Who was there before may go on doing all that he could: he administers what he saw. Sessions end.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ADMINISTRATOR = "administrator"


def upgrade() -> None:
    grants = op.create_table(
        "staff_grants",
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("municipality", sa.String(32), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
    )
    op.bulk_insert(grants, _grants_of_before())
    with op.batch_alter_table("staff") as staff:
        staff.drop_column("municipalities")
        staff.drop_column("generation")
        staff.add_column(sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()))
        staff.add_column(sa.Column("issuer", sa.String(255)))
        staff.add_column(sa.Column("subject", sa.String(255)))
        staff.create_unique_constraint("uq_staff_reference", ["issuer", "subject"])
    _make_what_lets_in()
    _make_providers()


def _grants_of_before() -> list[dict[str, str]]:
    """All municipalities are "*" there as well."""
    staff = sa.table("staff", sa.column("user"), sa.column("municipalities"))
    return [
        {"user": row.user, "municipality": name, "role": ADMINISTRATOR}
        for row in op.get_bind().execute(sa.select(staff))
        for name in row.municipalities.split()
    ]


def _make_what_lets_in() -> None:
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(16), nullable=False, unique=True),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("seen_ms", sa.BigInteger, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(120), nullable=False),
    )
    op.create_index("ix_sessions_user", "sessions", ["user"])
    op.create_table(
        "second_factors",
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("confirmed_ms", sa.BigInteger),
        sa.Column("last_step", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(64), primary_key=True),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("municipalities", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("used_ms", sa.BigInteger),
        sa.Column("revoked_ms", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_tokens_user", "api_tokens", ["user"])


def _make_providers() -> None:
    op.create_table(
        "login_providers",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("client_secret", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "login_flows",
        sa.Column("state", sa.String(64), primary_key=True),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("next", sa.String(256), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "staff_rules",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in ("staff_rules", "login_flows", "login_providers", "api_tokens", "recovery_codes"):
        op.drop_table(table)
    for table in ("second_factors", "sessions", "staff_grants"):
        op.drop_table(table)
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint("uq_staff_reference", type_="unique")
        for column in ("subject", "issuer", "locked"):
            staff.drop_column(column)
        staff.add_column(sa.Column("generation", sa.Integer, nullable=False, server_default="1"))
        staff.add_column(sa.Column("municipalities", sa.Text, nullable=False, server_default=""))
