"""Whatever is sent: the quick way takes nothing that the contract refuses, and no queue gets stuck."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gangvakt.errors import Unreadable
from gangvakt.fleet import LiveFleet
from gangvakt.ingest import Ingest
from gangvakt.ingest.batch import Ack, parse_batch
from gangvakt.ingest.decode import LARGEST_SIGN_MESSAGE, decode
from gangvakt.ingest.inbox import MOST_WAITING_EVENTS, WAITING_DEAD_LETTERS
from gangvakt.ingest.quick import fits, quick_batch
from gangvakt.ingest.schema import check
from gangvakt.store import Store

from .migrated import a_store
from .support import NORTH, WAIT_S
from .wire import INCARNATION, NOW_MS, as_bytes, batch, event, status

FUZZ = int(os.environ.get("GANGVAKT_FUZZ", "60"))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
EDGES = [0, 1, -1, 2, 2**31 - 1, 2**31, 2**53 - 1, 2**53, 2**63, 10**30]
NAMES = [
    "v",
    "incarnation",
    "boot",
    "over",
    "uptime_ms",
    "t",
    "events",
    "seq",
    "kind",
    "up",
    "utc_ms",
    "track",
]

NUMBERS = st.sampled_from(EDGES) | st.integers() | st.floats() | st.booleans()
TEXTS = st.text(max_size=40) | st.sampled_from([INCARNATION, "boot", "Boot", "x" * 33, "x" * 201, "a\u0000b"])
PLAIN = st.none() | NUMBERS | TEXTS
VALUES = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(TEXTS, PLAIN, max_size=2)
KEYS = st.sampled_from(NAMES) | st.text(max_size=34)
EVENTS = st.lists(
    st.builds(
        lambda base, more: base | more,
        st.integers(0, 20).map(event),
        st.dictionaries(KEYS, VALUES, max_size=3),
    ),
    max_size=18,
)
BATCHES = st.builds(
    lambda events, more: batch(*events) | more, EVENTS, st.dictionaries(KEYS, VALUES, max_size=2)
)
TOPICS = st.sampled_from(
    ["event", "status", "telemetry", "config/reported", "response", "fetch", "recording", "targets"]
)


@st.composite
def payloads(draw: st.DrawFn) -> bytes:
    """Batches that nearly are one, also as no JSON library would write them: with names twice, or cut."""
    text = json.dumps(draw(BATCHES), ensure_ascii=draw(st.booleans()), allow_nan=True)
    if draw(st.booleans()):
        name, value = json.dumps(draw(KEYS)), json.dumps(draw(PLAIN))
        text = draw(st.sampled_from([f"{{{name}:{value},{text[1:]}", f"{text[:-1]},{name}:{value}}}"]))
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=3)) + data[at + draw(st.integers(0, 2)) :]
    return data


def by_the_contract(payload: bytes) -> dict[str, Any]:
    """The slow way; Unreadable when any of it is not as the contract has it."""
    message: dict[str, Any] = decode(payload, LARGEST_SIGN_MESSAGE)
    check("EventBatch", message)
    for one in message["events"]:
        check("Event", one)
    return message


@pytest.mark.parser
@settings(max_examples=FUZZ, deadline=None)
@given(payloads())
@example(as_bytes(batch(event(1), x=float("nan"))))
@example(as_bytes(batch(event(1) | {"reason": "\ud800"})))
@example(b'{"v":2,' + as_bytes(batch(event(1)))[1:])
@example(as_bytes(batch(event(1), boot=True)))
@example(as_bytes(batch(event(1) | {"x" * 33: 1})))
@example(as_bytes(batch(event(1) | {f"x{n}": n for n in range(13)})))
def test_the_quick_way_takes_nothing_that_the_contract_refuses_and_reads_the_same(payload: bytes) -> None:
    quick = quick_batch(payload)
    if quick is None:
        return
    slow = by_the_contract(payload)
    assert quick == slow
    try:
        expected = parse_batch(NORTH, slow, NOW_MS, None)
    except Unreadable:
        with pytest.raises(Unreadable):
            parse_batch(NORTH, quick, NOW_MS, None, is_checked=True)
    else:
        assert parse_batch(NORTH, quick, NOW_MS, None, is_checked=True) == expected


@pytest.mark.parser
@settings(max_examples=FUZZ, deadline=None)
@given(st.integers(1, 2**31 - 20), st.integers(1, 16), TEXTS.filter(lambda text: len(text) < 200))
def test_what_signs_send_goes_the_quick_way(first: int, count: int, told: str) -> None:
    payload = as_bytes(batch(*(event(first + number, field=told) for number in range(count))))
    assert quick_batch(payload) == by_the_contract(payload)


@pytest.mark.parametrize(
    "message",
    [{"v": 2}, {"v": 2, "records": []}, batch(event(1)) | {"v": 7}, batch() | {"v": 2, "boot": "x"}],
)
def test_of_a_newer_version_the_reason_names_it_whatever_else_is_new(message: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_batch(NORTH, message, NOW_MS, None)
    said = str(refused.value)
    assert said == f"EventBatch: v is {message['v']}; allowed: 1; a newer sign needs a newer controller"


@asynccontextmanager
async def at_work(store: Store, acks: list[Ack]) -> AsyncIterator[Ingest]:
    async def send(some: Sequence[Ack]) -> None:
        acks.extend(some)

    ingest = Ingest(LiveFleet(), store.journal, lambda: NOW_MS)
    working = asyncio.create_task(ingest.run(send))
    try:
        yield ingest
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def takes(ingest: Ingest, acks: list[Ack], seq: int) -> None:
    """A good batch is stored and acknowledged, after all that came before."""
    ingest.receive(f"gangvakt/v1/{NORTH}/event", as_bytes(batch(event(seq), boot=9)))
    async with asyncio.timeout(WAIT_S):
        while not any(ack.boot == 9 and ack.seq == seq for ack in acks):
            await asyncio.sleep(0.005)
    assert ingest.store_error is None


async def test_messages_that_are_made_to_hurt_stop_nothing(store: Store) -> None:
    acks: list[Ack] = []
    hurting = [
        ("event", batch(event(1) | {"a\u0000b": 1.5})),
        ("event", batch(event(1) | {"reason": "a\u0000b"})),
        ("event", batch(event(2) | {"field": "'; DROP TABLE events; -- <script>alert(1)</script>"})),
        ("event", batch(event(3) | {"field": "a\u0000b"})),
        ("event", batch(event(2**31 - 1, up_ms=2**53 - 1), uptime_ms=2**53 - 1, t=2**53 - 1)),
        ("status", {"v": 1, "a\u0000b": "\ud800"}),
        ("\u0000\n\ud800", {}),
    ]
    async with at_work(store, acks) as ingest:
        for number, (tail, message) in enumerate(hurting, start=1):
            ingest.receive(f"gangvakt/v1/{NORTH}/{tail}", as_bytes(message))
            await takes(ingest, acks, number)
    for letter in await store.dead_letters.latest():
        assert letter.reason.isprintable()
        assert letter.topic.isprintable()


@pytest.mark.parser
async def test_nothing_that_is_sent_stops_ingest(tmp_path: Path) -> None:
    acks: list[Ack] = []
    async with a_store(tmp_path / "x.db") as store, at_work(store, acks) as ingest:
        inbox = ingest._inbox

        @settings(max_examples=FUZZ, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(TOPICS | st.text(max_size=80), payloads() | st.binary(max_size=300))
        def send(tail: str, payload: bytes) -> None:
            for topic in (f"gangvakt/v1/{NORTH}/{tail}", tail):
                ingest.receive(topic, payload)
            assert inbox.waiting_events <= MOST_WAITING_EVENTS
            assert len(inbox._letters) <= WAITING_DEAD_LETTERS
            assert len(inbox._batches) <= 1

        send()
        await takes(ingest, acks, 1)


@pytest.mark.parser
@pytest.mark.parametrize("schema", ["StatusOnline", "Telemetry"])
@settings(max_examples=FUZZ, deadline=None)
@given(data=st.data())
def test_a_message_that_fits_at_once_is_one_that_the_contract_takes(schema: str, data: st.DataObject) -> None:
    message = status() if schema == "StatusOnline" else {"v": 1, "uptime_ms": 5, "heap_free": 70_000}
    assert fits(schema, message)
    names = st.sampled_from([*message, "crash", "order", "radar", "extra"])
    changed = {**message, data.draw(names): data.draw(ANYTHING)}
    if fits(schema, changed):
        check(schema, changed)
