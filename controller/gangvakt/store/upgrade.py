"""Bringing a database to this version's revision, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gangvakt.errors import StoreTooNew

MIGRATIONS_DIR = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, store: str) -> None:
    """Runs what is missing; refuses a database with a revision that this version does not know."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR).replace("%", "%%"))
    config.attributes["connection"] = connection
    _refuse_newer(connection, config, store)
    command.upgrade(config, "head")


def _refuse_newer(connection: Connection, config: Config, store: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    for revision in MigrationContext.configure(connection).get_current_heads():
        if revision not in known:
            raise StoreTooNew(store, revision)
