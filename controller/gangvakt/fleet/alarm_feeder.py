"""A dead feeder: its signs went together, which is one alarm and not one a sign."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import FEEDER
from gangvakt.fleet.names import SignId

# Telemetry comes every 10 s to 5 min and last wills after 1.5 keepalives: those who lose power together are
# heard last within this.
TOGETHER_MS = 300_000
FEWEST_SIGNS = 2
MOST_OF_THEM_PCT = 80
MOST_NAMED = 20  # in the text; `data` has all


def gone_together(signs: Mapping[SignId, int | None]) -> frozenset[SignId]:
    """Of one feeder's signs with the UTC ms each was heard last (None: it is there), those that a dead feeder
    explains: the most that went within TOGETHER_MS, at least FEWEST_SIGNS and MOST_OF_THEM_PCT of all that
    were there before. Empty when the feeder lives. Signs that went long before, or alone, do not count.
    """
    gone = sorted((at_ms, sign) for sign, at_ms in signs.items() if at_ms is not None)
    times = [at_ms for at_ms, _ in gone]
    windows = [(bisect_right(times, at_ms + TOGETHER_MS) - first, first) for first, at_ms in enumerate(times)]
    count, first = max(windows, default=(0, 0))
    were_there = len(signs) - first
    if count < FEWEST_SIGNS or count * 100 < MOST_OF_THEM_PCT * were_there:
        return frozenset()
    return frozenset(sign for _, sign in gone[first : first + count])


def dead_feeder(municipality: str, feeder: str, signs: frozenset[SignId]) -> Condition:
    """The one alarm that names its signs."""
    names = sorted(map(str, signs))
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    text = f"Feeder {feeder} is dead: {len(names)} signs went together: {', '.join(names[:MOST_NAMED])}{more}"
    return Condition(
        FEEDER, f"{municipality}/feeder {feeder}"[:128], 0, text[:1000], {"feeder": feeder, "signs": names}
    )
