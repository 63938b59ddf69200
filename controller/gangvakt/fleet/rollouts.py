"""A rollout as it stands: a value that each move replaces by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from gangvakt.errors import RolloutRefused, RolloutStepRefused
from gangvakt.fleet.names import SignId, SiteId
from gangvakt.fleet.rollout_states import (
    SIGN_TRANSITIONS,
    TRANSITIONS,
    Move,
    SignMove,
    SignState,
    State,
    allowed_in,
)
from gangvakt.fleet.windows import Calendar

MINUTE_MS = 60_000
MOST_AT_ONCE = 100  # pieces of 192 bytes to each: more would be felt by the signs' events
MOST_SOAK_MIN = 30 * 24 * 60
SILENCE_MIN = (5, 24 * 60)
# A sign needs minutes to fetch, and three starts of a quarter of an hour each to find that it is not well.
USUAL_SILENCE_MIN = 90
CONTROLLER = "controller"


@dataclass(frozen=True)
class Artifact:
    """A signed update that was uploaded. `sequence` is its version as a number; `replaces` is the highest
    that may go back to it, `minimum` the least that may take it over; 0 is no such bound."""

    id: int
    board: str
    version: str
    sequence: int
    sha256: str
    size: int
    is_app: bool = True
    replaces: int = 0
    minimum: int = 0


@dataclass(frozen=True)
class Rules:
    """How carefully. Shares are per cent of a group's signs: at `error_pct` failures it pauses, and with less
    than `success_pct` confirmed it does not go on. At most `at_once` signs fetch, or are on trial, at a
    time."""

    at_once: int = 10
    error_pct: int = 10
    success_pct: int = 90
    soak_min: int = 60
    silence_min: int = USUAL_SILENCE_MIN
    calendar: Calendar = field(default_factory=Calendar)

    def __post_init__(self) -> None:
        bounds = {
            "at_once": (1, MOST_AT_ONCE),
            "error_pct": (1, 100),
            "success_pct": (0, 100),
            "soak_min": (0, MOST_SOAK_MIN),
            "silence_min": SILENCE_MIN,
        }
        for name, (least, most) in bounds.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise RolloutRefused("rollout", name, value, f"{least}..{most}")


@dataclass(frozen=True)
class Entry:
    """One sign: its place in the plan, what it shall get, and where it may go back to (ids of artifacts).

    `since_ms` is when its state began, `offered_ms` when it was offered something last.
    """

    sign: SignId
    group: int
    step: int
    artifact: int
    back: int | None = None
    state: SignState = SignState.WAITING
    since_ms: int = 0
    reason: str = ""
    offered_ms: int | None = None


@dataclass(frozen=True)
class Planned:
    """A move of the rollout itself, or of one `sign` in it, and why."""

    move: Move | SignMove
    reason: str = ""
    sign: SignId | None = None


@dataclass(frozen=True)
class Rollout:
    """`municipality` is None where it is about signs of several. `group` is the one that is looked at."""

    id: int
    title: str
    municipality: str | None
    rules: Rules
    groups: tuple[str, ...]
    artifacts: Mapping[int, Artifact]
    entries: Mapping[SignId, Entry]
    state: State = State.DRAFT
    group: int = 0
    since_ms: int = 0
    reason: str = ""
    start_ms: int = 0
    who: str = CONTROLLER
    made_ms: int = 0

    @cached_property
    def crossings(self) -> Mapping[SiteId, tuple[SignId, ...]]:
        """The signs of each in the order of their steps."""
        found: dict[SiteId, list[SignId]] = {}
        for entry in sorted(self.entries.values(), key=lambda one: (one.group, one.step, one.sign)):
            found.setdefault(entry.sign.site_id, []).append(entry.sign)
        return {site: tuple(signs) for site, signs in found.items()}

    def of_group(self, group: int) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries.values() if entry.group == group)

    def count(self, states: Iterable[SignState]) -> int:
        """How many signs are in one of these states."""
        wanted = frozenset(states)
        return sum(entry.state in wanted for entry in self.entries.values())

    def target(self, entry: Entry) -> Artifact:
        """What the sign shall get."""
        return self.artifacts[entry.artifact]

    def after(self, planned: Planned, now_ms: int) -> Rollout:
        """RolloutStepRefused when its state, or that of the sign, does not allow the move."""
        if planned.sign is not None:
            return self._with(self._moved(self.entries[planned.sign], planned, now_ms))
        move = planned.move
        after = TRANSITIONS.get((self.state, move)) if isinstance(move, Move) else None
        if after is None:
            step = str(planned.move.value)
            raise RolloutStepRefused(self.id, self.state.value, step, allowed_in(self.state))
        group = self.group + (planned.move is Move.ADVANCE)
        return replace(self, state=after, group=group, since_ms=now_ms, reason=planned.reason)

    def after_all(self, planned: Iterable[Planned], now_ms: int) -> Rollout:
        found = self
        for one in planned:
            found = found.after(one, now_ms)
        return found

    def _with(self, entry: Entry) -> Rollout:
        return replace(self, entries={**self.entries, entry.sign: entry})

    def _moved(self, entry: Entry, planned: Planned, now_ms: int) -> Entry:
        move = planned.move
        after = SIGN_TRANSITIONS.get((entry.state, move)) if isinstance(move, SignMove) else None
        if after is None:
            allowed = ", ".join(move.value for state, move in SIGN_TRANSITIONS if state is entry.state)
            where = f"{entry.sign} is {entry.state.value}"
            raise RolloutStepRefused(self.id, where, str(planned.move.value), allowed)
        offers = planned.move in (SignMove.OFFER, SignMove.GIVE_BACK)
        offered_ms = now_ms if offers else entry.offered_ms
        return replace(entry, state=after, since_ms=now_ms, reason=planned.reason, offered_ms=offered_ms)
