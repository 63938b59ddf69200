"""A sign as one row of the overview: few numbers, since there may be ten thousand of them."""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple

from gangvakt.fleet import SignState
from gangvakt.fleet.life_cycle import LifeCycle
from gangvakt.fleet.presence import ABSENT, Presence
from gangvakt.web.views import STATES, sign_state

IN_SERVICE = (LifeCycle.IN_SERVICE,)
PRESENT = (Presence.FINE, Presence.PATCHY)


class Mark(IntFlag):
    """What is counted and filtered by; the browser's `marks.js` has the same numbers."""

    IN_SERVICE = 1  # present, its life in service, its lamps not kept dark
    SILENT = 2
    UNPROVED = 4  # the lamps drew no current, or not what they should, when they shone last
    SHADOW = 8
    UPDATING = 16
    OFF_BY_DAY = 32
    FAULTY = 64  # finds something wrong with itself


class Row(NamedTuple):
    """As the browser gets it. `state` counts in `views.STATES`; `seen_s` is UTC, 0 for never."""

    sign: str
    state: int
    marks: int
    alarms: int
    seen_s: int


def row_of(
    state: SignState, presence: Presence, life: LifeCycle, *, alarms: int = 0, is_updating: bool = False
) -> Row:
    """By what the services say of it."""
    marks = _marks(state, presence, life) | (Mark.UPDATING if is_updating else Mark(0))
    word = sign_state(state, presence)
    return Row(str(state.id), STATES.index(word), int(marks), alarms, (state.last_seen_ms or 0) // 1000)


def _marks(state: SignState, presence: Presence, life: LifeCycle) -> Mark:
    status, found = state.status, Mark(0)
    if presence in ABSENT:
        found |= Mark.SILENT
    if presence is Presence.OFF_BY_DAY:
        found |= Mark.OFF_BY_DAY
    if status is None:
        return found
    if status.is_shadow:
        found |= Mark.SHADOW
    elif presence in PRESENT and life in IN_SERVICE:
        found |= Mark.IN_SERVICE
    if status.lamps.current_proved is False:
        found |= Mark.UNPROVED
    return found | (Mark.FAULTY if status.faults else Mark(0))
