"""What goes into and comes out of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gangvakt.fleet import EventKey, SignId


@dataclass(frozen=True)
class NewEvent:
    """An event on its way into the store; the fields are those of fleet.SignEvent."""

    key: EventKey
    kind: str
    utc_ms: int
    quality: str
    up_ms: int
    received_ms: int
    detail: Mapping[str, object]


@dataclass(frozen=True)
class SeenSign:
    """A sign as last heard; `status` is its status message as JSON, None before the first."""

    sign: SignId
    seen_ms: int
    status: str | None


@dataclass(frozen=True)
class DeadLetter:
    """A message nobody could read; `payload` is cut, `size` is what arrived (bytes)."""

    received_ms: int
    topic: str
    reason: str
    payload: bytes
    size: int


@dataclass(frozen=True)
class Work:
    """What one transaction stores: all of it or nothing."""

    events: tuple[NewEvent, ...] = ()
    signs: tuple[SeenSign, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()


@dataclass(frozen=True)
class Member:
    """A member of staff. `generation` grows with every new password and so ends older sessions."""

    user: str
    password_hash: str
    must_change: bool
    generation: int
