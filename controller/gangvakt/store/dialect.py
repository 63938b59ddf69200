"""What SQLite and PostgreSQL spell alike, but from modules of their own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_into(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the connection."""
    return insert_for(connection.dialect, table)


def insert_for(dialect: Dialect, table: Table) -> Any:
    """The same, for whoever keeps the statement."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)
