"""Run by Alembic: the open connection comes with the configuration."""

from alembic import context

from gangvakt.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
