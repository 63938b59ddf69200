"""Where a sign stands in its life, and what may follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum


class LifeCycle(Enum):
    """ENROLLED has an identity, COMMISSIONED is mounted and tested, IN_SERVICE warns the traffic."""

    ENROLLED = "enrolled"
    COMMISSIONED = "commissioned"
    IN_SERVICE = "in_service"
    IN_REPAIR = "in_repair"
    RETIRED = "retired"


# A repaired sign is tested at its pole again before it warns; a retired one is enrolled anew as another sign.
TRANSITIONS: Mapping[LifeCycle, frozenset[LifeCycle]] = {
    LifeCycle.ENROLLED: frozenset({LifeCycle.COMMISSIONED, LifeCycle.IN_REPAIR, LifeCycle.RETIRED}),
    LifeCycle.COMMISSIONED: frozenset({LifeCycle.IN_SERVICE, LifeCycle.IN_REPAIR, LifeCycle.RETIRED}),
    LifeCycle.IN_SERVICE: frozenset({LifeCycle.IN_REPAIR, LifeCycle.RETIRED}),
    LifeCycle.IN_REPAIR: frozenset({LifeCycle.COMMISSIONED, LifeCycle.RETIRED}),
    LifeCycle.RETIRED: frozenset(),
}


LifeOf = Callable[[str], LifeCycle]
"""Where the sign of that name stands; IN_SERVICE for what is no sign, or has no file."""


def always_in_service(_: str) -> LifeCycle:
    """The LifeOf of whoever keeps no files."""
    return LifeCycle.IN_SERVICE


def is_watched(life: LifeCycle) -> bool:
    """Whether what such a sign does or leaves undone concerns anybody: one in the workshop or on the scrap
    heap is dark, silent and strange by right."""
    return life not in (LifeCycle.IN_REPAIR, LifeCycle.RETIRED)


def may_follow(now: LifeCycle, then: LifeCycle) -> bool:
    """Whether a sign may go from `now` to `then` in one step; staying is no step."""
    return then in TRANSITIONS[now]


def allowed_after(now: LifeCycle) -> str:
    """What may follow `now`, in the words of a refusal."""
    return (
        ", ".join(state.value for state in LifeCycle if may_follow(now, state)) or "nothing: its life is over"
    )


def diagram() -> str:
    """TRANSITIONS as a Mermaid state diagram."""
    steps = [
        f"    {now.value} --> {then.value}"
        for now in LifeCycle
        for then in LifeCycle
        if may_follow(now, then)
    ]
    return "\n".join(["stateDiagram-v2", "    [*] --> enrolled", *steps, "    retired --> [*]"])
