"""What must survive a restart, in one database: SQLite in WAL mode or PostgreSQL, through SQLAlchemy Core."""

# Loaded so that METADATA is whole for whoever copies or compares all tables.
from gangvakt.store import tables_public, tables_registry, tables_rollouts  # noqa: F401
from gangvakt.store.address import StoreAddress
from gangvakt.store.journal import Journal
from gangvakt.store.records import DeadLetter, Member, NewEvent, SeenSign, Work
from gangvakt.store.store import Store

__all__ = ["DeadLetter", "Journal", "Member", "NewEvent", "SeenSign", "Store", "StoreAddress", "Work"]
