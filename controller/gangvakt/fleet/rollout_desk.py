"""Decides what a rollout does next, from what is seen of its signs. It has no clock and touches nothing.

Rules that hold in every state: a sign is touched only while every other sign of its crossing is online and
none of them is on its way; a crossing whose first sign has taken the update is brought to its end before
others begin, in a pause and outside of a window too, so that none stays mixed; where one sign of it fails,
the others go back to what it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gangvakt.fleet.names import SignId
from gangvakt.fleet.rollout_states import (
    FETCHES,
    FORWARD,
    ON_THE_WAY,
    UNSETTLED,
    UNWELL,
    Move,
    SignMove,
    SignState,
    State,
)
from gangvakt.fleet.rollouts import MINUTE_MS, Entry, Planned, Rollout

MOVING = ON_THE_WAY | {SignState.RETURNING}
AT_IT = frozenset({"ready", "trial"})  # said by a sign that has the whole update
HAS_IT = frozenset({SignState.TRIAL, SignState.CONFIRMED})
# Not touched by the way back yet; those of them that run the new version are called back.
MAY_GO_BACK = frozenset(
    {SignState.WAITING, SignState.CONFIRMED, SignState.FAILED, SignState.SKIPPED, SignState.LEFT}
)


# A sign whose offer was taken back may have had all of it: by then it has said so, and is waited for.
WITHDRAWN_MIN = 5


@dataclass(frozen=True)
class Sight:
    """What is known of a sign now: `report` and `detail` are what it says of its last offer, of one that
    was taken back one of AT_IT only; `alarm` is the code of one raised since then, `away` another sign of its
    crossing that is offline. One of the two is offline since `gone_ms`."""

    online: bool
    firmware: str | None = None
    report: str | None = None
    detail: str = ""
    alarm: str | None = None
    away: str | None = None
    gone_ms: int = 0

    @property
    def can_be_touched(self) -> bool:
        return self.online and self.away is None


See = Callable[[Entry], Sight]


def decide(rollout: Rollout, see: See, now_ms: int, listening_ms: int = 0) -> tuple[Planned, ...]:
    """All that follows from what is seen now, in this order. Empty where nothing does.

    Signs are heard since `listening_ms` without a break: nobody was silent before that.
    """
    one_round = _Round(rollout, see, now_ms, listening_ms)
    one_round.hear()
    if one_round.now.state in FORWARD:
        one_round.mend()
        one_round.go_on()
    else:
        one_round.go_back()
    return tuple(one_round.moves)


class _Round:
    """`now` is the rollout with all `moves` of this round."""

    def __init__(self, rollout: Rollout, see: See, now_ms: int, listening_ms: int) -> None:
        self.now, self.moves = rollout, list[Planned]()
        self._see, self._now_ms, self._listening_ms = see, now_ms, listening_ms
        self._is_open = rollout.rules.calendar.is_open(now_ms)

    def hear(self) -> None:
        """What signs, alarms and time say of each sign."""
        for entry in tuple(self.now.entries.values()):
            if entry.group > self.now.group and entry.state is SignState.WAITING:
                continue
            found = self._news(entry)
            if found is not None:
                self._move(found[0], found[1], entry.sign)

    def mend(self) -> None:
        """Where one sign of a crossing failed, the others follow it."""
        for signs in self.now.crossings.values():
            entries = [self.now.entries[sign] for sign in signs]
            failed = next((one for one in entries if one.state in UNWELL and not self._runs_it(one)), None)
            if failed is None:
                continue
            for entry in entries:
                if entry.state is SignState.WAITING:
                    self._move(SignMove.SKIP, f"{failed.sign} failed", entry.sign)
                elif entry.state is SignState.CONFIRMED and entry.back is not None:
                    self._move(SignMove.RECALL, f"{failed.sign} failed", entry.sign)

    def go_on(self) -> None:
        """Forward, in the rollout's own state."""
        self._give_back()
        state = self.now.state
        if state is State.SCHEDULED and self._is_open and self._now_ms >= self.now.start_ms:
            self._move(Move.OPEN, "its time has come")
        elif state in (State.PAUSED, State.ABORTING, State.SCHEDULED):
            self._take_back()
        self._trip()
        if self.now.state is State.RUNNING and not self._is_open:
            self._close()
        self._offer()
        self._settle()

    def go_back(self) -> None:
        """Every sign that runs the new version goes back to the one before."""
        if self.now.state is not State.ROLLING_BACK:
            return
        self._take_back()
        for entry in tuple(self.now.entries.values()):
            is_there = entry.state is SignState.CONFIRMED or self._runs_it(entry)
            if entry.state in MAY_GO_BACK and is_there:
                self._move(SignMove.RECALL, "the rollout goes back", entry.sign)
        self._give_back()
        pending = self.now.count(ON_THE_WAY | {SignState.RECALLED, SignState.RETURNING})
        stranded, back = self.now.count({SignState.STRANDED}), self.now.count({SignState.ROLLED_BACK})
        if not pending and not self._is_anybody_withdrawn():
            self._move(Move.END, f"{back} signs are back, {stranded} are not")
        elif stranded and stranded * 100 >= self.now.rules.error_pct * (pending + stranded + back):
            self._move(Move.TRIP, f"{stranded} signs could not go back")

    def _news(self, entry: Entry) -> tuple[SignMove, str] | None:
        sight = self._see(entry)
        match entry.state:
            case SignState.OFFERED | SignState.FETCHING | SignState.TRIAL:
                return self._news_of_update(entry, sight)
            case SignState.WAITING if self._runs_it(entry) and self.now.state in FORWARD:
                return SignMove.CONFIRM, "it runs it already"
            case SignState.WAITING if entry.offered_ms is not None and sight.report in AT_IT:
                return SignMove.TRY, f"{sight.report}: it had all of it when the offer was taken back"
            case SignState.CONFIRMED if sight.alarm and entry.group == self.now.group:
                return SignMove.FAIL, f"alarm {sight.alarm} after the update"
            case SignState.RECALLED | SignState.RETURNING:
                return self._news_of_return(entry, sight)
        return None

    def _news_of_update(self, entry: Entry, sight: Sight) -> tuple[SignMove, str] | None:
        target = self.now.target(entry)
        match sight.report:
            case "installed" if not target.is_app or sight.firmware == target.version:
                return SignMove.CONFIRM, f"runs {target.version}"
            case "refused" | "failed":
                return SignMove.FAIL, f"{sight.report} {sight.detail}".strip()
            case "ready" | "trial" if entry.state is not SignState.TRIAL:
                return SignMove.TRY, sight.report
            case "fetching" if entry.state is SignState.OFFERED:
                return SignMove.FETCH, ""
        return (SignMove.FAIL, self._silence()) if self._is_silent(entry) else None

    def _news_of_return(self, entry: Entry, sight: Sight) -> tuple[SignMove, str] | None:
        target = self.now.target(entry)
        is_told = entry.state is SignState.RETURNING and sight.report == "installed"
        if target.is_app and sight.online and sight.firmware not in (None, target.version):
            if entry.state is SignState.RECALLED or is_told:
                return SignMove.BACK, f"runs {sight.firmware}"
        elif is_told and not target.is_app:
            return SignMove.BACK, "runs the one before"
        if entry.state is SignState.RETURNING and sight.report in ("refused", "failed"):
            return SignMove.STRAND, f"{sight.report} {sight.detail}".strip()
        if entry.back is None:
            return SignMove.STRAND, "no way back was given"
        waits_for_its_turn = entry.state is SignState.RECALLED and sight.can_be_touched
        if self._is_silent(entry) and not waits_for_its_turn:
            return SignMove.STRAND, f"{sight.away} is offline" if sight.away else self._silence()
        return None

    def _trip(self) -> None:
        """At the threshold of the group that is looked at."""
        if self.now.state not in (State.SCHEDULED, State.RUNNING, State.SOAKING):
            return
        entries = self.now.of_group(self.now.group)
        failed = [entry for entry in entries if entry.state in UNWELL]
        if not failed or len(failed) * 100 < self.now.rules.error_pct * len(entries):
            return
        name = self.now.groups[self.now.group]
        self._move(Move.TRIP, f"{len(failed)} of {len(entries)} signs of {name} failed, as {failed[0].sign}")
        self._take_back()

    def _close(self) -> None:
        """The window is over: whoever was away all the time is not waited for until the next one."""
        for entry in self._candidates(begun_only=False):
            sight = self._see(entry)
            if not sight.online:
                self._move(SignMove.FAIL, "offline until the window was over", entry.sign)
            elif sight.away:
                self._move(SignMove.SKIP, f"{sight.away} was offline", entry.sign)
        self._move(Move.CLOSE, "the window is over")
        self._take_back()

    def _take_back(self) -> None:
        """Offers to crossings that have not begun; a sign stops fetching then."""
        for entry in tuple(self.now.entries.values()):
            if entry.state in FETCHES and (
                self.now.state is State.ROLLING_BACK or not self._has_begun(entry)
            ):
                self._move(SignMove.WITHDRAW, self.now.state.value.replace("_", " "), entry.sign)

    def _give_back(self) -> None:
        for entry in tuple(self.now.entries.values()):
            if entry.state is SignState.RECALLED and self._is_free(entry) and self._see(entry).can_be_touched:
                self._move(SignMove.GIVE_BACK, entry.reason, entry.sign)

    def _offer(self) -> None:
        begins = self.now.state is State.RUNNING and self._is_open
        for begun_only in (True, False) if begins else (True,):
            for entry in self._candidates(begun_only=begun_only):
                sight = self._see(entry)
                if sight.can_be_touched and self._is_free(entry):
                    self._move(SignMove.OFFER, self.now.target(entry).version, entry.sign)
                elif begins and not sight.can_be_touched and self._is_overdue(entry, sight):
                    self._give_up(entry, sight)

    def _give_up(self, entry: Entry, sight: Sight) -> None:
        if sight.online:
            self._move(SignMove.SKIP, f"{sight.away} is offline", entry.sign)
        else:
            self._move(SignMove.FAIL, f"offline for {self.now.rules.silence_min} min", entry.sign)

    def _settle(self) -> None:
        entries = self.now.of_group(self.now.group)
        if self.now.state is State.ABORTING:
            is_calm = not self.now.count(MOVING | {SignState.RECALLED}) and not self._is_anybody_withdrawn()
            if is_calm and not self._reachable_begun():
                self._move(Move.END, self.now.reason)
        elif any(entry.state in UNSETTLED for entry in entries):
            return
        elif self.now.state is State.RUNNING:
            self._move(Move.SETTLE, f"all of {self.now.groups[self.now.group]} are through")
        elif self.now.state is State.SOAKING:
            self._soaked(entries)

    def _soaked(self, entries: tuple[Entry, ...]) -> None:
        if self._now_ms - self.now.since_ms < self.now.rules.soak_min * MINUTE_MS:
            return
        counted = [entry for entry in entries if entry.state is not SignState.LEFT]
        well = sum(entry.state is SignState.CONFIRMED for entry in counted)
        name = self.now.groups[self.now.group]
        told = f"{well} of {len(counted)} signs of {name} took it"
        if well * 100 < self.now.rules.success_pct * len(counted):
            self._move(Move.TRIP, told)
        elif self.now.group + 1 < len(self.now.groups):
            self._move(Move.ADVANCE, told)
        else:
            self._move(Move.FINISH, told)

    def _candidates(self, *, begun_only: bool) -> Iterator[Entry]:
        """Those whose turn it is, in the order of the plan."""
        for signs in self.now.crossings.values():
            entries = [self.now.entries[sign] for sign in signs]
            waiting = next((one for one in entries if one.state is SignState.WAITING), None)
            if waiting is None or waiting.group > self.now.group:
                continue
            is_busy = any(one.state in UNSETTLED - {SignState.WAITING} for one in entries)
            if not is_busy and (not begun_only or self._has_begun(waiting)):
                yield waiting

    def _is_anybody_withdrawn(self) -> bool:
        """So lately that it may still say that it had all of it."""
        limit_ms = WITHDRAWN_MIN * MINUTE_MS
        return any(
            entry.state is SignState.WAITING
            and entry.offered_ms is not None
            and self._now_ms - max(entry.since_ms, self._listening_ms) < limit_ms
            for entry in self.now.entries.values()
        )

    def _reachable_begun(self) -> bool:
        return any(self._see(entry).can_be_touched for entry in self._candidates(begun_only=True))

    def _is_free(self, entry: Entry) -> bool:
        """Whether another sign may be on its way, and the others of the crossing stand still."""
        others = (self.now.entries[sign] for sign in self.now.crossings[entry.sign.site_id])
        is_room = self.now.count(MOVING) < self.now.rules.at_once
        return is_room and not any(one.state in MOVING for one in others)

    def _has_begun(self, entry: Entry) -> bool:
        """Whether another sign of its crossing has the update already."""
        signs = self.now.crossings[entry.sign.site_id]
        return any(self.now.entries[sign].state in HAS_IT for sign in signs if sign != entry.sign)

    def _runs_it(self, entry: Entry) -> bool:
        target = self.now.target(entry)
        return target.is_app and self._see(entry).firmware == target.version

    def _is_silent(self, entry: Entry) -> bool:
        return self._have_passed(entry.since_ms)

    def _is_overdue(self, entry: Entry, sight: Sight) -> bool:
        return self._have_passed(max(self.now.since_ms, entry.since_ms, sight.gone_ms))

    def _have_passed(self, since_ms: int) -> bool:
        limit_ms = self.now.rules.silence_min * MINUTE_MS
        return self._now_ms - max(since_ms, self._listening_ms) > limit_ms

    def _silence(self) -> str:
        return f"says nothing new for {self.now.rules.silence_min} min"

    def _move(self, move: Move | SignMove, reason: str, sign: SignId | None = None) -> None:
        planned = Planned(move, reason, sign)
        self.now = self.now.after(planned, self._now_ms)
        self.moves.append(planned)
