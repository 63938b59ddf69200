"""How a configuration reaches many signs: in stages, the first one small, each proved before the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import zip_longest

from gangvakt.errors import PlanStepRefused
from gangvakt.fleet.names import SignId

FIRST_SIGNS = 2  # one crossing's worth of trouble at most, spread over two
GROWTH = 5  # 2, 10, 50, ...: 1,000 signs take five stages


class State(Enum):
    DRAFT = "draft"
    DRY_RUN = "dry_run"
    SCHEDULED = "scheduled"
    APPLYING = "applying"  # stage n is told
    PROBATION = "probation"  # stage n proves itself
    DONE = "done"
    STOPPED = "stopped"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


class Event(Enum):
    TRY = "try"
    TRIED = "tried"
    SCHEDULE = "schedule"
    BEGIN = "begin"
    TOLD = "told"
    NEXT = "next"  # the stage has kept it, and another follows
    COMPLETE = "complete"  # the last stage has kept it
    FAIL = "fail"
    STOP = "stop"
    ROLL_BACK = "roll_back"
    RESTORED = "restored"


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.DRAFT, Event.TRY): State.DRY_RUN,
    (State.DRY_RUN, Event.TRIED): State.DRAFT,
    (State.DRAFT, Event.SCHEDULE): State.SCHEDULED,
    (State.SCHEDULED, Event.BEGIN): State.APPLYING,
    (State.APPLYING, Event.TOLD): State.PROBATION,
    (State.PROBATION, Event.NEXT): State.APPLYING,
    (State.PROBATION, Event.COMPLETE): State.DONE,
    (State.APPLYING, Event.FAIL): State.STOPPED,
    (State.PROBATION, Event.FAIL): State.STOPPED,
    (State.DRAFT, Event.STOP): State.STOPPED,
    (State.DRY_RUN, Event.STOP): State.STOPPED,
    (State.SCHEDULED, Event.STOP): State.STOPPED,
    (State.APPLYING, Event.STOP): State.STOPPED,
    (State.PROBATION, Event.STOP): State.STOPPED,
    (State.STOPPED, Event.ROLL_BACK): State.ROLLING_BACK,
    (State.DONE, Event.ROLL_BACK): State.ROLLING_BACK,
    (State.ROLLING_BACK, Event.RESTORED): State.ROLLED_BACK,
}
ENDED = frozenset({State.DONE, State.STOPPED, State.ROLLED_BACK})
WORKED_ON = frozenset(State) - ENDED - {State.DRAFT}
"""Those that go on by themselves."""
BEGUN = frozenset(State) - {State.DRAFT, State.DRY_RUN, State.SCHEDULED}


class Fate(Enum):
    """How one sign of a stage stands."""

    WAITING = "waiting"
    KEPT = "kept"
    LOST = "lost"


@dataclass(frozen=True)
class Plan:
    """`changes` are made to each sign's own values, None for what the layers below say; without any, signs
    get what their templates say by now. `stage` counts from 0. Times are UTC ms; `due_ms` None: at once.
    """

    id: int
    municipality: str
    title: str
    changes: Mapping[str, object]
    stages: tuple[tuple[SignId, ...], ...]
    by: str
    created_ms: int
    changed_ms: int
    deadline_min: int
    state: State = State.DRAFT
    stage: int = 0
    due_ms: int | None = None
    why: str = ""

    @property
    def signs(self) -> tuple[SignId, ...]:
        return tuple(sign for stage in self.stages for sign in stage)

    @property
    def stopped_itself(self) -> bool:
        """A sign did not keep it; whoever stops a plan gives no reason."""
        return self.state is State.STOPPED and bool(self.why)

    def after(self, event: Event, now_ms: int, *, why: str = "", due_ms: int | None = None) -> Plan:
        """PlanStepRefused when its state does not allow the step."""
        state = TRANSITIONS.get((self.state, event))
        if state is None:
            raise PlanStepRefused(self.id, self.state.value, event.value, allowed_in(self.state))
        stage = self.stage + (event is Event.NEXT)
        due = due_ms if event is Event.SCHEDULE else self.due_ms
        return replace(self, state=state, stage=stage, changed_ms=now_ms, due_ms=due, why=why)


def allowed_in(state: State) -> str:
    """The steps that `state` allows, in the words of a refusal."""
    return ", ".join(event.value for event in Event if (state, event) in TRANSITIONS) or "none"


def undecided(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """Those that stopped by themselves and wait for somebody: neither rolled back, nor followed by a plan
    of the municipality that was made afterwards and has begun."""
    made_ms: dict[str, int] = {}
    known = tuple(plans)
    for plan in known:
        if plan.state in BEGUN:
            made_ms[plan.municipality] = max(plan.created_ms, made_ms.get(plan.municipality, 0))
    return tuple(
        plan for plan in known if plan.stopped_itself and made_ms[plan.municipality] <= plan.changed_ms
    )


def stages_of(
    signs: Iterable[SignId], first: int = FIRST_SIGNS, growth: int = GROWTH
) -> tuple[tuple[SignId, ...], ...]:
    """Stages of `first` signs, then `growth` times as many each. A crossing's second pole stands behind the
    first pole of every other one, so that early stages take no crossing as a whole where they need not."""
    ordered = _spread(signs)
    stages, at, size = [], 0, first
    while at < len(ordered):
        stages.append(tuple(ordered[at : at + size]))
        at, size = at + size, size * growth
    return tuple(stages)


def judged(fates: Iterable[Fate], *, is_last: bool, is_late: bool) -> Event | None:
    """What a stage's signs make of their probation; None while that is open."""
    seen = set(fates)
    if Fate.LOST in seen or (is_late and Fate.WAITING in seen):
        return Event.FAIL
    if Fate.WAITING in seen:
        return None
    return Event.COMPLETE if is_last else Event.NEXT


def _spread(signs: Iterable[SignId]) -> Sequence[SignId]:
    sites: dict[object, list[SignId]] = defaultdict(list)
    for sign in sorted(set(signs)):
        sites[sign.site_id].append(sign)
    return [sign for rank in zip_longest(*sites.values()) for sign in rank if sign is not None]
