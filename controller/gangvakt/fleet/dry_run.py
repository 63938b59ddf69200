"""What a changed configuration would have made of recorded moments: decisions before and after, compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gangvakt.fleet.names import SignId

SAME_MOMENT_MS = 3000
"""Two activations less than this apart answer the same person: a change moves a lead by a second or two,
and lamps that were just lit do not light anew."""


@dataclass(frozen=True)
class Activation:
    """The lamps came on: ms after the recording's begin, why, and the time to the kerb, 0 where none."""

    at_ms: int
    reason: str
    lead_ms: int


@dataclass(frozen=True)
class Decided:
    """One recording, decided twice. `faithful`: with the recorded configuration the firmware decides as the
    sign did. `error` says why it could not be decided again."""

    sign: SignId
    recording: str
    kind: str
    before: tuple[Activation, ...] = ()
    after: tuple[Activation, ...] = ()
    faithful: bool = True
    error: str | None = None


@dataclass(frozen=True)
class Compared:
    """`kept` are pairs of before and after; `missed` would not come any more, `new` would come besides."""

    kept: tuple[tuple[Activation, Activation], ...]
    missed: tuple[Activation, ...]
    new: tuple[Activation, ...]

    @property
    def is_alike(self) -> bool:
        """No other activations, and none earlier or later."""
        return not (self.missed or self.new) and all(one == other for one, other in self.kept)


@dataclass
class Tally:
    """Of many recordings. Leads in ms, those of kept activations that had one both times."""

    recordings: int = 0
    unfaithful: int = 0
    failed: int = 0
    before: int = 0
    after: int = 0
    missed: int = 0
    new: int = 0
    leads_before_ms: list[int] = field(default_factory=list)
    leads_after_ms: list[int] = field(default_factory=list)

    def add(self, one: Decided) -> None:
        self.recordings += 1
        if one.error is not None:
            self.failed += 1
            return
        found = compare(one.before, one.after)
        self.unfaithful += not one.faithful
        self.before, self.after = self.before + len(one.before), self.after + len(one.after)
        self.missed, self.new = self.missed + len(found.missed), self.new + len(found.new)
        for before, after in found.kept:
            if before.lead_ms > 0 and after.lead_ms > 0:
                self.leads_before_ms.append(before.lead_ms)
                self.leads_after_ms.append(after.lead_ms)

    def __str__(self) -> str:
        told = f"{self.recordings} recordings: {self.before} activations before, {self.after} after"
        return f"{told}, {self.missed} missed, {self.new} new, {self.failed} not decided again"


def compare(before: Sequence[Activation], after: Iterable[Activation]) -> Compared:
    """Both in the order of time; each is matched with the nearest of the others that is still free."""
    free, kept, missed = list(after), [], []
    for one in before:
        near = min(free, key=lambda other: abs(other.at_ms - one.at_ms), default=None)
        if near is None or abs(near.at_ms - one.at_ms) >= SAME_MOMENT_MS:
            missed.append(one)
        else:
            kept.append((one, near))
            free.remove(near)
    return Compared(tuple(kept), tuple(missed), tuple(free))
