"""Times that cannot be: the event is kept and says so, and no sum counts it."""

from __future__ import annotations

import pytest

from gangvakt.fleet.events import AHEAD_MS, BEHIND_MS, can_be
from gangvakt.ingest.batch import parse_batch
from gangvakt.settings import Keep
from gangvakt.store import Store, Work
from gangvakt.store.rollups import DAY

from .support import NORTH
from .test_restamping import RECEIVED_MS, clock_set, heard, times
from .wire import NOW_MS, batch, event

LONG = 1 << 50
YEAR_MS = 366 * 86_400_000
A_LIFE_MS = 2**53 - 1  # the longest uptime that the contract allows


def test_the_bounds_of_what_can_be_are_within() -> None:
    assert can_be(NOW_MS + AHEAD_MS, NOW_MS)
    assert can_be(NOW_MS - BEHIND_MS, NOW_MS)
    assert not can_be(NOW_MS + AHEAD_MS + 1, NOW_MS)
    assert not can_be(NOW_MS - BEHIND_MS - 1, NOW_MS)


@pytest.mark.parametrize(
    ("up_ms", "uptime_ms", "t", "utc_ms", "quality"),
    [
        (1000, 5000, NOW_MS + YEAR_MS, NOW_MS - 4000, "uptime"),  # a clock that is a year ahead
        (A_LIFE_MS, 5000, None, NOW_MS, "received"),  # before the sign was started, it says
        (0, A_LIFE_MS, None, NOW_MS, "doubtful"),  # in a boot that has lasted since the stone age
        (0, BEHIND_MS + 1, NOW_MS, NOW_MS, "doubtful"),
        (0, BEHIND_MS, NOW_MS, NOW_MS - BEHIND_MS, "utc"),
    ],
)
def test_an_event_out_of_all_time_is_kept_with_what_its_time_is_worth(
    up_ms: int, uptime_ms: int, t: int | None, utc_ms: int, quality: str
) -> None:
    read = parse_batch(NORTH, batch(event(1, up_ms), uptime_ms=uptime_ms, t=t), NOW_MS, None)
    assert [(one.utc_ms, one.quality, one.up_ms) for one in read.events] == [(utc_ms, quality, up_ms)]
    assert read.refused == ()


async def test_a_stamp_that_cannot_be_is_not_given(store: Store) -> None:
    ahead, word = heard(1, 60_000 + AHEAD_MS + 1), clock_set(2, 60_000, RECEIVED_MS)
    told = times(await store.journal.write(Work((ahead, heard(3, 60_000 + AHEAD_MS), word))))
    assert told == [
        (1, RECEIVED_MS, "doubtful"),
        (3, RECEIVED_MS + AHEAD_MS, "uptime"),
        (2, RECEIVED_MS, "uptime"),
    ]
    assert times(await store.events.page()) == told


@pytest.mark.parametrize("utc_ms", [0, RECEIVED_MS - BEHIND_MS - 1])
async def test_a_clock_that_was_set_to_long_ago_is_not_believed(store: Store, utc_ms: int) -> None:
    told = times(await store.journal.write(Work((heard(1, 1000), clock_set(2, 60_000, utc_ms)))))
    assert [quality for *_, quality in told] == ["received", "received"]


async def test_what_turns_out_to_be_doubtful_leaves_the_sums(store: Store) -> None:
    keeper = store.housekeeper(Keep(events=0))
    await store.journal.write(Work((heard(1, A_LIFE_MS), heard(2, 1000))))
    await keeper.turn()
    (day,) = await store.rollups.read(NORTH, DAY, 0, LONG)
    assert day.activations == 2
    await store.journal.write(Work((clock_set(3, 60_000, RECEIVED_MS),)))
    await keeper.turn()
    (day,) = await store.rollups.read(NORTH, DAY, 0, LONG)
    assert (day.activations, day.events) == (1, 2)
    hours = await store.alarms.activations(0)
    assert [count for *_, count in hours] == [1]
