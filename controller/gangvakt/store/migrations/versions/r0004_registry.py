"""Whose signs each member of staff sees, all for who was there before; files of crossings and signs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = (
    "photos",
    "notes",
    "repairs",
    "parts",
    "sign_steps",
    "sign_files",
    "poles",
    "site_files",
    "municipalities",
)


def upgrade() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("municipalities", sa.Text, nullable=False, server_default="*"))
    _make_sites()
    _make_signs()
    _make_logs()
    _make_kept_for_a_time()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("staff") as staff:
        staff.drop_column("municipalities")


def _make_sites() -> None:
    op.create_table(
        "municipalities",
        sa.Column("municipality", sa.String(32), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "site_files",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("lat_deg", sa.Double),
        sa.Column("lon_deg", sa.Double),
        sa.Column("street", sa.Text, nullable=False),
        sa.Column("road_width_m", sa.Double),
        sa.Column("speed_limit_kmh", sa.Integer),
        sa.Column("decision", sa.String(40)),
        sa.Column("decided_on", sa.String(10)),
        sa.Column("patterns", sa.Text, nullable=False),
        sa.Column("dim_max_pct", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "poles",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("pole", sa.String(32), primary_key=True),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("lat_deg", sa.Double),
        sa.Column("lon_deg", sa.Double),
    )


def _make_signs() -> None:
    op.create_table(
        "sign_files",
        sa.Column("sign", sa.String(64), primary_key=True),
        sa.Column("pole", sa.String(32)),
        sa.Column("feed", sa.String(16)),
        sa.Column("feeder", sa.Text),
        sa.Column("lit_from_min", sa.Integer),
        sa.Column("lit_until_min", sa.Integer),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sign_steps",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sign", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_steps_sign", "sign_steps", ["sign", "id"])


def _make_logs() -> None:
    op.create_table(
        "parts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sign", sa.String(64), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("serial", sa.Text, nullable=False),
        sa.Column("warranty_until", sa.String(10)),
        sa.Column("fitted_ms", sa.BigInteger, nullable=False),
        sa.Column("fitted_by", sa.String(64), nullable=False),
        sa.Column("removed_ms", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_parts_sign", "parts", ["sign", "id"])
    op.create_table(
        "repairs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sign", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_repairs_sign", "repairs", ["sign", "id"])


def _make_kept_for_a_time() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sign", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("delete_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notes_sign", "notes", ["sign", "id"])
    op.create_index("ix_notes_delete", "notes", ["delete_ms"])
    op.create_table(
        "photos",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("sign", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("file", sa.String(36), nullable=False),
        sa.Column("width_px", sa.Integer, nullable=False),
        sa.Column("height_px", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("delete_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_photos_sign", "photos", ["sign", "id"])
    op.create_index("ix_photos_delete", "photos", ["delete_ms"])
