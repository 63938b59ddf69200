"""Bringing a database to this version's revision, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gangvakt.errors import StoreTooNew
from gangvakt.store.revision import Step, Way

MIGRATIONS_DIR = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, store: str) -> Way:
    """Runs what is missing; refuses a database with a revision that this version does not know."""
    way = way_of(connection, store)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return way


def way_of(connection: Connection, store: str) -> Way:
    """What `upgrade` would do; StoreTooNew as there."""
    scripts = {script.revision: script for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    order = list(reversed(scripts))  # walked from the newest
    at = MigrationContext.configure(connection).get_current_revision()
    if at is not None and at not in scripts:
        raise StoreTooNew(store, at)
    missing = order[order.index(at) + 1 :] if at is not None else order
    steps = tuple(Step(revision, (scripts[revision].doc or "").strip()) for revision in missing)
    return Way(at, order[-1], steps)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR).replace("%", "%%"))
    return config
