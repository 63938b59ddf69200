"""Rollouts and the artifacts that they offer; every move is stored with its reason, or none of a round is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet import SignId
from gangvakt.fleet.rollout_states import LIVE, Move, SignState, State
from gangvakt.fleet.rollouts import Artifact, Entry, Planned, Rollout, Rules
from gangvakt.fleet.windows import Calendar, Window
from gangvakt.store.database import Database
from gangvakt.store.tables_rollouts import ARTIFACTS, ROLLOUT_MOVES, ROLLOUT_SIGNS, ROLLOUTS

LONGEST_REASON = 500
WRITTEN_ONCE = ("title", "who", "made_ms")  # a forgotten person's name does not come back from memory
_FACTS = [column for column in ARTIFACTS.c if column.name != "content"]


@dataclass(frozen=True)
class Upload:
    """An artifact as it is stored: `sha256` of the whole file."""

    artifact: Artifact
    made_ms: int
    who: str


@dataclass(frozen=True)
class MoveEntry:
    """One entry of a rollout's history; `sign` is None for a move of the rollout itself."""

    id: int
    sign: str | None
    move: str
    before: str
    after: str
    at_ms: int
    who: str
    reason: str


class RolloutTable:
    """Reading both, and the transactions in which moves are written."""

    def __init__(self, database: Database) -> None:
        self.transaction, self.exclusive = database.transaction, database.exclusive

    async def artifacts(self) -> tuple[Upload, ...]:
        """All, the newest first."""
        async with self.transaction() as connection:
            rows = await connection.execute(select(*_FACTS).order_by(ARTIFACTS.c.id.desc()))
            return tuple(_upload(row) for row in rows)

    async def artifact(self, number: int) -> Upload | None:
        async with self.transaction() as connection:
            row = (await connection.execute(select(*_FACTS).where(ARTIFACTS.c.id == number))).one_or_none()
        return _upload(row) if row else None

    async def content(self, number: int) -> bytes | None:
        """The whole file."""
        query = select(ARTIFACTS.c.content).where(ARTIFACTS.c.id == number)
        async with self.transaction() as connection:
            found = (await connection.execute(query)).scalar_one_or_none()
        return bytes(found) if found is not None else None

    async def get(self, number: int) -> Rollout | None:
        found = await self._read(ROLLOUTS.c.id == number)
        return found[0] if found else None

    async def live(self) -> tuple[Rollout, ...]:
        """Those that are looked after, the oldest first."""
        return await self._read(ROLLOUTS.c.state.in_(sorted(state.value for state in LIVE)))

    async def tripped(self) -> frozenset[int]:
        """The numbers of those whose own last move was to pause by themselves."""
        last = select(func.max(ROLLOUT_MOVES.c.id)).where(ROLLOUT_MOVES.c.sign.is_(None))
        query = select(ROLLOUT_MOVES.c.rollout).where(
            ROLLOUT_MOVES.c.id.in_(last.group_by(ROLLOUT_MOVES.c.rollout)),
            ROLLOUT_MOVES.c.move == Move.TRIP.value,
        )
        async with self.transaction() as connection:
            return frozenset(row.rollout for row in await connection.execute(query))

    async def page(
        self, before: int | None, limit: int, seen: frozenset[str | None] | None = None
    ) -> tuple[Rollout, ...]:
        """At most `limit` with a number below `before`, the newest first; `seen` are the municipalities that
        may be, None among them for what is of several."""
        query = select(ROLLOUTS.c.id, ROLLOUTS.c.municipality).order_by(ROLLOUTS.c.id.desc())
        if before is not None:
            query = query.where(ROLLOUTS.c.id < before)
        async with self.transaction() as connection:
            rows = (await connection.execute(query)).all()
        numbers = [row.id for row in rows if seen is None or row.municipality in seen][:limit]
        return tuple(reversed(await self._read(ROLLOUTS.c.id.in_(numbers)))) if numbers else ()

    async def owners(self) -> frozenset[str | None]:
        """The municipalities that ever had a rollout of their own; None among them for one of several."""
        async with self.transaction() as connection:
            rows = await connection.execute(select(ROLLOUTS.c.municipality).distinct())
            return frozenset(row.municipality for row in rows)

    async def history(self, number: int, before: int | None, limit: int) -> tuple[MoveEntry, ...]:
        """At most `limit` moves with an id below `before`, the newest first."""
        query = select(ROLLOUT_MOVES).where(ROLLOUT_MOVES.c.rollout == number)
        query = query.order_by(ROLLOUT_MOVES.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(ROLLOUT_MOVES.c.id < before)
        async with self.transaction() as connection:
            rows = await connection.execute(query)
            return tuple(
                MoveEntry(**{key: value for key, value in row._mapping.items() if key != "rollout"})
                for row in rows
            )

    async def _read(self, where: ColumnElement[bool]) -> tuple[Rollout, ...]:
        async with self.transaction() as connection:
            rows = (await connection.execute(select(ROLLOUTS).where(where).order_by(ROLLOUTS.c.id))).all()
            return tuple([await _whole(connection, row) for row in rows])


async def add_artifact(connection: AsyncConnection, upload: Upload, content: bytes) -> Upload:
    """With its number; the one that is there already where the same file was uploaded before."""
    values = _artifact_row(upload)
    query = select(*_FACTS).where(ARTIFACTS.c.sha256 == values["sha256"])
    held = (await connection.execute(query)).one_or_none()
    if held is not None:
        return _upload(held)
    added = await connection.execute(
        insert(ARTIFACTS).values(values | {"content": content}).returning(ARTIFACTS.c.id)
    )
    return replace(upload, artifact=replace(upload.artifact, id=int(added.scalar_one())))


async def add_rollout(connection: AsyncConnection, rollout: Rollout) -> Rollout:
    """With its number."""
    added = await connection.execute(insert(ROLLOUTS).values(_row(rollout)).returning(ROLLOUTS.c.id))
    rollout = replace(rollout, id=int(added.scalar_one()))
    rows = [_entry_row(rollout.id, entry) for entry in rollout.entries.values()]
    await connection.execute(insert(ROLLOUT_SIGNS), rows)
    return rollout


async def write_moves(
    connection: AsyncConnection,
    before: Rollout,
    planned: Sequence[Planned],
    who: str,
    now_ms: int,
    stored: Rollout | None = None,
) -> Rollout:
    """Stores what the moves make of the rollout, and each of them. RolloutStepRefused: nothing is written.

    `stored` is what the database holds, where `before` has been changed without a move.
    """
    moves, after = [], before
    for one in planned:
        was, after = after, after.after(one, now_ms)
        moves.append(_move_row(was, after, one, who, now_ms))
    if moves:
        await connection.execute(insert(ROLLOUT_MOVES), moves)
    row = {key: held for key, held in _row(after).items() if key not in WRITTEN_ONCE}
    if after.reason == before.reason:  # nor is what was said of somebody written anew
        del row["reason"]
    await connection.execute(update(ROLLOUTS).where(ROLLOUTS.c.id == after.id).values(row))
    changed = [entry for sign, entry in after.entries.items() if entry != (stored or before).entries[sign]]
    for entry in changed:
        here = (ROLLOUT_SIGNS.c.rollout == after.id) & (ROLLOUT_SIGNS.c.sign == str(entry.sign))
        await connection.execute(update(ROLLOUT_SIGNS).where(here).values(_entry_row(after.id, entry)))
    return after


async def _whole(connection: AsyncConnection, row: Row[Any]) -> Rollout:
    signs = select(ROLLOUT_SIGNS).where(ROLLOUT_SIGNS.c.rollout == row.id)
    order = (ROLLOUT_SIGNS.c.in_group, ROLLOUT_SIGNS.c.step, ROLLOUT_SIGNS.c.sign)
    entries = [_entry(one) for one in await connection.execute(signs.order_by(*order))]
    numbers = {entry.artifact for entry in entries} | {entry.back for entry in entries if entry.back}
    found = await connection.execute(select(*_FACTS).where(ARTIFACTS.c.id.in_(sorted(numbers))))
    return Rollout(
        id=row.id,
        title=row.title,
        municipality=row.municipality,
        rules=_rules(json.loads(row.rules)),
        groups=tuple(json.loads(row.groups)),
        artifacts={one.id: _upload(one).artifact for one in found},
        entries={entry.sign: entry for entry in entries},
        state=State(row.state),
        group=row.at_group,
        since_ms=row.since_ms,
        reason=row.reason,
        start_ms=row.start_ms,
        who=row.who,
        made_ms=row.made_ms,
    )


def _row(rollout: Rollout) -> dict[str, object]:
    rules = asdict(replace(rollout.rules, calendar=Calendar()))
    calendar = rollout.rules.calendar
    rules["calendar"] = {"windows": [str(one) for one in calendar.windows], "zone": calendar.zone}
    return {
        "title": rollout.title,
        "municipality": rollout.municipality,
        "rules": json.dumps(rules),
        "groups": json.dumps(rollout.groups),
        "state": rollout.state.value,
        "at_group": rollout.group,
        "since_ms": rollout.since_ms,
        "reason": rollout.reason[:LONGEST_REASON],
        "start_ms": rollout.start_ms,
        "who": rollout.who,
        "made_ms": rollout.made_ms,
    }


def _rules(held: Mapping[str, Any]) -> Rules:
    told = held["calendar"]
    calendar = Calendar(tuple(Window.parse(one) for one in told["windows"]), told["zone"])
    return Rules(**{**held, "calendar": calendar})


def _entry_row(rollout: int, entry: Entry) -> dict[str, object]:
    return {
        "rollout": rollout,
        "sign": str(entry.sign),
        "in_group": entry.group,
        "step": entry.step,
        "artifact": entry.artifact,
        "back": entry.back,
        "state": entry.state.value,
        "since_ms": entry.since_ms,
        "reason": entry.reason[:LONGEST_REASON],
        "offered_ms": entry.offered_ms,
    }


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        SignId.parse(row.sign),
        row.in_group,
        row.step,
        row.artifact,
        row.back,
        SignState(row.state),
        row.since_ms,
        row.reason,
        row.offered_ms,
    )


def _move_row(was: Rollout, after: Rollout, planned: Planned, who: str, now_ms: int) -> dict[str, object]:
    sign = planned.sign
    before_state = was.entries[sign].state if sign else was.state
    after_state = after.entries[sign].state if sign else after.state
    return {
        "rollout": was.id,
        "sign": str(sign) if sign else None,
        "move": planned.move.value,
        "before": before_state.value,
        "after": after_state.value,
        "at_ms": now_ms,
        "who": who,
        "reason": planned.reason[:LONGEST_REASON],
    }


def _artifact_row(upload: Upload) -> dict[str, Any]:
    held = asdict(upload.artifact)
    del held["id"]
    return held | {"made_ms": upload.made_ms, "who": upload.who}


def _upload(row: Row[Any]) -> Upload:
    names: Iterable[str] = Artifact.__dataclass_fields__
    return Upload(Artifact(**{name: getattr(row, name) for name in names}), row.made_ms, row.who)
