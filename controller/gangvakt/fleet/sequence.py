"""Which numbered events of a sign have not arrived."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

# Events come again until they are acknowledged, and late ones fill their gap: only what stays away counts.
PATIENCE_MS = 600_000
# What was missed a day ago will not come, and is no news any more.
REMEMBERED_MS = 86_400_000
MOST_GAPS = 256  # of one sign; more are as bad


class Gaps:
    """Numbers that were skipped, of the newest incarnation and boot that was heard. Nothing is held against
    the sign before the first event that is seen here."""

    def __init__(self) -> None:
        self._life: tuple[str, int] | None = None
        self._highest = 0
        self._missing: dict[int, int] = {}

    def put(self, incarnation: str, boot: int, seq: int, now_ms: int) -> None:
        """One stored event, in any order."""
        life = (incarnation, boot)
        if self._life is None or incarnation != self._life[0] or boot > self._life[1]:
            self._life, self._highest = life, seq
            self._missing.clear()
        elif life != self._life:
            return  # of an earlier boot, out of the sign's flash
        elif seq > self._highest:
            self._skip(seq, now_ms)
        else:
            self._missing.pop(seq, None)

    def restore(self, incarnation: str, boot: int, highest: int, since_ms: Mapping[int, int]) -> None:
        """What was known before a restart, unless something was heard already: since when each is missed."""
        if self._life is None:
            self._life, self._highest = (incarnation, boot), highest
            self._missing = dict(islice(since_ms.items(), MOST_GAPS))

    def missing(self, now_ms: int) -> int:
        """How many have stayed away for PATIENCE_MS, and not yet for REMEMBERED_MS."""
        ages = [now_ms - since_ms for since_ms in self._missing.values()]
        return sum(PATIENCE_MS <= age < REMEMBERED_MS for age in ages)

    def next_look_ms(self, now_ms: int) -> int | None:
        """When `missing` may say something else though nothing arrives; None for never."""
        times = [since + wait for since in self._missing.values() for wait in (PATIENCE_MS, REMEMBERED_MS)]
        return min((time for time in times if time > now_ms), default=None)

    def _skip(self, seq: int, now_ms: int) -> None:
        for old in [one for one, since_ms in self._missing.items() if now_ms - since_ms >= REMEMBERED_MS]:
            del self._missing[old]
        room = MOST_GAPS - len(self._missing)
        for number in range(self._highest + 1, min(seq, self._highest + 1 + room)):
            self._missing[number] = now_ms
        self._highest = seq
