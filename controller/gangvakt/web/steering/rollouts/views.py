"""A rollout as its page shows it: pure, from the stored value to what the elements draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from gangvakt.fleet.rollout_states import (
    BEHIND,
    ON_THE_WAY,
    OVER,
    TRANSITIONS,
    UNWELL,
    Move,
    SignState,
    State,
)
from gangvakt.fleet.rollouts import CONTROLLER, Entry, Rollout
from gangvakt.web.phrasing import phrase
from gangvakt.web.texts import Texts
from gangvakt.web.views import View

MOST_CROSSINGS = 100  # drawn at once; those that need somebody come first
BUSY = ON_THE_WAY | {SignState.RETURNING, SignState.RECALLED}
TONES: Mapping[State, str] = {
    State.PAUSED: "bad",
    State.BACK_PAUSED: "bad",
    State.RUNNING: "busy",
    State.SOAKING: "busy",
    State.ROLLING_BACK: "busy",
    State.ABORTING: "busy",
    State.DONE: "good",
}
MARKS = ("good", "busy", "bad", "back", "calm")  # the parts of a bar, in this order

Fetched = Callable[[Entry], int]


def tone_of(state: State) -> str:
    return TONES.get(state, "calm")


def mark_of(state: SignState) -> str:
    """The part of a bar in which a sign is counted."""
    if state is SignState.CONFIRMED:
        return "good"
    if state in BUSY:
        return "busy"
    if state in UNWELL:
        return "bad"
    return "back" if state is SignState.ROLLED_BACK else "calm"


def state_word(texts: Texts, state: State) -> str:
    return texts.say(f"rollout_{state.value}")


def sign_word(texts: Texts, state: SignState) -> str:
    return texts.say(f"rollout_sign_{state.value}")


def counted(texts: Texts, entries: Iterable[Entry]) -> str:
    """How many signs are in which state, the most first."""
    counts = Counter(entry.state for entry in entries).most_common()
    return ", ".join(f"{count} {sign_word(texts, state)}" for state, count in counts)


def groups_view(texts: Texts, rollout: Rollout) -> list[View]:
    """A bar for each group."""
    return [_group_view(texts, rollout, number) for number in range(len(rollout.groups))]


def crossings_view(
    texts: Texts, rollout: Rollout, group: int | None, fetched: Fetched
) -> tuple[list[View], int]:
    """Crossings of a group, or of all, and how many are not drawn; those that need somebody come first."""
    found = []
    for site, signs in rollout.crossings.items():
        entries = [rollout.entries[sign] for sign in signs]
        if group is None or entries[0].group == group:
            found.append((_urgency(entries), str(site), entries))
    found.sort(key=lambda one: one[:2])
    rows = [_crossing_view(texts, rollout, name, entries, fetched) for _, name, entries in found]
    return rows[:MOST_CROSSINGS], max(0, len(rows) - MOST_CROSSINGS)


def why_view(texts: Texts, rollout: Rollout, *, by_itself: bool) -> str:
    """Why it stands where it stands, in a sentence; empty where there is nothing to say. `by_itself`: it
    paused at a threshold, and nobody has decided since."""
    if rollout.state not in (State.PAUSED, State.BACK_PAUSED):
        return phrase(texts, rollout.reason)
    entries = rollout.of_group(rollout.group) if rollout.state is State.PAUSED else rollout.entries.values()
    unwell = [entry for entry in entries if entry.state in UNWELL]
    if not unwell or not by_itself:
        return texts.say("rollout_paused_by_hand", reason=phrase(texts, rollout.reason))
    return texts.say(
        "rollout_paused_itself",
        group=rollout.groups[rollout.group],
        failed=len(unwell),
        total=len(tuple(entries)),
        limit=rollout.rules.error_pct,
        reason=phrase(texts, rollout.reason),
    )


def allowed(rollout: Rollout) -> tuple[Move, ...]:
    """What somebody may do now."""
    moves = (Move.START, Move.PAUSE, Move.RESUME, Move.ABORT, Move.ROLL_BACK)
    return tuple(move for move in moves if (rollout.state, move) in TRANSITIONS)


def consequences(texts: Texts, rollout: Rollout, move: Move, concerned: int) -> list[str]:
    """What a step will do, and to how many; `concerned` signs have the new version, or may have it."""
    total, crossings = len(rollout.entries), len(rollout.crossings)
    version = next(rollout.target(entry).version for entry in rollout.entries.values())
    waiting = rollout.count([SignState.WAITING])
    behind = rollout.count(BEHIND)
    busy = rollout.count(BUSY)
    first = rollout.of_group(0)
    return {
        Move.START: [
            texts.say("rollout_start_all", signs=total, crossings=crossings, version=version),
            texts.say(
                "rollout_start_first",
                group=rollout.groups[0],
                signs=len(first),
                crossings=len({entry.sign.site_id for entry in first}),
            ),
            texts.say("rollout_start_dark"),
            texts.say("rollout_start_stop", limit=rollout.rules.error_pct),
        ],
        Move.PAUSE: [
            texts.say("rollout_pause_waits", waiting=waiting),
            texts.say("rollout_pause_busy", busy=busy),
        ],
        Move.RESUME: [
            texts.say("rollout_resume_goes", waiting=waiting),
            texts.say("rollout_resume_behind", behind=behind),
        ],
        Move.ABORT: [
            texts.say("rollout_abort_ends", waiting=waiting),
            texts.say("rollout_abort_keep", kept=rollout.count([SignState.CONFIRMED])),
        ],
        Move.ROLL_BACK: [
            texts.say("rollout_back_signs", concerned=concerned, version=version),
            texts.say("rollout_start_dark"),
            texts.say("rollout_back_ends"),
        ],
    }[move]


def who_word(texts: Texts, who: str) -> str:
    return texts.say("steer_controller") if who in (CONTROLLER, "the controller") else who


def is_over(rollout: Rollout) -> bool:
    return rollout.state in OVER


def _group_view(texts: Texts, rollout: Rollout, number: int) -> View:
    entries = rollout.of_group(number)
    counts = Counter(mark_of(entry.state) for entry in entries)
    steps = max((entry.step for entry in entries), default=0) + 1
    crossings = len({entry.sign.site_id for entry in entries})
    return {
        "name": rollout.groups[number],
        "current": number == rollout.group and rollout.state not in OVER,
        "size": texts.say("rollout_group_size", signs=len(entries), crossings=crossings, steps=steps),
        "told": counted(texts, entries),
        "parts": [{"mark": mark, "count": counts[mark]} for mark in MARKS if counts[mark]],
    }


def _crossing_view(texts: Texts, rollout: Rollout, name: str, entries: list[Entry], fetched: Fetched) -> View:
    return {
        "name": name,
        "href": f"/crossing/{name}",
        "group": rollout.groups[entries[0].group],
        "signs": [_sign_view(texts, rollout, entry, fetched) for entry in entries],
    }


def _sign_view(texts: Texts, rollout: Rollout, entry: Entry, fetched: Fetched) -> View:
    is_fetching = entry.state in (SignState.OFFERED, SignState.FETCHING, SignState.RETURNING)
    size = rollout.target(entry).size or 1
    return {
        "name": entry.sign.sign,
        "step": entry.step + 1,
        "mark": mark_of(entry.state),
        "word": sign_word(texts, entry.state),
        "pct": min(100, fetched(entry) * 100 // size) if is_fetching else None,
        "reason": phrase(texts, entry.reason),
    }


def _urgency(entries: list[Entry]) -> int:
    states = {entry.state for entry in entries}
    if states & UNWELL:
        return 0
    if states & BUSY:
        return 1
    return 2 if states & {SignState.SKIPPED, SignState.LEFT} else 3
