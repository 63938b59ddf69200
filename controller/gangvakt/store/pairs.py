"""What waits for a second person, or waited. All in a transaction of the caller."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import utc_ms
from gangvakt.errors import Missing, PairRefused
from gangvakt.fleet.pair_states import TRANSITIONS, PairState, PairStep, allowed_in
from gangvakt.fleet.roles import EVERYWHERE, Role
from gangvakt.store.audit import note, person_number
from gangvakt.store.audit_table import names_of
from gangvakt.store.dialect import insert_into
from gangvakt.store.tables import STAFF
from gangvakt.store.tables_audit import PAIRS, PERSONS
from gangvakt.store.tables_people import STAFF_GRANTS, STAFF_RULES

POLICY = "two_persons"
POLICIES = AUTO, ALWAYS, NEVER = "auto", "always", "never"


@dataclass(frozen=True)
class Pair:
    """`municipality` is "*" for what concerns all. `asked_by` and `decided_by` are names, or "person 7";
    `claimed_ms` is when the execution began, `result` what came of it."""

    id: int
    kind: str
    subject: str
    municipality: str
    data: Mapping[str, Any]
    state: PairState
    asked_by: str
    asked_ms: int
    expires_ms: int
    decided_by: str | None
    decided_ms: int | None
    claimed_ms: int | None
    result: Mapping[str, Any] | None


async def insert_pair(connection: AsyncConnection, row: Mapping[str, Any], who: str) -> Pair:
    """With its row in the audit."""
    number = await person_number(connection, who)
    values = {**row, "data": json.dumps(row["data"]), "state": PairState.ASKED.value, "asked_by": number}
    added = insert(PAIRS).values(values).returning(PAIRS.c.id)
    pair = await read_pair(connection, int((await connection.execute(added)).scalar_one()))
    told = {"kind": pair.kind, "subject": pair.subject, "data": pair.data, "expires_ms": pair.expires_ms}
    await note(connection, who, "pair.ask", pair_subject(pair.id), None, told)
    return pair


async def read_pair(connection: AsyncConnection, number: int) -> Pair:
    """Missing."""
    row = (await connection.execute(select(PAIRS).where(PAIRS.c.id == number))).one_or_none()
    if row is None:
        raise Missing("approval", str(number), "`gangvakt approval list --all` shows those there are")
    return _pair(row, await names_of(connection))


async def pairs_in(
    connection: AsyncConnection,
    states: frozenset[PairState] | None = None,
    before: int | None = None,
    limit: int | None = None,
    municipalities: frozenset[str] | None = None,
) -> tuple[Pair, ...]:
    """The newest first; None: of all states, from the newest, all of them, of all municipalities."""
    query = select(PAIRS).order_by(PAIRS.c.id.desc())
    if states is not None:
        query = query.where(PAIRS.c.state.in_([state.value for state in states]))
    if before is not None:
        query = query.where(PAIRS.c.id < before)
    if municipalities is not None:
        query = query.where(PAIRS.c.municipality.in_(sorted(municipalities)))
    rows = (await connection.execute(query.limit(limit))).all()
    names = await names_of(connection)
    return tuple(_pair(row, names) for row in rows)


async def move_pair(
    connection: AsyncConnection, pair: Pair, step: PairStep, who: str, **values: object
) -> Pair:
    """By TRANSITIONS, with a row in the audit; PairRefused when its state does not allow the step."""
    after = TRANSITIONS.get((pair.state, step))
    if after is None:
        why = f"it is {pair.state.value}, which allows {allowed_in(pair.state)}"
        raise PairRefused(pair.id, step.value, why)
    row: dict[str, object] = {"state": after.value, **values}
    stored = {name: json.dumps(held) if name == "result" else held for name, held in row.items()}
    await connection.execute(update(PAIRS).where(PAIRS.c.id == pair.id).values(**stored))
    told = {"kind": pair.kind, "state": after.value, "result": values.get("result")}
    states = {"state": pair.state.value}, told
    await note(connection, who, f"pair.{step.value}", pair_subject(pair.id), *states)
    return await read_pair(connection, pair.id)


async def claim_pair(connection: AsyncConnection, pair: Pair, now_ms: int) -> None:
    """Its execution begins now, once; PairRefused when it began before."""
    free = (PAIRS.c.id == pair.id) & PAIRS.c.claimed_ms.is_(None)
    free &= PAIRS.c.state == PairState.APPROVED.value
    claimed = await connection.execute(update(PAIRS).where(free).values(claimed_ms=now_ms))
    if not claimed.rowcount:
        why = "it is not approved, or was begun before: see whether it was done, and ask anew"
        raise PairRefused(pair.id, "execution", why)


async def are_same(connection: AsyncConnection, one: str, other: str) -> bool:
    """Whether two names at log-in are of the same person."""
    return await _root(connection, one) == await _root(connection, other)


async def were_two(connection: AsyncConnection, kinds: Iterable[str], subject: str) -> bool:
    """Whether one of the kinds was done to it after another person than the first had approved."""
    query = select(PAIRS.c.asked_by, PAIRS.c.decided_by).where(
        PAIRS.c.kind.in_(list(kinds)), PAIRS.c.subject == subject, PAIRS.c.state == PairState.DONE.value
    )
    for row in (await connection.execute(query)).all():
        if await _root_of(connection, row.asked_by) != await _root_of(connection, row.decided_by):
            return True
    return False


async def join_accounts(connection: AsyncConnection, name: str, other: str, by: str) -> None:
    """From now on both are accounts of the same person."""
    root = await _root(connection, other)
    number = await _root(connection, name)
    if root != number:
        await connection.execute(update(PERSONS).where(PERSONS.c.id == number).values(same_as=root))
    await note(connection, by, "person.join", f"person:{number}", None, {"same_as": {"person": root}})


async def count_who_can(connection: AsyncConnection, role: Role, municipality: str) -> int:
    """How many different people, who are not locked, have at least this role there."""
    enough = [one.word for one in Role if one >= role]
    held = STAFF_GRANTS.join(STAFF, STAFF.c.user == STAFF_GRANTS.c.user)
    query = (
        select(STAFF.c.user)
        .select_from(held)
        .where(STAFF_GRANTS.c.municipality.in_([EVERYWHERE, municipality]))
        .where(STAFF_GRANTS.c.role.in_(enough), STAFF.c.locked.is_(False))
        .distinct()
    )
    users = (await connection.scalars(query)).all()
    return len({await _root(connection, user) for user in users})


async def policy(connection: AsyncConnection) -> str:
    """AUTO where nothing was set."""
    held = await connection.scalar(select(STAFF_RULES.c.value).where(STAFF_RULES.c.name == POLICY))
    return str(held) if held in (ALWAYS, NEVER) else AUTO


async def set_policy(connection: AsyncConnection, rule: str, who: str) -> None:
    """One of POLICIES, from now on."""
    before = await policy(connection)
    row = {"name": POLICY, "value": rule, "changed_ms": utc_ms()}
    added = insert_into(connection, STAFF_RULES).values(row)
    await connection.execute(added.on_conflict_do_update(index_elements=["name"], set_=row))
    await note(connection, who, "rule.change", POLICY, {"rule": before}, {"rule": rule})


async def count_open(connection: AsyncConnection, who: str) -> int:
    """How many of somebody's wait for a second person."""
    mine = (PAIRS.c.asked_by == await person_number(connection, who)) & (
        PAIRS.c.state == PairState.ASKED.value
    )
    return int(await connection.scalar(select(func.count()).select_from(PAIRS).where(mine)) or 0)


def pair_subject(number: int) -> str:
    """What the audit calls it."""
    return f"approval:{number}"


async def _root(connection: AsyncConnection, name: str) -> int:
    return await _root_of(connection, await person_number(connection, name))


async def _root_of(connection: AsyncConnection, number: int) -> int:
    seen = set[int]()
    while number not in seen:
        seen.add(number)
        next_: int | None = await connection.scalar(select(PERSONS.c.same_as).where(PERSONS.c.id == number))
        number = number if next_ is None else next_
    return number


def _pair(row: Row[Any], names: Mapping[int, str]) -> Pair:
    values = dict(row._mapping)
    values["asked_by"] = names.get(row.asked_by, f"person {row.asked_by}")
    values["decided_by"] = names.get(row.decided_by) if row.decided_by is not None else None
    values["data"], values["state"] = json.loads(row.data), PairState(row.state)
    values["result"] = json.loads(row.result) if row.result else None
    return Pair(**values)
