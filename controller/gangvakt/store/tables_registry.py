"""What staff know of municipalities, crossings and signs beyond what signs say of themselves."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text

from gangvakt.store.tables import METADATA

# `version` grows with every change, so that nobody overwrites what he has not seen.

MUNICIPALITIES = Table(
    "municipalities",
    METADATA,
    Column("municipality", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

# Degrees are WGS84. The approval is that of the road authority; its patterns are JSON.
SITE_FILES = Table(
    "site_files",
    METADATA,
    Column("site", String(64), primary_key=True),
    Column("lat_deg", Double),
    Column("lon_deg", Double),
    Column("street", Text, nullable=False),
    Column("road_width_m", Double),
    Column("speed_limit_kmh", Integer),
    Column("decision", String(40)),
    Column("decided_on", String(10)),
    Column("patterns", Text, nullable=False),
    Column("dim_max_pct", Integer),
    Column("version", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

POLES = Table(
    "poles",
    METADATA,
    Column("site", String(64), primary_key=True),
    Column("pole", String(32), primary_key=True),
    Column("side", String(8), nullable=False),
    Column("lat_deg", Double),
    Column("lon_deg", Double),
)

# Minutes are those of the UTC day.
SIGN_FILES = Table(
    "sign_files",
    METADATA,
    Column("sign", String(64), primary_key=True),
    Column("pole", String(32)),
    Column("feed", String(16)),
    Column("feeder", Text),
    Column("lit_from_min", Integer),
    Column("lit_until_min", Integer),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

SIGN_STEPS = Table(
    "sign_steps",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_sign_steps_sign", "sign", "id"),
    sqlite_autoincrement=True,
)

PARTS = Table(
    "parts",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("kind", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("warranty_until", String(10)),
    Column("fitted_ms", BigInteger, nullable=False),
    Column("fitted_by", String(64), nullable=False),
    Column("removed_ms", BigInteger),
    Index("ix_parts_sign", "sign", "id"),
    sqlite_autoincrement=True,
)

REPAIRS = Table(
    "repairs",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_repairs_sign", "sign", "id"),
    sqlite_autoincrement=True,
)

# Both are about people's work and may show people: each is deleted when its time is over.
NOTES = Table(
    "notes",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("delete_ms", BigInteger, nullable=False),
    Index("ix_notes_sign", "sign", "id"),
    Index("ix_notes_delete", "delete_ms"),
    sqlite_autoincrement=True,
)

PHOTOS = Table(
    "photos",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sign", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("file", String(36), nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("delete_ms", BigInteger, nullable=False),
    Index("ix_photos_sign", "sign", "id"),
    Index("ix_photos_delete", "delete_ms"),
    sqlite_autoincrement=True,
)
