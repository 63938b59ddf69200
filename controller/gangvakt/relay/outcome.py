"""The one interface behind which everything lies that something is relayed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from gangvakt.store.outbox import Message


class Verdict(Enum):
    """What became of a batch."""

    DONE = "done"
    RETRY = "retry"  # not now; all of it is told again
    REFUSE = "refuse"  # never: it would be refused for ever


@dataclass(frozen=True)
class Outcome:
    """`why` it was not done, in one line; `after_s` is when the other side wants to be asked again."""

    verdict: Verdict
    why: str = ""
    after_s: float | None = None


DONE = Outcome(Verdict.DONE)


def retry(why: str, after_s: float | None = None) -> Outcome:
    return Outcome(Verdict.RETRY, why, after_s)


def refuse(why: str) -> Outcome:
    return Outcome(Verdict.REFUSE, why)


class Relay(Protocol):
    """One target. What it is told it may be told again, with the same ids; in order otherwise."""

    most: int  # messages in a batch

    async def deliver(self, batch: Sequence[Message]) -> Outcome:
        """Tells a batch, all or nothing."""
        ...

    async def close(self) -> None:
        """Lets go what is open."""
        ...
