"""Which numbered events of a sign are not in the store: reckoned from those that are, so that one that comes
late fills its gap by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignId
from gangvakt.store.database import Database
from gangvakt.store.tables import EVENTS

MOST_LIVES = 20  # boots of one sign, the newest
MOST_GAPS = 100  # of one boot

_OF = EVENTS.c


@dataclass(frozen=True)
class Life:
    """One boot of a sign as the store has it: of its events `first_seq` to `last_seq` there are `stored`.

    `gaps` are (first, last) of the numbers between them that are not, at most MOST_GAPS, ascending. What is
    before and behind says nothing: old events are deleted, and new ones are still to come.
    """

    sign: SignId
    incarnation: str
    boot: int
    first_seq: int
    last_seq: int
    stored: int
    gaps: tuple[tuple[int, int], ...] = ()

    @property
    def missing(self) -> int:
        return self.last_seq - self.first_seq + 1 - self.stored


@dataclass(frozen=True)
class Skipped:
    """The newest boot of a sign, and since when (UTC ms) each of its missing events is missed."""

    sign: SignId
    incarnation: str
    boot: int
    last_seq: int
    since_ms: Mapping[int, int] = field(default_factory=dict)


class GapTable:
    """Reading them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lives(self, sign: SignId) -> tuple[Life, ...]:
        """The newest boots of a sign, newest first."""
        async with self._database.transaction() as connection:
            found = await _lives(connection, _OF.sign == str(sign))
            return tuple([await _with_gaps(connection, life) for life in found])

    async def skipped_since(self, since_ms: int) -> tuple[Skipped, ...]:
        """Of each sign that was heard since then: what its newest boot has skipped since, if anything."""
        async with self._database.transaction() as connection:
            recent = await _lives_since(connection, since_ms)
            newest = {life.sign: life for life in reversed(recent)}
            whole = [await _with_gaps(connection, life) for life in newest.values() if life.missing]
            found = [await _skipped(connection, life, since_ms) for life in whole if life.gaps]
        return tuple(one for one in found if one.since_ms)


async def _lives(connection: AsyncConnection, condition: ColumnElement[bool]) -> Sequence[Life]:
    query = _sums(condition).order_by(func.max(_OF.id).desc()).limit(MOST_LIVES)
    return [Life(SignId.parse(sign), *values) for sign, *values, _ in await connection.execute(query)]


async def _lives_since(connection: AsyncConnection, since_ms: int) -> Sequence[Life]:
    """As the events heard since then tell, each from the last event before them on."""
    sums, earlier = _sums(_OF.received_ms >= since_ms).subquery(), EVENTS.alias()
    same = (sums.c[name] == earlier.c[name] for name in ("sign", "incarnation", "boot"))
    before = select(func.max(earlier.c.seq)).where(*same, earlier.c.seq < sums.c.first_seq)
    query = select(sums, before.scalar_subquery().label("before")).order_by(sums.c.newest.desc())
    return [
        Life(
            SignId.parse(row.sign),
            row.incarnation,
            row.boot,
            row.first_seq if row.before is None else row.before,
            row.last_seq,
            row.stored + (row.before is not None),
        )
        for row in await connection.execute(query)
    ]


def _sums(condition: ColumnElement[bool]) -> Select[Any]:
    life = (_OF.sign, _OF.incarnation, _OF.boot)
    told = (func.min(_OF.seq), "first_seq"), (func.max(_OF.seq), "last_seq"), (func.count(), "stored")
    newest = func.max(_OF.id).label("newest")
    return select(*life, *(one.label(name) for one, name in told), newest).where(condition).group_by(*life)


async def _with_gaps(connection: AsyncConnection, life: Life) -> Life:
    if not life.missing:
        return life
    following = func.lead(_OF.seq).over(order_by=_OF.seq).label("following")
    within = _OF.seq.between(life.first_seq, life.last_seq)
    pairs = select(_OF.seq, following).where(_of(life), within).subquery()
    query = select(pairs).where(pairs.c.following > pairs.c.seq + 1).order_by(pairs.c.seq).limit(MOST_GAPS)
    gaps = tuple((seq + 1, following - 1) for seq, following in await connection.execute(query))
    return Life(**vars(life) | {"gaps": gaps})


async def _skipped(connection: AsyncConnection, life: Life, since_ms: int) -> Skipped:
    """An event is missed from when the one behind the gap was heard."""
    behind = [last + 1 for _, last in life.gaps]
    query = select(_OF.seq, _OF.received_ms).where(_of(life), _OF.seq.in_(behind))
    heard_ms = {row.seq: row.received_ms for row in await connection.execute(query)}
    missing = {
        seq: heard_ms[last + 1]
        for first, last in life.gaps
        for seq in range(first, min(last, first + MOST_GAPS) + 1)
        if heard_ms[last + 1] >= since_ms
    }
    return Skipped(life.sign, life.incarnation, life.boot, life.last_seq, missing)


def _of(life: Life) -> ColumnElement[bool]:
    return and_(_OF.sign == str(life.sign), _OF.incarnation == life.incarnation, _OF.boot == life.boot)
