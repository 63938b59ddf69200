"""Event batches: which events are in them, and when each of them happened."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

from gangvakt.errors import Unreadable
from gangvakt.fleet import EventKey, SignId
from gangvakt.fleet.events import (
    AHEAD_MS,
    QUALITY_DOUBTFUL,
    QUALITY_RECEIVED,
    QUALITY_UPTIME,
    QUALITY_UTC,
    can_be,
)
from gangvakt.ingest.schema import check
from gangvakt.store import NewEvent


# Tuples, for there are thousands a second: frozen dataclasses take four times as long to make.
class Ack(NamedTuple):
    """All events of this boot up to and including `seq` are stored."""

    sign: SignId
    incarnation: str
    boot: int
    seq: int
    uptime_ms: int

    def message(self, now_ms: int) -> dict[str, object]:
        """What to send at `now_ms` (UTC)."""
        key = {"incarnation": self.incarnation, "boot": self.boot, "seq": self.seq}
        return {"v": 1, **key, "t": now_ms, "up": self.uptime_ms}


class Batch(NamedTuple):
    """What one event message holds; `refused` says why for each event that is not readable."""

    events: tuple[NewEvent, ...]
    refused: tuple[Unreadable, ...]
    ack: Ack

    def after(self, before: Batch) -> Batch:
        """With those events of `before` that the acknowledgement of this one would cover too."""
        theirs, mine = before.ack, self.ack
        if (theirs.incarnation, theirs.boot) != (mine.incarnation, mine.boot):
            return self
        held = {event.key.seq for event in self.events}
        covered = [one for one in before.events if one.key.seq <= mine.seq and one.key.seq not in held]
        if not covered:
            return self
        return self._replace(events=tuple(sorted([*covered, *self.events], key=lambda one: one.key.seq)))


class _Base(NamedTuple):
    """The instant from which uptimes of one boot are reckoned."""

    utc_ms: int
    uptime_ms: int
    quality: str
    received_ms: int

    def time_of(self, up_ms: int) -> tuple[int, str]:
        """UTC ms and quality of an event at uptime `up_ms`."""
        if up_ms > self.uptime_ms:  # no uptime of the boot that sends it
            return self.received_ms, QUALITY_RECEIVED
        utc_ms = self.utc_ms - (self.uptime_ms - up_ms)
        if not can_be(utc_ms, self.received_ms):
            return self.received_ms, QUALITY_DOUBTFUL
        return utc_ms, self.quality


def parse_batch(
    sign: SignId,
    message: dict[str, Any],
    received_ms: int,
    running_boot: int | None,
    *,
    is_checked: bool = False,
) -> Batch:
    """Unreadable when not even the sequence numbers are certain.

    An event that is not readable for itself is refused alone: unacknowledged it would stop the sign's outbox
    for ever. `running_boot` is the boot the sign is in, if known: of an earlier one the uptime says nothing.
    `is_checked`: batch and events are known to be as the contract has them.
    """
    if not is_checked:
        check("EventBatch", message)
    sequence = [int(event["seq"]) for event in message["events"]]
    if any(later <= earlier for earlier, later in pairwise(sequence)):
        raise Unreadable("EventBatch", "events.seq", sequence, "ascending numbers")
    base = _base(message, received_ms, running_boot)
    uptime_ms = int(message["uptime_ms"])
    ack = Ack(sign, message["incarnation"], int(message["boot"]), sequence[-1], uptime_ms)
    readable, refused = (message["events"], []) if is_checked else _sorted_out(message["events"])
    events = tuple(_event(ack, event, base, received_ms) for event in readable)
    return Batch(events, tuple(refused), ack)


def _sorted_out(events: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[Unreadable]]:
    readable, refused = [], []
    for event in events:
        try:
            check("Event", event)
        except Unreadable as error:
            refused.append(error)
        else:
            readable.append(event)
    return readable, refused


def _base(message: dict[str, Any], received_ms: int, running_boot: int | None) -> _Base:
    uptime_ms, sent_ms = int(message["uptime_ms"]), message["t"]
    is_earlier = running_boot is not None and int(message["boot"]) < running_boot
    if is_earlier or message.get("over"):
        return _Base(received_ms, -1, QUALITY_RECEIVED, received_ms)
    if sent_ms is not None and abs(int(sent_ms) - received_ms) <= AHEAD_MS:
        return _Base(int(sent_ms), uptime_ms, QUALITY_UTC, received_ms)
    return _Base(received_ms, uptime_ms, QUALITY_UPTIME, received_ms)


def _event(ack: Ack, event: dict[str, Any], base: _Base, received_ms: int) -> NewEvent:
    detail = event.copy()
    seq, kind, up_ms = int(detail.pop("seq")), detail.pop("kind"), int(detail.pop("up"))
    key = EventKey(ack.sign, ack.incarnation, ack.boot, seq)
    return NewEvent(key, kind, *base.time_of(up_ms), up_ms, received_ms, detail)
