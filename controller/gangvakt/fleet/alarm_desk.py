"""From what is wrong now to steps of alarms: what is new, what is over, what flaps, what waits too long."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from gangvakt.fleet.alarm import Alarm, Condition, Step, raise_step
from gangvakt.fleet.alarm_classes import HOUR_MS, MINUTE_MS, class_of
from gangvakt.fleet.alarm_states import Kind, State
from gangvakt.fleet.life_cycle import LifeCycle, LifeOf, always_in_service

Key = tuple[str, str]  # code and object
T = TypeVar("T")

# More changes than these within the window, and what comes and goes is held as one alarm until it is calm.
FLAP_CHANGES, FLAP_WINDOW_MS = 6, 10 * MINUTE_MS
CALM_MS = 10 * MINUTE_MS
# Cleared no longer ago than this, a condition that comes back goes on as the same alarm.
REOPEN_MS = FLAP_WINDOW_MS
# By priority: how long after the raise somebody else is told, time after time, while nobody acknowledges.
ESCALATE_MS: Mapping[int, tuple[int, ...]] = {
    1: (15 * MINUTE_MS, HOUR_MS),
    2: (4 * HOUR_MS, 24 * HOUR_MS),
    3: (),
}
# What a life says in a history. A suspension for a repair has no time: it ends with the repair.
WHY_RETIRED, WHY_IN_REPAIR, WHY_REPAIRED = (
    "the sign is retired",
    "the sign is in repair",
    "the repair is over",
)
_HEARD = frozenset({State.ACTIVE, State.ACKNOWLEDGED, State.FLAPPING})
_CHANGES_WITH_CONDITION = frozenset({State.ACTIVE, State.ACKNOWLEDGED, State.SUSPENDED})


@dataclass(frozen=True)
class Planned:
    """A step that is to be stored, and the alarm before and after it; `before.id` 0 is a new one."""

    before: Alarm
    step: Step

    @property
    def after(self) -> Alarm:
        return self.before.after(self.step)


class AlarmDesk:
    """All alarms that are open or were cleared a moment ago. Plans steps without taking them: whoever stores
    a step gives the stored alarm back with `put`, so that nothing is true here that is not in the store.

    Of a retired sign nothing is raised, and what stood is cleared. Of one in repair nothing new is raised,
    and what stood is suspended until the repair is over.
    """

    def __init__(self, now_ms: int, life_of: LifeOf = always_in_service) -> None:
        self._since_ms, self._life_of = now_ms, life_of
        self._alarms: dict[str, dict[Key, Alarm]] = {}
        self._by_id: dict[int, Alarm] = {}
        self._standing: dict[str, dict[Key, Condition]] = {}
        self._waiting: dict[str, dict[Key, int]] = {}
        self._changes: dict[tuple[str, Key], deque[int]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def put(self, alarm: Alarm) -> None:
        """As it is stored now."""
        self._alarms.setdefault(alarm.source, {})[alarm.code, alarm.object] = alarm
        self._by_id[alarm.id] = alarm

    def get(self, number: int) -> Alarm | None:
        """None for one that does not exist or was cleared long ago."""
        return self._by_id.get(number)

    def alarms(self, source: str | None = None) -> tuple[Alarm, ...]:
        """Of one source or of all; some were cleared a moment ago."""
        return tuple(self._by_id.values() if source is None else self._alarms.get(source, {}).values())

    def report(self, source: str, conditions: Collection[Condition], now_ms: int) -> list[Planned]:
        """All that is wrong now by the word of `source`: what it does not name any more is over."""
        held = self._alarms.get(source, {})
        wanted = {
            (one.code, one.object): one
            for one in conditions
            if self._may_stand(one, held.get((one.code, one.object)))
        }
        planned = [self._raising(source, key, one, held.get(key), now_ms) for key, one in wanted.items()]
        gone = [alarm for key, alarm in held.items() if key not in wanted and not self._is_retired(alarm)]
        planned += [self._clearing(alarm, now_ms) for alarm in gone]
        _keep(self._standing, source, wanted)
        waiting = self._waiting.get(source, {})
        _keep(self._waiting, source, {key: since for key, since in waiting.items() if key in wanted})
        return [one for one in planned if one is not None]

    def next_look_ms(self, source: str) -> int | None:
        """When a condition of `source` has stood long enough to be raised; None while none waits."""
        waiting = self._waiting.get(source, {})
        return min((since + _wait_ms(code) for (code, _), since in waiting.items()), default=None)

    def tick(self, now_ms: int) -> list[Planned]:
        """What lives and time bring: ends and suspensions, their ends and those of flapping, escalations."""
        planned = [
            one
            for alarm in self.alarms()
            for one in _in_turn(alarm, self._by_life(alarm, now_ms) or self._by_time(alarm, now_ms))
        ]
        self._forget(now_ms)
        return planned

    def _may_stand(self, condition: Condition, alarm: Alarm | None) -> bool:
        life = self._life_of(condition.object)
        if life is LifeCycle.IN_REPAIR:
            return alarm is not None and alarm.is_open
        return life is not LifeCycle.RETIRED

    def _is_retired(self, alarm: Alarm) -> bool:
        return self._life_of(alarm.object) is LifeCycle.RETIRED

    def _by_life(self, alarm: Alarm, now_ms: int) -> list[Step]:
        """Suspensions of staff keep their time over a repair."""
        life = self._life_of(alarm.object)
        if life is LifeCycle.RETIRED and alarm.is_open:
            ways = {State.SUSPENDED: (Kind.CLEAR, Kind.RESUME), State.RESTING: (Kind.RESUME,)}
            return [Step(kind, now_ms, text=WHY_RETIRED) for kind in ways.get(alarm.state, (Kind.CLEAR,))]
        if life is LifeCycle.IN_REPAIR:
            suspended = Step(Kind.SUSPEND, now_ms, text=WHY_IN_REPAIR, data={"until_ms": None})
            return [suspended] if alarm.state in _HEARD else []
        is_held = alarm.state in (State.SUSPENDED, State.RESTING) and alarm.suspended_until_ms is None
        return [Step(Kind.RESUME, now_ms, text=WHY_REPAIRED)] if is_held else []

    def _raising(
        self, source: str, key: Key, condition: Condition, alarm: Alarm | None, now_ms: int
    ) -> Planned | None:
        alarm = alarm or Alarm(condition.code, condition.object, source)
        if alarm.state is State.FLAPPING:
            if key not in self._standing.get(source, {}):
                self._note(source, key, now_ms)
            return None
        if alarm.state in _CHANGES_WITH_CONDITION:
            is_same = (alarm.priority, alarm.text) == (condition.priority, condition.text)
            return None if is_same else Planned(alarm, raise_step(condition, now_ms, Kind.CHANGE))
        if self._must_wait(source, key, now_ms):
            return None
        flaps = self._note(source, key, now_ms) and alarm.state is State.CLEARED
        return Planned(alarm, raise_step(condition, now_ms, Kind.FLAP if flaps else Kind.RAISE))

    def _clearing(self, alarm: Alarm, now_ms: int) -> Planned | None:
        source, key = alarm.source, (alarm.code, alarm.object)
        if alarm.state is State.FLAPPING:
            if key in self._standing.get(source, {}):
                self._note(source, key, now_ms)
            return None
        if alarm.state is State.SUSPENDED:
            return Planned(alarm, Step(Kind.CLEAR, now_ms))
        if alarm.state in (State.CLEARED, State.RESTING):
            return None
        if self._note(source, key, now_ms):
            told = {"priority": alarm.priority, "data": alarm.data}
            return Planned(alarm, Step(Kind.FLAP, now_ms, text=alarm.text, data=told))
        return Planned(alarm, Step(Kind.CLEAR, now_ms))

    def _must_wait(self, source: str, key: Key, now_ms: int) -> bool:
        """Whether the condition has not stood for as long as its class wants."""
        wait_ms = _wait_ms(key[0])
        if not wait_ms:
            return False
        since_ms = self._waiting.setdefault(source, {}).setdefault(key, now_ms)
        if now_ms - since_ms < wait_ms:
            return True
        del self._waiting[source][key]
        return False

    def _note(self, source: str, key: Key, now_ms: int) -> bool:
        """One change more of a condition; whether these are too many."""
        changes = self._changes.setdefault((source, key), deque(maxlen=FLAP_CHANGES + 1))
        changes.append(now_ms)
        return len(changes) > FLAP_CHANGES and now_ms - changes[0] <= FLAP_WINDOW_MS

    def _by_time(self, alarm: Alarm, now_ms: int) -> list[Step]:
        if alarm.state is State.FLAPPING and now_ms - self._last_change_ms(alarm) >= CALM_MS:
            condition = self._standing.get(alarm.source, {}).get((alarm.code, alarm.object))
            return [raise_step(condition, now_ms) if condition else Step(Kind.CLEAR, now_ms)]
        if alarm.suspended_until_ms is not None and now_ms >= alarm.suspended_until_ms:
            return [Step(Kind.RESUME, now_ms, text="the time is over")]
        if _is_unheeded(alarm, now_ms):
            return [Step(Kind.ESCALATE, now_ms, data={"level": alarm.level + 1})]
        return []

    def _last_change_ms(self, alarm: Alarm) -> int:
        """Not before this desk began: until then nobody watched."""
        changes = self._changes.get((alarm.source, (alarm.code, alarm.object)))
        return max(changes[-1] if changes else 0, alarm.changed_ms, self._since_ms)

    def _forget(self, now_ms: int) -> None:
        for alarm in self.alarms():
            if alarm.cleared_ms is not None and not alarm.is_open and now_ms - alarm.cleared_ms > REOPEN_MS:
                del self._by_id[alarm.id]
                of_source = dict(self._alarms[alarm.source])
                del of_source[alarm.code, alarm.object]
                _keep(self._alarms, alarm.source, of_source)
                self._changes.pop((alarm.source, (alarm.code, alarm.object)), None)


def _in_turn(alarm: Alarm, steps: Collection[Step]) -> Iterator[Planned]:
    for step in steps:
        yield Planned(alarm, step)
        alarm = alarm.after(step)


def planned_by_staff(alarm: Alarm, step: Step) -> Planned:
    """AlarmStepRefused when the alarm's state does not allow it."""
    planned = Planned(alarm, step)
    _ = planned.after
    return planned


def _is_unheeded(alarm: Alarm, now_ms: int) -> bool:
    if alarm.state not in (State.ACTIVE, State.FLAPPING) or alarm.acknowledged_by is not None:
        return False
    waits = ESCALATE_MS[alarm.priority]
    return alarm.level < len(waits) and now_ms - alarm.raised_ms >= waits[alarm.level]


def _wait_ms(code: str) -> int:
    known = class_of(code)
    return known.raise_after_ms if known else 0


def _keep(held: dict[str, dict[Key, T]], source: str, kept: dict[Key, T]) -> None:
    """An entry only where there is something: there is a source a sign."""
    if kept:
        held[source] = kept
    else:
        held.pop(source, None)
