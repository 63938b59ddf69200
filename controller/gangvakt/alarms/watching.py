"""Watches the live fleet: of each sign that changed, or whose time has come, presence and what is wrong."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from gangvakt.clock import ClockMs
from gangvakt.fleet import ChangeKind, LiveFleet, SignEvent, SignId, SignState
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import OFFLINE, PATCHY, SILENT
from gangvakt.fleet.alarm_faults import FAULTS
from gangvakt.fleet.alarm_feeder import dead_feeder, gone_together
from gangvakt.fleet.life_cycle import LifeCycle, LifeOf, always_in_service, is_watched
from gangvakt.fleet.power import PowerOf, PowerProfile
from gangvakt.fleet.presence import ABSENT, Presence, Proof, Sight, judge, next_look_ms, silence_limit_ms
from gangvakt.fleet.sequence import Gaps
from gangvakt.store.gaps import Skipped

# Some seconds of a fleet of 10,000 that says a thousand things a second; whoever loses some looks at all.
CAPACITY = 32_768
# Profiles are edited by people: a changed one is noticed within this, and a few rounds of MOST_DUE.
PROFILES_MS = 60_000
# Signs in one round whose time has come: after a start it comes for all at once, and others want the loop.
MOST_DUE = 1000
ABSENCES = {Presence.SILENT: SILENT, Presence.OFFLINE: OFFLINE}
LIT = "activation_off"  # the lamps have shone, and what they drew was judged

Feeder = tuple[str, str]  # municipality and name
Told = dict[str, list[Condition]]


@dataclass
class _Seen:
    """What is remembered of one sign between two looks."""

    profile: PowerProfile
    life: LifeCycle
    gaps: Gaps = field(default_factory=Gaps)
    presence: Presence = Presence.UNKNOWN
    proof: Proof | None = None
    proof_before: Proof | None = None
    lit_ms: int | None = None
    self_tests: int | None = None
    due_ms: int | None = None
    told: tuple[object, ...] = ()


class Watcher:
    """Looks only at what may have changed. `is_connected`: whether the broker is reached; while it is not,
    nothing new is said of any sign. `waits_until(source)` is `Alarms.next_look_ms`; `on_event` is told of
    every stored event.
    """

    def __init__(
        self,
        fleet: LiveFleet,
        power: PowerOf,
        clock_ms: ClockMs,
        is_connected: Callable[[], bool],
        waits_until: Callable[[str], int | None],
        on_event: Callable[[SignEvent], None] = lambda _: None,
        life_of: LifeOf = always_in_service,
    ) -> None:
        self._fleet, self._power, self._clock_ms = fleet, power, clock_ms
        self._is_connected, self._waits_until = is_connected, waits_until
        self._on_event, self._life_of = on_event, life_of
        self._changes = fleet.subscribe(CAPACITY)
        self._dropped = 0
        self._seen: dict[SignId, _Seen] = {}
        self._due: list[tuple[int, SignId]] = []
        self._feeders: dict[Feeder, set[SignId]] = {}
        self._dead: dict[Feeder, frozenset[SignId]] = {}
        self._watched_since_ms: int | None = None
        self._profiles_ms = 0
        self._to_refresh: list[SignId] = []
        self._must_sweep = False
        self._just_told: set[SignId] = set()

    def look_again(self) -> None:
        """What was told last did not arrive: tell everything again."""
        self._must_sweep = True

    def restore_gaps(self, skipped: Iterable[Skipped]) -> None:
        """What the store misses of signs that have not been heard since the start."""
        for one in skipped:
            self._of(one.sign).gaps.restore(one.incarnation, one.boot, one.last_seq, one.since_ms)

    def close(self) -> None:
        self._changes.close()

    def sight(self, sign: SignId) -> Sight | None:
        """What is said of a sign now; None for one that nobody knows."""
        state, seen = self._fleet.sign(sign), self._seen.get(sign)
        if state is None:
            return None
        if seen is None or self._watched_since_ms is None:
            return Sight(Presence.UNKNOWN, silence_limit_ms(state))
        now_ms = self._clock_ms()
        missing = seen.gaps.missing(now_ms)
        presence = self._judge(state, seen, missing, now_ms)
        return Sight(presence, silence_limit_ms(state), missing, seen.proof)

    def round(self) -> Told:
        """One look: the conditions of every source for which something may be new. Empty while the broker is
        not reached."""
        now_ms = self._clock_ms()
        changed = self._take_changes(now_ms)
        if not self._is_connected():
            self._watched_since_ms = None
            return {}
        if self._watched_since_ms is None:
            self._watched_since_ms, self._must_sweep = now_ms, True
        if self._must_sweep:
            changed = self._sweep()
        changed |= self._refresh_profiles(now_ms)
        for sign in self._just_told:
            self._plan(sign, now_ms)  # what was told may have to stand for a while
        changed |= self._due_signs(now_ms)
        moved = {sign for sign in changed if self._look(sign, now_ms)}
        told, affected = self._look_at_feeders(changed if self._must_sweep else moved)
        self._must_sweep = False
        news = {sign: found for sign in changed | affected for found in self._news(sign, now_ms)}
        self._just_told = set(news)
        return told | {f"sign:{sign}": found for sign, found in news.items()}

    def _take_changes(self, now_ms: int) -> set[SignId]:
        changed: set[SignId] = set()
        for change in self._changes.take():
            if change.sign is None:
                continue
            changed.add(change.sign)
            if change.kind is ChangeKind.EVENT and change.event is not None:
                self._put_event(change.event, now_ms)
                self._on_event(change.event)
        if self._changes.dropped != self._dropped:
            self._dropped = self._changes.dropped
            changed = {state.id for state in self._fleet.signs()}
            for seen in self._seen.values():
                seen.gaps = Gaps()  # what was dropped here is not missing
        return changed

    def _sweep(self) -> set[SignId]:
        """Every sign, as if nothing had been told of any."""
        self._dead.clear()
        for seen in self._seen.values():
            seen.told = ()
        return {state.id for state in self._fleet.signs()}

    def _put_event(self, event: SignEvent, now_ms: int) -> None:
        seen = self._of(event.sign)
        seen.gaps.put(event.incarnation, event.boot, event.seq, now_ms)
        if event.kind == LIT:
            seen.lit_ms = max(seen.lit_ms or 0, event.utc_ms)

    def _of(self, sign: SignId) -> _Seen:
        seen = self._seen.get(sign)
        if seen is None:
            seen = self._seen[sign] = _Seen(self._power(sign), self._life_of(str(sign)))
            self._join(sign, seen.profile)
        return seen

    def _join(self, sign: SignId, profile: PowerProfile) -> None:
        if profile.feeder is not None:
            self._feeders.setdefault((sign.municipality, profile.feeder), set()).add(sign)

    def _refresh_profiles(self, now_ms: int) -> set[SignId]:
        """Signs whose profile was changed, or their life."""
        if not self._to_refresh and now_ms - self._profiles_ms >= PROFILES_MS:
            self._profiles_ms, self._to_refresh = now_ms, list(self._seen)
        asked, self._to_refresh = self._to_refresh[:MOST_DUE], self._to_refresh[MOST_DUE:]
        changed = {sign for sign in asked if self._is_changed(sign)}
        for sign in changed:
            seen = self._seen[sign]
            seen.life = self._life_of(str(sign))
            self._feeders.get((sign.municipality, seen.profile.feeder or ""), set()).discard(sign)
            seen.profile = self._power(sign)
            self._join(sign, seen.profile)
        return changed

    def _is_changed(self, sign: SignId) -> bool:
        seen = self._seen[sign]
        return self._power(sign) != seen.profile or self._life_of(str(sign)) is not seen.life

    def _due_signs(self, now_ms: int) -> set[SignId]:
        due: set[SignId] = set()
        while self._due and self._due[0][0] <= now_ms and len(due) < MOST_DUE:
            at_ms, sign = heapq.heappop(self._due)
            if self._seen[sign].due_ms == at_ms:
                self._seen[sign].due_ms = None
                due.add(sign)
        return due

    def _look(self, sign: SignId, now_ms: int) -> bool:
        """Judges it anew; whether that says something else than before."""
        state, seen = self._fleet.sign(sign), self._of(sign)
        if state is None:
            return False
        before = seen.presence
        seen.presence = self._judge(state, seen, seen.gaps.missing(now_ms), now_ms)
        self._see_current(state, seen)
        return seen.presence is not before

    def _judge(self, state: SignState, seen: _Seen, missing: int, now_ms: int) -> Presence:
        since_ms = self._watched_since_ms if self._watched_since_ms is not None else now_ms
        return judge(state, seen.profile, now_ms, watched_since_ms=since_ms, missing=missing)

    def _see_current(self, state: SignState, seen: _Seen) -> None:
        """Whether the lamps drew what they should, when they shone last or in a test since."""
        self._see_activation(state, seen)
        telemetry = state.telemetry
        if telemetry is None or telemetry.self_tests is None:
            return
        tested_more = seen.self_tests is not None and telemetry.self_tests > seen.self_tests
        seen.self_tests = telemetry.self_tests
        if tested_more and telemetry.current_proved and state.last_seen_ms is not None:
            seen.proof = Proof(state.last_seen_ms, "test")

    def _see_activation(self, state: SignState, seen: _Seen) -> None:
        """A status after it may still take back what was thought of it. In shadow the lamps stay dark."""
        status = state.status
        if seen.lit_ms is None or status is None or status.mode != "active":
            return
        of_this = Proof(seen.lit_ms, "activation")
        if not status.lamps.current_proved:
            seen.proof = seen.proof_before if seen.proof == of_this else seen.proof
        elif seen.proof is None or seen.lit_ms > seen.proof.at_ms:
            seen.proof_before, seen.proof = seen.proof, of_this

    def _news(self, sign: SignId, now_ms: int) -> Iterator[list[Condition]]:
        """The sign's conditions, where they may be others than those told last."""
        state, seen = self._fleet.sign(sign), self._seen[sign]
        if state is None:
            return
        self._plan(sign, now_ms)
        covered = sign in self._dead.get((sign.municipality, seen.profile.feeder or ""), ())
        basis = (state.faults, seen.presence, covered, seen.life)
        waits_ms = self._waits_until(f"sign:{sign}")
        if basis == seen.told and (waits_ms is None or waits_ms > now_ms):
            return
        if seen.presence is Presence.UNKNOWN:
            return  # what stood when the controller ended stands until more is known
        seen.told = basis
        yield list(_conditions(state, seen.presence, covered))

    def _plan(self, sign: SignId, now_ms: int) -> None:
        """Notes when to look again though nothing is heard. Of a sign that is heard all the time, the look
        planned before comes first, and plans the next."""
        state, seen = self._fleet.sign(sign), self._seen[sign]
        if state is None:
            return
        since_ms = self._watched_since_ms or now_ms
        times = [
            next_look_ms(state, seen.profile, now_ms, watched_since_ms=since_ms),
            seen.gaps.next_look_ms(now_ms),
            self._waits_until(f"sign:{state.id}"),
        ]
        due_ms = min((time for time in times if time is not None), default=None)
        if due_ms is not None and (seen.due_ms is None or due_ms < seen.due_ms):
            seen.due_ms = due_ms
            heapq.heappush(self._due, (due_ms, state.id))

    def _look_at_feeders(self, moved: Iterable[SignId]) -> tuple[Told, set[SignId]]:
        """Feeders of signs that came or went, with the signs whose own alarm that changes."""
        told: Told = {}
        affected: set[SignId] = set()
        for municipality, feeder in {(one.municipality, self._seen[one].profile.feeder) for one in moved}:
            if feeder is None:
                continue
            key = (municipality, feeder)
            before, dead = self._dead.get(key), self._gone_of(key)
            if dead is not None and dead != before:
                self._dead[key] = dead
                affected |= (before or frozenset()) ^ dead
                told[f"feeder:{municipality}/{feeder}"] = (
                    [dead_feeder(municipality, feeder, dead)] if dead else []
                )
        return told, affected

    def _gone_of(self, feeder: Feeder) -> frozenset[SignId] | None:
        """None while too little is known of its signs. One that was never heard says nothing of a feeder."""
        signs: dict[SignId, int | None] = {}
        for sign in self._feeders[feeder]:
            state, presence = self._fleet.sign(sign), self._seen[sign].presence
            if state is None or state.last_seen_ms is None or presence is Presence.OFF_BY_DAY:
                continue
            if not is_watched(self._seen[sign].life):
                continue
            if presence is Presence.UNKNOWN:
                return None
            signs[sign] = state.last_seen_ms if presence in ABSENT else None
        return gone_together(signs)


def _conditions(state: SignState, presence: Presence, covered: bool) -> Iterator[Condition]:
    """Faults that the sign told last stand while it is away; a newer sign's words that are not known here are
    left out."""
    sign = str(state.id)
    for code in sorted({fault.code for fault in state.faults if fault.code in FAULTS}):
        yield Condition(code, sign)
    if presence in ABSENCES and not covered:
        yield Condition(ABSENCES[presence], sign)
    if presence is Presence.PATCHY:
        yield Condition(PATCHY, sign)
