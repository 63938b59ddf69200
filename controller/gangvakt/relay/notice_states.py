"""What can become of a notice, the group of alarms that people are told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

from gangvakt.store.notices import Notice


class NoticeState(Enum):
    """How a notice stands."""

    WAITING = "waiting"  # alarms are gathered, or nobody is on call yet
    TOLD = "told"  # somebody was told; the next one is, unless it is acknowledged
    EXHAUSTED = "exhausted"  # the last one was told, and nobody has acknowledged
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"  # all its alarms ended by themselves
    REVOKED = "revoked"  # its links were called back


TRANSITIONS: Mapping[NoticeState, frozenset[NoticeState]] = {
    NoticeState.WAITING: frozenset({NoticeState.TOLD, NoticeState.CLEARED, NoticeState.ACKNOWLEDGED}),
    NoticeState.TOLD: frozenset(
        {
            NoticeState.TOLD,
            NoticeState.EXHAUSTED,
            NoticeState.ACKNOWLEDGED,
            NoticeState.CLEARED,
            NoticeState.REVOKED,
        }
    ),
    NoticeState.EXHAUSTED: frozenset({NoticeState.ACKNOWLEDGED, NoticeState.CLEARED, NoticeState.REVOKED}),
    NoticeState.ACKNOWLEDGED: frozenset(),
    NoticeState.CLEARED: frozenset(),
    NoticeState.REVOKED: frozenset(),
}
OPEN = tuple(state.value for state, nexts in TRANSITIONS.items() if nexts)
OVER = tuple(state.value for state, nexts in TRANSITIONS.items() if not nexts)


def may_become(notice: Notice, state: NoticeState) -> bool:
    return state in TRANSITIONS[NoticeState(notice.state)]


def become(notice: Notice, state: NoticeState, due_ms: int | None = None) -> Notice:
    """The notice in another state; what is over is due no more."""
    assert may_become(notice, state), f"a notice that is {notice.state} does not become {state.value}"
    return replace(notice, state=state.value, due_ms=due_ms)
