"""What becomes of a thing that takes two people: its states, its steps, and the table of what may follow."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class PairState(Enum):
    """ASKED waits for the second person. APPROVED is being carried out, or may be by whoever asked."""

    NEW = "new"
    ASKED = "asked"
    APPROVED = "approved"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"


class PairStep(Enum):
    """ALONE stands for the second person where there is none."""

    ASK = "ask"
    APPROVE = "approve"
    ALONE = "alone"
    REFUSE = "refuse"
    EXPIRE = "expire"
    COMPLETE = "complete"
    FAIL = "fail"


TRANSITIONS: Mapping[tuple[PairState, PairStep], PairState] = {
    (PairState.NEW, PairStep.ASK): PairState.ASKED,
    (PairState.ASKED, PairStep.APPROVE): PairState.APPROVED,
    (PairState.ASKED, PairStep.ALONE): PairState.APPROVED,
    (PairState.ASKED, PairStep.REFUSE): PairState.REFUSED,
    (PairState.ASKED, PairStep.EXPIRE): PairState.EXPIRED,
    (PairState.APPROVED, PairStep.EXPIRE): PairState.EXPIRED,  # nobody came to carry it out
    (PairState.APPROVED, PairStep.COMPLETE): PairState.DONE,
    (PairState.APPROVED, PairStep.FAIL): PairState.FAILED,
}
OPEN = frozenset({PairState.ASKED, PairState.APPROVED})


def allowed_in(state: PairState) -> str:
    """The steps that `state` allows, in the words of a refusal."""
    return ", ".join(step.value for step in PairStep if (state, step) in TRANSITIONS) or "nothing any more"


def diagram() -> str:
    """TRANSITIONS as a Mermaid state diagram."""
    steps = [
        f"    {'[*]' if before is PairState.NEW else before.value} --> {after.value}: {step.value}"
        for (before, step), after in TRANSITIONS.items()
    ]
    ends = [f"    {state.value} --> [*]" for state in PairState if state not in OPEN | {PairState.NEW}]
    return "\n".join(["stateDiagram-v2", *steps, *ends])
