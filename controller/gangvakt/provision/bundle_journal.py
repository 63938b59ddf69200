"""What a bundle has signed: a small database beside it, so that neither crash nor second window miscounts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from gangvakt.errors import FolderUnusable
from gangvakt.provision.registration import PENDING_LIFE_MS

SUFFIX = ".journal"
BUSY_TIMEOUT_S = 10.0

TABLE = """
CREATE TABLE IF NOT EXISTS signed (
    fingerprint TEXT PRIMARY KEY, sign TEXT NOT NULL, mac TEXT NOT NULL, board TEXT NOT NULL,
    incarnation TEXT NOT NULL, certificate TEXT NOT NULL, again INTEGER NOT NULL, replaces TEXT,
    state TEXT NOT NULL, begun_ms INTEGER NOT NULL, registered_ms INTEGER, report TEXT NOT NULL,
    synced INTEGER NOT NULL)
"""


class Entry(Enum):
    """How far a signed board has come."""

    PENDING = "pending"
    REGISTERED = "registered"
    ENDED = "ended"


@dataclass(frozen=True)
class Signed:
    """One signed board; times are UTC ms."""

    fingerprint: str
    sign: str
    mac: str
    board: str
    incarnation: str
    certificate: str
    again: bool
    replaces: str | None
    begun_ms: int
    registered_ms: int | None = None
    report: str = "{}"
    synced: bool = False
    state: str = Entry.PENDING.value


class BundleJournal:
    """The journal of the bundle in file `bundle`. FolderUnusable when it cannot be kept."""

    def __init__(self, bundle: Path) -> None:
        self.path = bundle.with_name(bundle.name + SUFFIX)

    @contextmanager
    def alone(self) -> Iterator[JournalPage]:
        """What the block writes counts, or, when it raises, nothing of it; meanwhile nobody else writes."""
        try:
            with closing(self._open()) as database:
                database.execute("BEGIN IMMEDIATE")
                database.execute(TABLE)
                yield JournalPage(database)
                database.execute("COMMIT")
        except sqlite3.Error as error:
            raise FolderUnusable(self.path.parent, OSError(0, f"{self.path.name}: {error}")) from error

    def count(self, now_ms: int) -> tuple[int, int]:
        """Signs made, and how many of them the controller has still to be told."""
        with self.alone() as page:
            return page.used(now_ms), len(page.to_tell())

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA synchronous=FULL")
        return database


class JournalPage:
    """The journal while nobody else writes."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def used(self, now_ms: int, besides: str = "") -> int:
        """Boards that were made signs, and those that are being made; not the one with the MAC `besides`."""
        query = (
            "SELECT count(DISTINCT mac) FROM signed"
            " WHERE mac != ? AND (state = ? OR (state = ? AND begun_ms > ?))"
        )
        values = (besides, Entry.REGISTERED.value, Entry.PENDING.value, now_ms - PENDING_LIFE_MS)
        return int(self._database.execute(query, values).fetchone()[0])

    def registered(self, mac: str) -> Signed | None:
        """What the board is already."""
        return self._one("mac = ? AND state = ?", mac, Entry.REGISTERED.value)

    def with_certificate(self, fingerprint: str) -> Signed | None:
        return self._one("fingerprint = ?", fingerprint)

    def begin(self, signed: Signed) -> None:
        """Ends what was begun with the board before."""
        self._database.execute(
            "UPDATE signed SET state = ? WHERE mac = ? AND state = ?",
            (Entry.ENDED.value, signed.mac, Entry.PENDING.value),
        )
        names = ", ".join(vars(signed))
        places = ", ".join("?" for _ in vars(signed))
        self._database.execute(
            f"INSERT INTO signed ({names}) VALUES ({places})", tuple(vars(signed).values())
        )

    def register(self, signed: Signed, report: Mapping[str, Any], now_ms: int) -> None:
        """Ends what the board was before."""
        self._database.execute(
            "UPDATE signed SET state = ? WHERE mac = ? AND state = ?",
            (Entry.ENDED.value, signed.mac, Entry.REGISTERED.value),
        )
        self._database.execute(
            "UPDATE signed SET state = ?, registered_ms = ?, report = ? WHERE fingerprint = ?",
            (Entry.REGISTERED.value, now_ms, json.dumps(dict(report)), signed.fingerprint),
        )

    def end(self, fingerprint: str) -> None:
        """Of one that is pending; nothing otherwise."""
        self._database.execute(
            "UPDATE signed SET state = ? WHERE fingerprint = ? AND state = ?",
            (Entry.ENDED.value, fingerprint, Entry.PENDING.value),
        )

    def to_tell(self) -> tuple[Signed, ...]:
        """What the controller has not taken in yet, oldest first."""
        query = "SELECT * FROM signed WHERE state = ? AND synced = 0 ORDER BY registered_ms"
        return tuple(_signed(row) for row in self._database.execute(query, (Entry.REGISTERED.value,)))

    def told(self, fingerprint: str) -> None:
        self._database.execute("UPDATE signed SET synced = 1 WHERE fingerprint = ?", (fingerprint,))

    def _one(self, where: str, *values: str) -> Signed | None:
        row = self._database.execute(f"SELECT * FROM signed WHERE {where}", values).fetchone()
        return _signed(row) if row else None


def _signed(row: sqlite3.Row) -> Signed:
    return Signed(**{**dict(row), "again": bool(row["again"]), "synced": bool(row["synced"])})
