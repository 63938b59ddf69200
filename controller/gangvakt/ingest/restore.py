"""After a start: what the store remembers goes into the live model, until the signs report themselves."""

from __future__ import annotations

import json
import logging

from gangvakt.errors import Unreadable
from gangvakt.fleet import LiveFleet, SignState, SignStatus
from gangvakt.fleet.live import RECENT_EVENTS
from gangvakt.ingest.messages import parse_status
from gangvakt.store import SeenSign, Store

LOG = logging.getLogger(__name__)


async def restore(fleet: LiveFleet, store: Store) -> None:
    """Every sign ever heard, offline until it says otherwise, and the newest events."""
    states = [
        SignState(seen.sign, status=_status(seen), last_seen_ms=seen.seen_ms)
        for seen in await store.signs.all()
    ]
    newest_first = await store.events.latest(RECENT_EVENTS)
    fleet.restore(states, newest_first[::-1])


def _status(seen: SeenSign) -> SignStatus | None:
    try:
        return parse_status(json.loads(seen.status)) if seen.status else None
    except Unreadable as error:
        LOG.warning("stored status of %s: %s", seen.sign, error)
        return None
