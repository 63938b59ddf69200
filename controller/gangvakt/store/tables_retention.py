"""Tables of the roll-ups: what is left of events when they are deleted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from gangvakt.store.tables import METADATA

# Of sums the unit is in the name; rollups.Rollup says what each is.
COUNTED = ("events", "activations", "tracked", "timed", "warning_ms", "lit_ms", "boots", "faults")

ROLLUPS = Table(
    "rollups",
    METADATA,
    Column("sign", String(64), primary_key=True),
    Column("span", String(4), primary_key=True),
    Column("start_ms", BigInteger, primary_key=True, autoincrement=False),
    *(Column(name, BigInteger, nullable=False) for name in COUNTED),
    Index("ix_rollups_span_start", "span", "start_ms"),
)

# The highest id of an event that is in the roll-ups: one row, called "events".
ROLLUP_MARKS = Table(
    "rollup_marks",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("reached", BigInteger, nullable=False),
)

# Events whose time was corrected after they had been rolled up, with the time under which they were.
RESTAMPED = Table(
    "restamped",
    METADATA,
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    Column("was_ms", BigInteger, nullable=False),
)
