"""Events of a boot that is over get their time from that boot's own word, whenever it comes."""

from __future__ import annotations

import pytest

from gangvakt.fleet import EventKey, SignEvent, SignId
from gangvakt.store import NewEvent, Store, Work

from .support import NORTH, SOUTH

RECEIVED_MS = 1_800_000_000_000
BASE_MS = RECEIVED_MS - 7_200_000  # when that boot began


def heard(seq: int, up_ms: int, boot: int = 3, sign: SignId = NORTH) -> NewEvent:
    key = EventKey(sign, "9f3ac01b", boot, seq)
    return NewEvent(key, "activation_on", RECEIVED_MS, "received", up_ms, RECEIVED_MS, {})


def clock_set(seq: int, up_ms: int, utc_ms: object, boot: int = 3) -> NewEvent:
    key = EventKey(NORTH, "9f3ac01b", boot, seq)
    return NewEvent(
        key, "clock_set", RECEIVED_MS, "received", up_ms, RECEIVED_MS, {"q": "utc", "utc_ms": utc_ms}
    )


def times(events: tuple[SignEvent, ...]) -> list[tuple[int, int, str]]:
    return [(event.seq, event.utc_ms, event.quality) for event in events]


async def written(store: Store, *events: NewEvent) -> list[tuple[int, int, str]]:
    return times(await store.journal.write(Work(events)))


async def test_within_one_batch_all_are_stamped_earlier_ones_too(store: Store) -> None:
    told = await written(store, heard(1, 1_000), clock_set(2, 60_000, BASE_MS + 60_000), heard(3, 90_000))
    assert told == [(seq, BASE_MS + up, "uptime") for seq, up in ((1, 1_000), (2, 60_000), (3, 90_000))]
    assert times(await store.events.page()) == told


async def test_events_that_were_stored_before_are_stamped_when_the_word_comes(store: Store) -> None:
    assert await written(store, heard(1, 1_000)) == [(1, RECEIVED_MS, "received")]
    await written(store, clock_set(2, 60_000, BASE_MS + 60_000))
    await written(store, heard(3, 90_000))
    stored = times(await store.events.page())
    assert [(seq, utc_ms - BASE_MS) for seq, utc_ms, _ in stored] == [
        (1, 1_000),
        (2, 60_000),
        (3, 90_000),
    ]


async def test_it_is_the_word_of_one_boot_of_one_sign(store: Store) -> None:
    await written(store, heard(1, 1_000, boot=2), heard(1, 1_000, sign=SOUTH))
    await written(store, clock_set(2, 60_000, BASE_MS + 60_000))
    assert [event.quality for event in await store.events.page()] == ["received", "received", "uptime"]


@pytest.mark.parametrize("utc_ms", [RECEIVED_MS + 60_001, "soon", None])
async def test_what_cannot_be_is_not_believed(store: Store, utc_ms: object) -> None:
    await written(store, heard(1, 1_000), clock_set(2, 60_000, utc_ms))
    assert [event.quality for event in await store.events.page()] == ["received", "received"]
