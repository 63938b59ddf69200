"""Runs rollouts: each round looks at the signs, stores what follows, and only then offers or takes back.

Whatever ends the controller between the two, the next one reads the same state and brings the offers to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from dataclasses import replace

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import GangvaktError, RolloutMissing, RolloutMoved, RolloutRefused
from gangvakt.fleet import LiveFleet, SignId
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import ROLLOUT_PAUSED
from gangvakt.fleet.rollout_desk import decide
from gangvakt.fleet.rollout_plan import best, check_way_back
from gangvakt.fleet.rollout_states import (
    BEHIND,
    LIVE,
    ON_THE_WAY,
    Move,
    SignMove,
    SignState,
    State,
)
from gangvakt.fleet.rollouts import CONTROLLER, Entry, Planned, Rollout
from gangvakt.store.audit import Personal, note
from gangvakt.store.rollouts import RolloutTable, add_rollout, write_moves
from gangvakt.upkeep.artifacts import Artifacts
from gangvakt.upkeep.offers import OfferFolder
from gangvakt.upkeep.rollout_making import Wanted, draft
from gangvakt.upkeep.rollout_sight import AlarmOf, Eyes, OutOfUse, no_alarm, nobody

LOG = logging.getLogger(__name__)

ROUND_S = 1.0
SOURCE = "rollouts"
OFFERED = ON_THE_WAY | {SignState.RETURNING}

Report = Callable[[str, Sequence[Condition]], Awaitable[None]]


async def _told_nobody(source: str, conditions: Sequence[Condition]) -> None:
    """Where there are no alarms."""


class Rollouts:
    """For one event loop. `is_connected`: whether the broker is reached; while it is not, nothing is decided.

    `alarm_of` gives the code of an alarm at a sign raised after a time; `report` is `Alarms.report`;
    `out_of_use` are signs that neither get an update nor stand in the way of one.
    """

    def __init__(
        self,
        table: RolloutTable,
        artifacts: Artifacts,
        offers: OfferFolder,
        fleet: LiveFleet,
        is_connected: Callable[[], bool],
        *,
        alarm_of: AlarmOf = no_alarm,
        report: Report = _told_nobody,
        out_of_use: OutOfUse = nobody,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self.table, self.artifacts = table, artifacts
        self._offers, self._fleet, self._is_connected = offers, fleet, is_connected
        self._report, self._clock_ms = report, clock_ms
        self._eyes = Eyes(fleet, offers, alarm_of, out_of_use)
        self._live: dict[int, Rollout] = {}
        self._tripped = set[int]()
        self._listening_ms: int | None = None
        self._is_restored = False
        self._writing = asyncio.Lock()

    async def run(self, round_s: float = ROUND_S) -> None:
        """Round after round, until cancelled. What fails is tried again in the next one."""
        while True:
            try:
                await self.round()
            except Exception:  # the next round must come, whatever went wrong with this one
                LOG.exception("rollouts")
            await asyncio.sleep(round_s)

    async def round(self) -> None:
        """One look at every rollout that is under way."""
        async with self._writing:
            if not self._is_restored:
                await self._restore()
            if not self._is_connected():
                self._listening_ms = None
                return
            self._listening_ms = self._listening_ms or self._clock_ms()
            await self._eyes.refresh(self._clock_ms())
            for rollout in tuple(self._live.values()):
                see = self._eyes.on(rollout)
                planned = decide(rollout, see, self._clock_ms(), self._listening_ms)
                if planned:
                    await self._take(rollout, planned, CONTROLLER)
            await self._report(SOURCE, self._conditions())

    def updating(self) -> frozenset[SignId]:
        """Signs that are on their way to another version now, or back."""
        return frozenset(
            sign
            for rollout in self._live.values()
            for sign, entry in rollout.entries.items()
            if entry.state in OFFERED
        )

    # -- what people do

    async def preview(self, wanted: Wanted, who: str) -> Rollout:
        """What `add` would make of it, without a number: nothing is stored. RolloutRefused as there."""
        numbers = dict.fromkeys((*wanted.artifacts, *wanted.back))
        artifacts = {number: await self.artifacts.get(number) for number in numbers}
        await self._eyes.refresh(self._clock_ms(), again=True)
        signs = [state for state in self._fleet.signs() if self._eyes.is_in_use(state.id)]
        return draft(wanted, signs, artifacts, who, self._clock_ms())

    async def add(self, wanted: Wanted, who: str) -> Rollout:
        """A draft. RolloutRefused with the first thing that cannot be."""
        made = await self.preview(wanted, who)
        async with self.table.exclusive() as connection:
            made = await add_rollout(connection, made)
            told = {"title": Personal(made.title), "signs": len(made.entries), "groups": list(made.groups)}
            await note(connection, who, "rollout.add", f"rollout:{made.id}", None, told)
        return made

    async def get(self, number: int) -> Rollout:
        found = self._live.get(number) or await self.table.get(number)
        if found is None:
            raise RolloutMissing(number)
        return found

    async def start(self, number: int, expected: int, who: str, at_ms: int = 0) -> Rollout:
        """RolloutMoved unless it is about `expected` signs; RolloutRefused where one is in another one."""
        async with self._writing:
            rollout = await self.get(number)
            self._check_count(rollout, len(rollout.entries), expected)
            for other in (await self.table.live()) if rollout.state is State.DRAFT else ():
                for sign in rollout.entries.keys() & other.entries.keys():
                    allowed = f"a sign that rollout {other.id} is not about"
                    raise RolloutRefused(f"rollout {number}", "sign", str(sign), allowed)
            planned = Planned(Move.START, "started")
            return await self._take(replace(rollout, start_ms=at_ms), [planned], who)

    async def pause(self, number: int, who: str, text: str = "") -> Rollout:
        return await self._act(number, Planned(Move.PAUSE, text or "paused"), who)

    async def abort(self, number: int, who: str, text: str = "") -> Rollout:
        """Ends it; what has the new version keeps it."""
        return await self._act(number, Planned(Move.ABORT, text or "aborted"), who)

    async def resume(self, number: int, who: str, text: str = "", *, retry: bool = False) -> Rollout:
        """With `retry` what failed is offered again; without, it is left as it is and not counted."""
        async with self._writing:
            rollout = await self.get(number)
            back = rollout.state is State.BACK_PAUSED
            planned = [Planned(Move.RESUME, text or "resumed")]
            if back:
                planned += _each(rollout, {SignState.STRANDED}, SignMove.RECALL, "resumed")
            else:
                move = SignMove.RETRY if retry else SignMove.LEAVE
                planned += _each(rollout, BEHIND, move, text or "resumed")
            return await self._take(rollout, planned, who)

    async def roll_back(
        self, number: int, expected: int, who: str, back: Sequence[int] = (), text: str = ""
    ) -> Rollout:
        """All that runs the new version goes back: to what the rollout says, or to `back`. RolloutMoved
        unless `expected` signs are concerned, RolloutRefused where a board has no way back."""
        artifacts = {one: await self.artifacts.get(one) for one in back}
        async with self._writing:
            stored = await self.get(number)
            rollout = replace(stored, artifacts={**stored.artifacts, **artifacts})
            rollout = _with_way_back(rollout, back)
            self._check_count(rollout, len(self.concerned_by_way_back(rollout)), expected)
            moves = [Planned(Move.ROLL_BACK, text or "rolled back")]
            moves += _each(rollout, {SignState.STRANDED}, SignMove.RECALL, "rolled back")
            return await self._take(rollout, moves, who, stored)

    def concerned_by_way_back(self, rollout: Rollout) -> tuple[SignId, ...]:
        """Those that have the new version, or may have it."""
        see = self._eyes.on(rollout)
        may = ON_THE_WAY | {SignState.CONFIRMED, SignState.RECALLED, SignState.RETURNING, SignState.STRANDED}
        return tuple(
            sign
            for sign, entry in rollout.entries.items()
            if entry.state in may or see(entry).firmware == rollout.target(entry).version
        )

    def has_paused_itself(self, rollout: Rollout) -> bool:
        """At a threshold, its `reason`, and nobody has decided since. Known of live ones only."""
        return rollout.state in (State.PAUSED, State.BACK_PAUSED) and rollout.id in self._tripped

    def fetched(self, entry: Entry) -> int:
        """How many bytes of its offer a sign has; 0 where it has none."""
        return self._offers.progress(entry.sign) if entry.state in OFFERED else 0

    # -- what all of it comes down to

    def _check_count(self, rollout: Rollout, count: int, expected: int) -> None:
        if count != expected:
            raise RolloutMoved(rollout.id, count, expected)

    async def _act(self, number: int, planned: Planned, who: str) -> Rollout:
        async with self._writing:
            return await self._take(await self.get(number), [planned], who)

    async def _take(
        self, before: Rollout, planned: Sequence[Planned], who: str, stored: Rollout | None = None
    ) -> Rollout:
        """Stores all moves, or none; only then signs are told."""
        now_ms = self._clock_ms()
        async with self.table.exclusive() as connection:
            after = await write_moves(connection, before, planned, who, now_ms, stored)
            if who != CONTROLLER:
                told = [{"state": one.state.value, "reason": Personal(one.reason)} for one in (before, after)]
                action = f"rollout.{planned[0].move.value}"
                await note(connection, who, action, f"rollout:{after.id}", *told)
        if after.state in LIVE:
            self._live[after.id] = after
        else:
            self._live.pop(after.id, None)
        for one in planned:
            where = f" {one.sign}" if one.sign else ""
            level = logging.WARNING if one.move is Move.TRIP else logging.INFO
            LOG.log(level, "rollout %d%s: %s %s", after.id, where, one.move.value, one.reason)
        self._remember(after.id, planned)
        await self._bring_offers(after, dict.fromkeys(one.sign for one in planned if one.sign))
        return after

    async def _restore(self) -> None:
        self._live = {one.id: one for one in await self.table.live()}
        self._tripped = set(await self.table.tripped())
        for rollout in self._live.values():
            await self._bring_offers(rollout, rollout.entries)
        self._is_restored = True

    async def _bring_offers(self, rollout: Rollout, signs: Iterable[SignId]) -> None:
        """To what the stored state says; what is right already is not touched."""
        for sign in tuple(signs):
            try:
                await self._bring_offer(rollout, rollout.entries[sign])
            except (GangvaktError, OSError) as error:
                LOG.error("rollout %d: %s cannot be offered anything: %s", rollout.id, sign, error)

    async def _bring_offer(self, rollout: Rollout, entry: Entry) -> None:
        wanted = entry.artifact if entry.state in ON_THE_WAY else entry.back
        held = self._offers.get(entry.sign)
        if entry.state in OFFERED and wanted is not None:
            update = await self.artifacts.file(wanted)
            if held is None or held.update != update:
                self._offers.put(entry.sign, update)
        elif held is not None and await self._is_ours(rollout, held.update.manifest.sha256):
            self._offers.withdraw(entry.sign)

    async def _is_ours(self, rollout: Rollout, sha256: bytes) -> bool:
        """What somebody else has offered is not taken back."""
        files = [await self.artifacts.file(number) for number in rollout.artifacts]
        return sha256 in {file.manifest.sha256 for file in files}

    def _remember(self, number: int, planned: Sequence[Planned]) -> None:
        """Whether its own last move was to pause by itself."""
        own = [one.move for one in planned if one.sign is None]
        if own and own[-1] is Move.TRIP:
            self._tripped.add(number)
        elif own:
            self._tripped.discard(number)

    def _conditions(self) -> tuple[Condition, ...]:
        """An alarm for each that has paused by itself."""
        return tuple(
            Condition(ROLLOUT_PAUSED, _alarm_object(rollout), 2, f"{rollout.title}: {rollout.reason}"[:1000])
            for rollout in self._live.values()
            if self.has_paused_itself(rollout)
        )


def _each(rollout: Rollout, states: Set[SignState], move: SignMove, reason: str) -> list[Planned]:
    return [Planned(move, reason, one.sign) for one in rollout.entries.values() if one.state in states]


def _with_way_back(rollout: Rollout, back: Sequence[int]) -> Rollout:
    """With `back` in the place of what the rollout said; RolloutRefused where a sign has none."""
    new = [rollout.artifacts[number] for number in back]
    entries = {}
    for sign, entry in rollout.entries.items():
        target = rollout.target(entry)
        way = best(new, target.board)
        if way is not None:
            check_way_back(target, way)
            entry = replace(entry, back=way.id)
        if entry.back is None:
            allowed = f"an artifact that may replace {target.version}: give it with --back"
            raise RolloutRefused(f"rollout {rollout.id}", "back", f"none for {target.board}", allowed)
        entries[sign] = entry
    return replace(rollout, entries=entries)


def _alarm_object(rollout: Rollout) -> str:
    """A place with a space in it is no crossing."""
    name = f"rollout {rollout.id}"
    return f"{rollout.municipality}/{name}" if rollout.municipality else name
