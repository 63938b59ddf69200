"""One dead letter a topic and reason, with how often and since when it comes."""

import hashlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

TABLE, INDEX = "dead_letters", "ix_dead_letters_mark"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("first_ms", sa.BigInteger, nullable=False, server_default="0"))
        table.add_column(sa.Column("count", sa.BigInteger, nullable=False, server_default="1"))
        table.add_column(sa.Column("mark", sa.String(64), nullable=False, server_default=""))
    _merge(op.get_bind())
    op.create_index(INDEX, TABLE, ["mark"], unique=True)


def _merge(connection: sa.Connection) -> None:
    """Of letters that are alike the newest stays, and counts the others."""
    names = ("id", "received_ms", "topic", "reason", "first_ms", "count", "mark")
    letters = sa.table(TABLE, *map(sa.column, names))
    alike: dict[tuple[str, str], list[Any]] = {}
    wanted = (letters.c.id, letters.c.received_ms, letters.c.topic, letters.c.reason)
    for row in connection.execute(sa.select(*wanted).order_by(letters.c.id)):
        alike.setdefault((row.topic, row.reason), []).append(row)
    for (topic, reason), rows in alike.items():
        *others, newest = (row.id for row in rows)
        connection.execute(sa.delete(letters).where(letters.c.id.in_(others)))
        mark = hashlib.sha256(f"{topic}\0{reason}".encode()).hexdigest()
        told = {"first_ms": min(row.received_ms for row in rows), "count": len(rows), "mark": mark}
        connection.execute(sa.update(letters).where(letters.c.id == newest).values(told))


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    with op.batch_alter_table(TABLE) as table:
        for name in ("first_ms", "count", "mark"):
            table.drop_column(name)
