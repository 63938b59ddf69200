"""Times of events that came before their sign knew the time: a later event of the same boot tells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Update, and_, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignEvent, SignId
from gangvakt.fleet.events import (
    AHEAD_MS,
    BEHIND_MS,
    QUALITY_DOUBTFUL,
    QUALITY_RECEIVED,
    QUALITY_UPTIME,
    can_be,
)
from gangvakt.store.rollups import note_restamping
from gangvakt.store.tables import EVENTS

CLOCK_SET = "clock_set"


class _Boot(NamedTuple):
    sign: SignId
    incarnation: str
    boot: int


async def restamp(connection: AsyncConnection, stored: Sequence[SignEvent]) -> tuple[SignEvent, ...]:
    """The events just stored, with the times that they now have.

    Of an event of a boot that is over nobody knows when it was, until the `clock_set` of that boot says how
    UTC and uptime belong together: then all of that boot are stamped by it, those stored before as well. One
    that cannot have been then is doubtful.
    """
    bases: dict[_Boot, int] = {}
    boots = {_boot(event) for event in stored if _waits(event) or event.kind == CLOCK_SET}
    if not boots:
        return tuple(stored)
    for boot in boots:
        base_ms = await _base_ms(connection, boot)
        if base_ms is not None:
            bases[boot] = base_ms
            await note_restamping(connection, _waiting(boot))
            await connection.execute(_stamping(boot, base_ms))
    return tuple(_stamped(event, bases.get(_boot(event))) for event in stored)


def _boot(event: SignEvent) -> _Boot:
    return _Boot(event.sign, event.incarnation, event.boot)


def _waits(event: SignEvent) -> bool:
    return event.quality == QUALITY_RECEIVED


def _stamped(event: SignEvent, base_ms: int | None) -> SignEvent:
    if base_ms is None or not _waits(event):
        return event
    utc_ms = base_ms + event.up_ms
    if not can_be(utc_ms, event.received_ms):
        return event._replace(utc_ms=event.received_ms, quality=QUALITY_DOUBTFUL)
    return event._replace(utc_ms=utc_ms, quality=QUALITY_UPTIME)


def _of(boot: _Boot) -> ColumnElement[bool]:
    columns = EVENTS.c
    return and_(
        columns.sign == str(boot.sign), columns.incarnation == boot.incarnation, columns.boot == boot.boot
    )


def _stamping(boot: _Boot, base_ms: int) -> Update:
    utc_ms, received_ms = EVENTS.c.up_ms + base_ms, EVENTS.c.received_ms
    may_be = utc_ms.between(received_ms - BEHIND_MS, received_ms + AHEAD_MS)
    times = {
        "utc_ms": case((may_be, utc_ms), else_=received_ms),
        "quality": case((may_be, QUALITY_UPTIME), else_=QUALITY_DOUBTFUL),
    }
    return update(EVENTS).where(_waiting(boot)).values(times)


def _waiting(boot: _Boot) -> ColumnElement[bool]:
    return and_(_of(boot), EVENTS.c.quality == QUALITY_RECEIVED)


async def _base_ms(connection: AsyncConnection, boot: _Boot) -> int | None:
    """UTC at uptime 0, by the last word of that boot; None without one, or when it cannot be true."""
    told = EVENTS.c.detail, EVENTS.c.up_ms, EVENTS.c.received_ms
    query = select(*told).where(_of(boot), EVENTS.c.kind == CLOCK_SET).order_by(EVENTS.c.seq.desc()).limit(1)
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    utc_ms = json.loads(row.detail).get("utc_ms")
    if not isinstance(utc_ms, int) or not can_be(utc_ms, row.received_ms):
        return None
    return utc_ms - int(row.up_ms)
