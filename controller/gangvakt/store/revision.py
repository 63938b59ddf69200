"""Which revision a database has, and which this version wants: known without the migrations themselves, which
take a fifth of a second to load and are hardly ever wanted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

LATEST = "0013"  # of `migrations`, as a test says


@dataclass(frozen=True)
class Step:
    """A migration: the revision it leads to, and what it brings."""

    revision: str
    brings: str


@dataclass(frozen=True)
class Way:
    """From the revision of a database, None when it is empty, to that of this version."""

    at: str | None
    to: str
    steps: tuple[Step, ...]


ARRIVED = Way(LATEST, LATEST, ())


def is_latest(connection: Connection) -> bool:
    """Whether nothing has to be migrated; False for a database without any revision."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    held: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return held == LATEST
