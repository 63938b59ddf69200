"""The registry: sites, registrations with their certificates, and enrolment bundles."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "sites",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("brokers", sa.Text, nullable=False),
        sa.Column("config", sa.Text, nullable=False),
        sa.Column("config_version", sa.Integer, nullable=False),
        sa.Column("ssid", sa.String(32)),
        sa.Column("psk", sa.String(63)),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("group_version", sa.Integer, nullable=False),
        sa.Column("group_key", sa.String(64), nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    _create_registrations()
    op.create_table(
        "certificates",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("registration", sa.Integer, sa.ForeignKey("registrations.id"), nullable=False),
        sa.Column("serial", sa.String(40), nullable=False),
        sa.Column("ends_ms", sa.BigInteger, nullable=False),
        sa.Column("added_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_certificates_registration", "certificates", ["registration"])
    op.create_table(
        "bundles",
        sa.Column("id", sa.String(8), primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("serial", sa.String(40), nullable=False),
        sa.Column("sites", sa.Text, nullable=False),
        sa.Column("most_signs", sa.Integer, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.Column("authority", sa.String(64), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger),
    )


def _create_registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sign", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(12)),
        sa.Column("board", sa.String(32)),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("issued_by", sa.String(16), nullable=False),
        sa.Column("incarnation", sa.String(8)),
        sa.Column("replaces", sa.String(64)),
        sa.Column("group_version", sa.Integer),
        sa.Column("group_key", sa.String(64)),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("registered_ms", sa.BigInteger),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger),
        sa.Column("why", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_registrations_sign", "registrations", ["sign"])
    op.create_index("ix_registrations_mac", "registrations", ["mac"])
    for state in ("pending", "registered"):
        op.create_index(
            f"uq_registrations_{state}",
            "registrations",
            ["sign"],
            unique=True,
            sqlite_where=sa.text(f"state = '{state}'"),
            postgresql_where=sa.text(f"state = '{state}'"),
        )


def downgrade() -> None:
    for table in ("bundles", "certificates", "registrations", "sites"):
        op.drop_table(table)
