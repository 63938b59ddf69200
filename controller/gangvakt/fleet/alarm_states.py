"""What becomes of an alarm: its states, its steps, and the table of what may follow."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class State(Enum):
    """NEW is before the first step. The condition of a suspended alarm may end and come back unheard."""

    NEW = "new"
    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    FLAPPING = "flapping"  # comes and goes: held as one until it has been calm for a while
    SUSPENDED = "suspended"  # until a time, while the condition stands
    RESTING = "resting"  # suspended, and the condition is gone
    CLEARED = "cleared"


class Kind(Enum):
    """One step of an alarm's history."""

    RAISE = "raise"
    CHANGE = "change"  # another priority or text, for the same condition
    FLAP = "flap"
    CLEAR = "clear"
    ACKNOWLEDGE = "acknowledge"
    SUSPEND = "suspend"
    RESUME = "resume"
    COMMENT = "comment"
    ASSIGN = "assign"
    ESCALATE = "escalate"


# A cleared alarm that comes back soon goes on as the same one; later, another is raised in its place.
TRANSITIONS: Mapping[tuple[State, Kind], State] = {
    (State.NEW, Kind.RAISE): State.ACTIVE,
    (State.CLEARED, Kind.RAISE): State.ACTIVE,
    (State.FLAPPING, Kind.RAISE): State.ACTIVE,  # calm, and the condition stands
    (State.RESTING, Kind.RAISE): State.SUSPENDED,
    (State.ACTIVE, Kind.FLAP): State.FLAPPING,
    (State.ACKNOWLEDGED, Kind.FLAP): State.FLAPPING,
    (State.CLEARED, Kind.FLAP): State.FLAPPING,
    (State.ACTIVE, Kind.CLEAR): State.CLEARED,
    (State.ACKNOWLEDGED, Kind.CLEAR): State.CLEARED,
    (State.FLAPPING, Kind.CLEAR): State.CLEARED,  # calm, and the condition is gone
    (State.SUSPENDED, Kind.CLEAR): State.RESTING,
    (State.ACTIVE, Kind.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.FLAPPING, Kind.ACKNOWLEDGE): State.FLAPPING,
    (State.ACTIVE, Kind.SUSPEND): State.SUSPENDED,
    (State.ACKNOWLEDGED, Kind.SUSPEND): State.SUSPENDED,
    (State.FLAPPING, Kind.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, Kind.SUSPEND): State.SUSPENDED,
    (State.RESTING, Kind.SUSPEND): State.RESTING,
    (State.SUSPENDED, Kind.RESUME): State.ACTIVE,
    (State.RESTING, Kind.RESUME): State.CLEARED,
    (State.ACTIVE, Kind.ESCALATE): State.ACTIVE,
    (State.FLAPPING, Kind.ESCALATE): State.FLAPPING,
    (State.ACTIVE, Kind.CHANGE): State.ACTIVE,
    (State.ACKNOWLEDGED, Kind.CHANGE): State.ACKNOWLEDGED,
    (State.SUSPENDED, Kind.CHANGE): State.SUSPENDED,
    **{(state, kind): state for kind in (Kind.COMMENT, Kind.ASSIGN) for state in State if state != State.NEW},
}
OPEN = frozenset(State) - {State.NEW, State.CLEARED}


def allowed_in(state: State) -> str:
    """The steps that `state` allows, in the words of a refusal."""
    return ", ".join(kind.value for kind in Kind if (state, kind) in TRANSITIONS)


def diagram() -> str:
    """TRANSITIONS as a Mermaid state diagram, but for comments and assignments, which change no state."""
    steps = [
        f"    {_name(before)} --> {_name(after)}: {kind.value}"
        for (before, kind), after in TRANSITIONS.items()
        if kind not in (Kind.COMMENT, Kind.ASSIGN)
    ]
    return "\n".join(["stateDiagram-v2", *steps])


def _name(state: State) -> str:
    return "[*]" if state is State.NEW else state.value
