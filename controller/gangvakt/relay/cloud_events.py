"""Messages as CloudEvents 1.0 in JSON: one in a request, or several (the batched form)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from gangvakt.store.outbox import Message

ONE = "application/cloudevents+json; charset=utf-8"
BATCH = "application/cloudevents-batch+json; charset=utf-8"


def source_of(instance: str) -> str:
    """What tells one controller from another; with the id it is unique in the world."""
    return f"urn:gangvakt:{instance}"


def envelope(message: Message, source: str) -> dict[str, Any]:
    """The event as a JSON object."""
    time = datetime.fromtimestamp(message.time_ms / 1000, UTC)
    found: dict[str, Any] = {
        "specversion": "1.0",
        "id": message.id,
        "source": source,
        "type": message.kind,
        "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": dict(message.data),
    }
    return found | ({"subject": message.subject} if message.subject else {})


def encode(batch: Sequence[Message], source: str, *, batched: bool) -> bytes:
    """The body of a request; not batched means exactly one."""
    events = [envelope(message, source) for message in batch]
    content: Any = events if batched else events[0]
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
