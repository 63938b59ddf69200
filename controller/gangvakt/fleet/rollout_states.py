"""What becomes of a rollout and of each sign in it: states, moves, and the tables of what may follow."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class State(Enum):
    """Of a rollout."""

    DRAFT = "draft"  # planned; nobody was offered anything
    SCHEDULED = "scheduled"  # waits for its time, or for a maintenance window
    RUNNING = "running"  # offers to the signs of one group
    SOAKING = "soaking"  # that group is through, and is watched for a while
    PAUSED = "paused"  # by somebody, or by itself at a threshold
    ABORTING = "aborting"  # crossings that have begun are ended
    ABORTED = "aborted"
    ROLLING_BACK = "rolling_back"
    BACK_PAUSED = "back_paused"  # the way back is paused
    ROLLED_BACK = "rolled_back"
    DONE = "done"


class Move(Enum):
    """Of a rollout."""

    START = "start"
    OPEN = "open"  # the time, or the window, has come
    CLOSE = "close"  # the window is over
    SETTLE = "settle"  # nothing of the group is on its way any more
    ADVANCE = "advance"  # to the next group
    FINISH = "finish"
    TRIP = "trip"  # a threshold is reached
    PAUSE = "pause"
    RESUME = "resume"
    ABORT = "abort"
    ROLL_BACK = "roll_back"
    END = "end"


TRANSITIONS: Mapping[tuple[State, Move], State] = {
    (State.DRAFT, Move.START): State.SCHEDULED,
    (State.DRAFT, Move.ABORT): State.ABORTED,
    (State.SCHEDULED, Move.OPEN): State.RUNNING,
    (State.RUNNING, Move.CLOSE): State.SCHEDULED,
    (State.RUNNING, Move.SETTLE): State.SOAKING,
    (State.SOAKING, Move.ADVANCE): State.RUNNING,
    (State.SOAKING, Move.FINISH): State.DONE,
    **{
        (state, move): State.PAUSED
        for state in (State.SCHEDULED, State.RUNNING, State.SOAKING)
        for move in (Move.TRIP, Move.PAUSE)
    },
    (State.PAUSED, Move.RESUME): State.SCHEDULED,
    **{
        (state, Move.ABORT): State.ABORTING
        for state in (State.SCHEDULED, State.RUNNING, State.SOAKING, State.PAUSED)
    },
    (State.ABORTING, Move.END): State.ABORTED,
    **{
        (state, Move.ROLL_BACK): State.ROLLING_BACK
        for state in State
        if state not in (State.DRAFT, State.ROLLING_BACK, State.BACK_PAUSED)
    },
    (State.ROLLING_BACK, Move.TRIP): State.BACK_PAUSED,
    (State.ROLLING_BACK, Move.PAUSE): State.BACK_PAUSED,
    (State.BACK_PAUSED, Move.RESUME): State.ROLLING_BACK,
    (State.ROLLING_BACK, Move.END): State.ROLLED_BACK,
}
OVER = frozenset({State.ABORTED, State.ROLLED_BACK, State.DONE})
LIVE = frozenset(State) - OVER - {State.DRAFT}  # what is looked after
FORWARD = LIVE - {State.ROLLING_BACK, State.BACK_PAUSED}


class SignState(Enum):
    """Of one sign in a rollout."""

    WAITING = "waiting"
    OFFERED = "offered"
    FETCHING = "fetching"
    TRIAL = "trial"  # it is about to restart, or runs the new version and has not proved itself
    CONFIRMED = "confirmed"  # it said so itself, after its own trial
    FAILED = "failed"
    SKIPPED = "skipped"  # not offered: another sign of its crossing failed or is away
    LEFT = "left"  # somebody has seen that it failed, and went on without it
    RECALLED = "recalled"  # shall go back
    RETURNING = "returning"  # is offered the version before
    ROLLED_BACK = "rolled_back"
    STRANDED = "stranded"  # should have gone back, and has not


class SignMove(Enum):
    """Of one sign in a rollout."""

    OFFER = "offer"
    WITHDRAW = "withdraw"
    FETCH = "fetch"
    TRY = "try"
    CONFIRM = "confirm"
    FAIL = "fail"
    SKIP = "skip"
    RETRY = "retry"
    LEAVE = "leave"
    RECALL = "recall"
    GIVE_BACK = "give_back"  # the version before is offered
    BACK = "back"
    STRAND = "strand"


_S, _M = SignState, SignMove
FETCHES = frozenset({_S.OFFERED, _S.FETCHING})  # may be taken back
ON_THE_WAY = FETCHES | {_S.TRIAL}
UNSETTLED = ON_THE_WAY | {_S.WAITING, _S.RECALLED, _S.RETURNING}
UNWELL = frozenset({_S.FAILED, _S.STRANDED})  # count against the threshold
BEHIND = UNWELL | {_S.SKIPPED, _S.ROLLED_BACK}

SIGN_TRANSITIONS: Mapping[tuple[SignState, SignMove], SignState] = {
    (_S.WAITING, _M.OFFER): _S.OFFERED,
    (_S.OFFERED, _M.FETCH): _S.FETCHING,
    # A report may be missed: the sign is already further when the next one comes.
    (_S.OFFERED, _M.TRY): _S.TRIAL,
    (_S.FETCHING, _M.TRY): _S.TRIAL,
    (_S.WAITING, _M.TRY): _S.TRIAL,  # it had the whole update when the offer was taken back
    (_S.OFFERED, _M.WITHDRAW): _S.WAITING,
    (_S.FETCHING, _M.WITHDRAW): _S.WAITING,
    **{(state, _M.CONFIRM): _S.CONFIRMED for state in (_S.WAITING, _S.OFFERED, _S.FETCHING, _S.TRIAL)},
    **{
        (state, _M.FAIL): _S.FAILED
        for state in (_S.WAITING, _S.OFFERED, _S.FETCHING, _S.TRIAL, _S.CONFIRMED)  # the last by an alarm
    },
    (_S.WAITING, _M.SKIP): _S.SKIPPED,
    **{(state, _M.RETRY): _S.WAITING for state in (_S.FAILED, _S.STRANDED, _S.SKIPPED, _S.ROLLED_BACK)},
    **{(state, _M.LEAVE): _S.LEFT for state in (_S.FAILED, _S.STRANDED, _S.SKIPPED, _S.ROLLED_BACK)},
    **{
        (state, _M.RECALL): _S.RECALLED
        for state in (_S.WAITING, _S.CONFIRMED, _S.FAILED, _S.SKIPPED, _S.LEFT, _S.STRANDED)
    },
    (_S.RECALLED, _M.GIVE_BACK): _S.RETURNING,
    **{(state, _M.BACK): _S.ROLLED_BACK for state in (_S.RECALLED, _S.RETURNING)},
    **{(state, _M.STRAND): _S.STRANDED for state in (_S.RECALLED, _S.RETURNING)},
}


def allowed_in(state: State) -> str:
    """What somebody may do in `state`, in the words of a refusal."""
    moves = (Move.START, Move.PAUSE, Move.RESUME, Move.ABORT, Move.ROLL_BACK)
    return ", ".join(move.value for move in moves if (state, move) in TRANSITIONS) or "nothing"
