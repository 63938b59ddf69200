"""Which messages a relay takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gangvakt.errors import RelayRefused
from gangvakt.store.outbox import Message
from gangvakt.store.relays import NewRelay

EVENTS = "no.gangvakt.event."
ALARMS = "no.gangvakt.alarm."
MOST_KINDS = 20
LEAST_URGENT = 3  # RSMP's priorities: 1 is the most urgent
KIND_RULE = "a type as no.gangvakt.alarm.raised.v1, or its beginning with .* behind it, or *"

_KIND = re.compile(r"\*|[a-z0-9_]{1,32}(\.[a-z0-9_-]{1,32}){0,7}(\.\*)?")


def check_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """The patterns themselves. RelayRefused for the first that is none."""
    if not 0 < len(kinds) <= MOST_KINDS:
        raise RelayRefused("relay", "kinds", len(kinds), f"1 to {MOST_KINDS} patterns")
    for kind in kinds:
        if not _KIND.fullmatch(kind) or len(kind) > 96:
            raise RelayRefused("relay", "kinds", kind[:80], KIND_RULE)
    return tuple(dict.fromkeys(kinds))


def matches(pattern: str, kind: str) -> bool:
    """Whether a kind is meant by a pattern: itself, `beginning.*`, or `*`."""
    if pattern.endswith("*"):
        return kind.startswith(pattern[:-1])
    return kind == pattern


def takes(relay: NewRelay, message: Message) -> bool:
    """Whether a relay wants a message: its municipality's, of its kinds, and urgent enough."""
    if relay.municipality is not None and message.municipality != relay.municipality:
        return False
    priority = message.data.get("priority")
    if message.kind.startswith(ALARMS) and isinstance(priority, int) and priority > relay.least_priority:
        return False
    return any(matches(pattern, message.kind) for pattern in relay.kinds)


def wants_events(relay: NewRelay) -> bool:
    """Whether any event of a sign could pass."""
    return any(pattern.rstrip("*").startswith(EVENTS) or matches(pattern, EVENTS) for pattern in relay.kinds)
