"""What takes two people: one asks, another one approves, and only then it is done, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import GangvaktError, PairRefused, SettingRefused, StoreError
from gangvakt.fleet.audit_chain import canonical
from gangvakt.fleet.pair_states import OPEN, PairState, PairStep
from gangvakt.fleet.roles import EVERYWHERE, Grants, Role
from gangvakt.store import Store
from gangvakt.store.acting import CONTROLLER
from gangvakt.store.audit import person_number
from gangvakt.store.pairs import (
    ALWAYS,
    NEVER,
    Pair,
    are_same,
    claim_pair,
    count_open,
    count_who_can,
    insert_pair,
    move_pair,
    pairs_in,
    policy,
    read_pair,
    were_two,
)
from gangvakt.store.staff import read_member

LOG = logging.getLogger(__name__)

LIFE_MS = 24 * 3600 * 1000  # the second person may be at home
LOOK_S = 30.0
MOST_OPEN = 20  # of one person
LARGEST_DATA = 65_536  # bytes; the identities of some thousand signs
LONGEST_SUBJECT = 160
INTERRUPTED = "the controller ended while it was carried out: see whether it was done, and ask anew"

Run = Callable[[Pair], Awaitable[Mapping[str, object]]]
"""Carries out what was approved; what came of it. A GangvaktError says why it could not be."""


@dataclass(frozen=True)
class PairKind:
    """What takes two people with at least `role` where it is done.

    Without `run` whoever asked carries it out himself, by `take` and `finish`. What is `repeatable` does
    nothing more when it is carried out again: it is, when the controller ended in the middle. `check` raises
    for data that could not be carried out.
    """

    name: str
    role: Role
    run: Run | None = None
    repeatable: bool = False
    check: Callable[[Mapping[str, Any]], None] | None = None


class Pairs:
    """Refusals are PairRefused. `grants` narrows what somebody has by his account to what his token has."""

    def __init__(self, store: Store, clock_ms: ClockMs = utc_ms) -> None:
        self._store, self._clock_ms = store, clock_ms
        self._kinds: dict[str, PairKind] = {}

    def register(self, kind: PairKind) -> None:
        """Before anybody asks for it."""
        self._kinds[kind.name] = kind

    async def needed(self, kind: str, municipality: str = EVERYWHERE) -> bool:
        """Whether it waits for a second person: by the rule `two_persons`, and where that is left alone
        wherever at least two different people could do it."""
        async with self._store.reading() as connection:
            return await _is_needed(connection, self._kind(kind), municipality)

    async def rule(self) -> str:
        """One of POLICIES: whether what takes two people waits for the second one."""
        async with self._store.reading() as connection:
            return await policy(connection)

    def least_role(self, kind: str) -> Role | None:
        """That both people need; None for a kind that is not done here."""
        known = self._kinds.get(kind)
        return known.role if known else None

    async def were_two(self, kinds: Iterable[str], subject: str) -> bool:
        """Whether one of the kinds was done to it after a second person had approved."""
        async with self._store.reading() as connection:
            return await were_two(connection, kinds, subject)

    async def ask(
        self,
        kind: str,
        subject: str,
        data: Mapping[str, Any],
        who: str,
        municipality: str = EVERYWHERE,
        grants: Grants | None = None,
    ) -> Pair:
        """Waits for the second person from now on. Where none is needed it is carried out at once."""
        known = self._kind(kind)
        _check(subject, data)
        if known.check is not None:
            known.check(data)
        now_ms = self._clock_ms()
        row = {"kind": kind, "subject": subject, "municipality": municipality, "data": dict(data)}
        async with self._store.exclusive() as connection:
            await _require(connection, 0, who, known, municipality, grants)
            if await count_open(connection, who) >= MOST_OPEN:
                raise PairRefused(0, kind, f"{MOST_OPEN} of yours wait already: refuse some of them")
            needed = await _is_needed(connection, known, municipality)
            times = {"asked_ms": now_ms, "expires_ms": now_ms + LIFE_MS}
            pair = await insert_pair(connection, row | times, who)
            if not needed:
                pair = await self._approved(connection, pair, PairStep.ALONE, who)
        return pair if needed else await self._carry_out(pair)

    async def approve(self, number: int, who: str, grants: Grants | None = None) -> Pair:
        """By another person who could do it himself; carried out when this returns, unless that is up to
        whoever asked."""
        async with self._store.exclusive() as connection:
            pair = await read_pair(connection, number)
            known = self._kind(pair.kind)
            await _require(connection, number, who, known, pair.municipality, grants)
            if await are_same(connection, pair.asked_by, who):
                raise PairRefused(number, "approval", "whoever asked is the same person as you")
            if pair.state in OPEN and pair.expires_ms <= self._clock_ms():
                raise PairRefused(number, "approval", "its time is over: it must be asked for anew")
            pair = await self._approved(connection, pair, PairStep.APPROVE, who)
        return await self._carry_out(pair)

    async def refuse(self, number: int, who: str, grants: Grants | None = None) -> Pair:
        """By anybody who could approve it, and by whoever asked for it."""
        async with self._store.exclusive() as connection:
            pair = await read_pair(connection, number)
            if not await are_same(connection, pair.asked_by, who):
                await _require(connection, number, who, self._kind(pair.kind), pair.municipality, grants)
            return await move_pair(connection, pair, PairStep.REFUSE, who, **await self._by(connection, who))

    async def take(self, number: int, kind: str, subject: str, who: str) -> Pair:
        """Whoever asked begins to carry out what was approved; once, and for this subject only."""
        async with self._store.exclusive() as connection:
            pair = await read_pair(connection, number)
            if not await are_same(connection, pair.asked_by, who):
                raise PairRefused(number, "execution", "somebody else asked for it")
            if (pair.kind, pair.subject) != (kind, subject):
                raise PairRefused(number, "execution", f"it is for {pair.kind} of {pair.subject}")
            await claim_pair(connection, pair, self._clock_ms())
            return await read_pair(connection, number)

    async def finish(
        self, number: int, result: Mapping[str, object], *, ok: bool = True, who: str | None = None
    ) -> Pair:
        """What came of it; by `who`, who must be the one that took it."""
        step = PairStep.COMPLETE if ok else PairStep.FAIL
        _check("result", result)
        async with self._store.exclusive() as connection:
            pair = await read_pair(connection, number)
            if who is not None and not await are_same(connection, pair.asked_by, who):
                raise PairRefused(number, "end", "somebody else asked for it")
            if pair.claimed_ms is None:
                raise PairRefused(number, "end", f"it is {pair.state.value}, and nobody has begun it")
            return await move_pair(connection, pair, step, who or CONTROLLER, result=dict(result))

    async def one(self, number: int) -> Pair:
        """Missing."""
        async with self._store.reading() as connection:
            return await read_pair(connection, number)

    async def page(
        self, states: frozenset[PairState] | None, before: int | None, limit: int, seen: frozenset[str] | None
    ) -> tuple[Pair, ...]:
        """The newest first; `seen` are the municipalities of whoever asks, None for all of them."""
        async with self._store.reading() as connection:
            return await pairs_in(connection, states, before, limit, seen)

    async def run(self) -> None:
        """What was left in the middle first; then ends what waited for too long, until cancelled."""
        await self.resume()
        while True:
            try:
                await self.expire()
            except StoreError as error:
                LOG.warning("approvals wait: %s", error)
            await asyncio.sleep(LOOK_S)

    async def resume(self) -> None:
        """After a start: what can be repeated is, all else is given up and says so."""
        async with self._store.reading() as connection:
            found = await pairs_in(connection, frozenset({PairState.APPROVED}))
        for pair in found:
            known = self._kinds.get(pair.kind)
            if known is None or known.run is None:
                continue
            if known.repeatable:
                await self._carry_out(pair)
            else:
                await self.finish(pair.id, {"error": INTERRUPTED}, ok=False)

    async def expire(self) -> None:
        """What nobody approved, or nobody carried out, in time."""
        now_ms = self._clock_ms()
        async with self._store.exclusive() as connection:
            for pair in await pairs_in(connection, OPEN):
                if pair.expires_ms <= now_ms and pair.claimed_ms is None:
                    await move_pair(connection, pair, PairStep.EXPIRE, CONTROLLER)

    async def _approved(self, connection: AsyncConnection, pair: Pair, step: PairStep, who: str) -> Pair:
        """Claimed in the same transaction where it is carried out here: nobody else begins it as well."""
        by = await self._by(connection, who)
        moved = await move_pair(connection, pair, step, who, **by)
        if self._kind(pair.kind).run is not None:
            await claim_pair(connection, moved, self._clock_ms())
        return moved

    async def _carry_out(self, pair: Pair) -> Pair:
        run = self._kind(pair.kind).run
        if run is None:
            return pair
        try:
            result, ok = dict(await run(pair)), True
        except GangvaktError as error:
            result, ok = {"error": str(error)}, False
        except Exception as error:
            LOG.exception("approval %d: %s", pair.id, pair.kind)
            result, ok = {"error": f"internal error: {error!r}"}, False
        return await self.finish(pair.id, result, ok=ok)

    async def _by(self, connection: AsyncConnection, who: str) -> dict[str, object]:
        return {"decided_by": await person_number(connection, who), "decided_ms": self._clock_ms()}

    def _kind(self, name: str) -> PairKind:
        if name not in self._kinds:
            raise SettingRefused("approval", "kind", name, ", ".join(sorted(self._kinds)) or "none here")
        return self._kinds[name]


async def _is_needed(connection: AsyncConnection, kind: PairKind, municipality: str) -> bool:
    rule = await policy(connection)
    if rule in (ALWAYS, NEVER):
        return rule == ALWAYS
    return await count_who_can(connection, kind.role, municipality) > 1


async def _require(
    connection: AsyncConnection,
    number: int,
    who: str,
    kind: PairKind,
    municipality: str,
    grants: Grants | None,
) -> None:
    """PairRefused unless `who` could do it himself: also by what his token was cut down to."""
    member = await read_member(connection, who)
    if member is None or member.locked:
        raise PairRefused(number, kind.name, f"{who} is nobody who is let in here")
    for held in (member.grants, grants):
        if held is not None and (held.role_in(municipality) or 0) < kind.role:
            where = "everywhere" if municipality == EVERYWHERE else f"in {municipality}"
            raise PairRefused(number, kind.name, f"it takes two people who are {kind.role.word} {where}")


def _check(subject: str, data: Mapping[str, Any]) -> None:
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        raise SettingRefused("approval", "subject", subject[:80], f"1 to {LONGEST_SUBJECT} characters")
    if (size := len(canonical(dict(data)).encode())) > LARGEST_DATA:
        raise SettingRefused("approval", "data", f"{size} bytes", f"at most {LARGEST_DATA} bytes")
