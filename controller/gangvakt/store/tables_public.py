"""What is open to everybody, and what everybody tells."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from gangvakt.store.tables import METADATA

# `place` is a municipality, whose row is for all of its crossings, or municipality/site, which comes first.
PUBLIC_PAGES = Table(
    "public_pages",
    METADATA,
    Column("place", String(64), primary_key=True),
    Column("is_open", Integer, nullable=False),
    Column("contact", Text, nullable=False),
    Column("licence", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

# What somebody wrote is deleted at `delete_ms`, how to reach him earlier: `forget_ms`, or when it is done.
FAULT_REPORTS = Table(
    "fault_reports",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False),
    Column("sign", String(32)),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("forget_ms", BigInteger, nullable=False),
    Column("delete_ms", BigInteger, nullable=False),
    Column("done_ms", BigInteger),
    Index("ix_fault_reports_site", "site", "id"),
    Index("ix_fault_reports_delete", "delete_ms"),
    sqlite_autoincrement=True,
)
