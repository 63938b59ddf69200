"""The outbox: what is committed is told, in the order of the commits, and what is not committed is not."""

from __future__ import annotations

import asyncio

import pytest

from gangvakt.errors import MessageRefused
from gangvakt.fleet import EventKey, SignId
from gangvakt.store import NewEvent, Store, Work
from gangvakt.store.outbox import LARGEST_DATA, START, Position, append, append_events

from .support import NORTH

RAISED = "no.gangvakt.alarm.raised.v1"
ABROAD = SignId("lier", "torget", "east")


@pytest.fixture(autouse=True)
def telling(store: Store) -> None:
    store.journal.on_stored = append_events


def event(seq: int, sign: SignId = NORTH) -> NewEvent:
    return NewEvent(EventKey(sign, "9f3ac01b", 1, seq), "boot", 1000 + seq, "utc", 10, 1001, {})


async def tell(store: Store, code: str, municipality: str = "drammen") -> None:
    async with store.reading() as connection:
        await append(connection, RAISED, f"{municipality}/storgata", {"code": code})


async def test_what_is_told_comes_in_order_with_an_id_that_stays(store: Store) -> None:
    await tell(store, "A")
    await store.journal.write(Work((event(1), event(2))))
    await tell(store, "B")
    first, position = await store.outbox.read(START, 10)
    again, _ = await store.outbox.read(START, 10)
    assert [one.kind for one in first] == [RAISED, *["no.gangvakt.event.boot.v1"] * 2, RAISED]
    assert [one.id for one in first] == [one.id for one in again]
    assert len({one.id for one in first}) == 4
    assert position == Position(3)


async def test_a_transaction_that_fails_tells_nothing(store: Store) -> None:
    async def fail() -> None:
        async with store.reading() as connection:
            await append(connection, RAISED, "drammen/storgata", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await store.outbox.read(START, 10) == ((), START)
    await tell(store, "A")
    assert await store.outbox.head() == 1


async def test_an_event_that_was_stored_before_is_not_told_again(store: Store) -> None:
    await store.journal.write(Work((event(1),)))
    await store.journal.write(Work((event(1),)))
    assert await store.outbox.head() == 1


async def test_pages_of_any_size_give_all_once(store: Store) -> None:
    await store.journal.write(Work(tuple(event(seq) for seq in range(7))))
    await tell(store, "A")
    await store.journal.write(Work((event(7), event(8, ABROAD))))
    for limit in (1, 2, 3, 7, 100):
        seen, position = [], START
        while True:
            page, after = await store.outbox.read(position, limit)
            assert len(page) <= limit
            seen += page
            if after == position:
                break
            position = after
        assert len({one.id for one in seen}) == len(seen) == 10
        assert position == Position(3)


async def test_reading_goes_on_after_any_message(store: Store) -> None:
    await store.journal.write(Work((event(1), event(2))))
    await tell(store, "A")
    await store.journal.write(Work((event(3), event(4))))
    whole, _ = await store.outbox.read(START, 10)
    for taken in range(1, 6):
        rest, _ = await store.outbox.read(whole[taken - 1].position, 10)
        assert rest == whole[taken:]


async def test_a_municipality_sees_its_own_only(store: Store) -> None:
    await store.journal.write(Work((event(1), event(1, ABROAD))))
    await tell(store, "A", "lier")
    async with store.reading() as connection:
        await append(connection, RAISED, "controller", {"code": "broker full"})
    found, position = await store.outbox.read(START, 10, "drammen")
    assert [one.subject for one in found] == [str(NORTH)]
    assert position == Position(3)
    everything, _ = await store.outbox.read(START, 10)
    assert len(everything) == 4


async def test_trimming_keeps_what_comes_after(store: Store) -> None:
    for code in "ABC":
        await tell(store, code)
    assert await store.outbox.trim(2) == 2
    left, _ = await store.outbox.read(START, 10)
    assert [one.data["code"] for one in left] == ["C"]
    assert await store.outbox.waiting(0) == 1


REFUSED: tuple[tuple[str, str, dict[str, object], str], ...] = (
    ("", "x", {}, "kind"),
    ("k" * 97, "x", {}, "kind"),
    ("k", "s" * 129, {}, "subject"),
    ("k", "s", {"x": float("nan")}, "data"),
    ("k", "s", {"x": object()}, "data"),
    ("k", "s", {"x": "ø" * (LARGEST_DATA // 2)}, "data"),
)


async def test_what_cannot_be_told_is_refused_by_field(store: Store) -> None:
    async with store.reading() as connection:
        for kind, subject, data, field in REFUSED:
            with pytest.raises(MessageRefused, match=f"outbox: {field} is "):
                await append(connection, kind, subject, data)


async def test_numbers_ascend_in_the_order_of_commits(store: Store) -> None:
    """Who appends later waits: no reader passes a message that is not committed yet."""
    begun = asyncio.Event()

    async def slow() -> None:
        async with store.exclusive() as connection:
            await append(connection, RAISED, "drammen/storgata", {"code": "first"})
            begun.set()
            await asyncio.sleep(0.05)

    async def quick() -> None:
        await begun.wait()
        async with store.exclusive() as connection:
            await append(connection, RAISED, "drammen/storgata", {"code": "second"})

    await asyncio.gather(slow(), quick())
    found, _ = await store.outbox.read(START, 10)
    assert [one.data["code"] for one in found] == ["first", "second"]
