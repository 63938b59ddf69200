"""The audit's chain: each row's hash covers the row and the hash before it, so that none can be changed,
taken out or put in without all later hashes telling.

    hash = SHA-256(hash before, 32 bytes + canonical JSON of
                   [number, at_ms, who, action, subject, before, after])

Canonical JSON is what `canonical` writes: keys in order, no spaces, UTF-8. The first row follows GENESIS.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """What somebody did. `who` is the number of a person; `before`, `after`: canonical JSON, or None."""

    number: int
    at_ms: int
    who: int
    action: str
    subject: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Head:
    """The newest row: its number, 0 for none, and its hash."""

    number: int
    hash: str


START = Head(0, GENESIS)


def canonical(value: object) -> str:
    """The one way in which a value is written. ValueError for what JSON cannot say, NaN among it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(before: str, entry: Entry) -> str:
    """Of an entry behind the row with the hash `before`; both in hex."""
    row = [entry.number, entry.at_ms, entry.who, entry.action, entry.subject, entry.before, entry.after]
    return hashlib.sha256(bytes.fromhex(before) + canonical(row).encode()).hexdigest()


def fault_of(head: Head, entry: Entry, held: str) -> str | None:
    """What does not fit in the row behind `head` that is stored with the hash `held`; None when all does."""
    if entry.number != head.number + 1:
        return f"row {head.number + 1} is missing"
    if held != hash_of(head.hash, entry):
        return "its hash is not that of its contents and of the row before it"
    return None


def commitment(salt: str, text: str) -> str:
    """What stands in the chain for a personal value: whoever has value and salt can check it, and once both
    are deleted nobody can find it out again."""
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()
