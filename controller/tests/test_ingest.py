"""From the sign's connection to the database and back, over the real broker: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.errors import StoreError
from gangvakt.fleet import Crash, LiveFleet, SignEvent
from gangvakt.fleet.live import RECENT_EVENTS
from gangvakt.ingest import Ingest, Link, pipeline, restore
from gangvakt.ingest.batch import parse_batch
from gangvakt.ingest.inbox import MOST_WAITING_OF_A_SIGN, WAITING_DEAD_LETTERS, Inbox
from gangvakt.ingest.together import TogetherClient, frame
from gangvakt.ingest.topics import ack_topic
from gangvakt.provision.pki import SIMULATOR_NAME, client_context
from gangvakt.store import DeadLetter, Journal, SeenSign, Store, Work, dead_letters

from .migrated import a_store
from .raw_client import connect, publish, raw
from .support import NORTH, SOUTH, WAIT_S, Keys, eventually, eventually_async
from .wire import as_bytes, batch, event, status

OWN = f"gangvakt/v1/{NORTH}"


class FaultyJournal:
    """A journal whose commits fail, or wait, when the test says so."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.failing = False
        self.writes = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(self, work: Work) -> tuple[SignEvent, ...]:
        self.writes += 1
        if self.failing:
            raise StoreError("disk full")
        await self.gate.wait()
        return await self._journal.write(work)


@dataclass
class Rig:
    """A controller without pages."""

    store: Store
    fleet: LiveFleet
    journal: FaultyJournal
    ingest: Ingest
    link: Link


@pytest.fixture
async def rig(
    tmp_path: Path, keys: Keys, broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Rig]:
    monkeypatch.setattr(pipeline, "STORE_RETRY_S", 0.05)
    async with a_store(tmp_path / "gangvakt.db") as store:
        fleet, journal = LiveFleet(), FaultyJournal(store.journal)
        ingest = Ingest(fleet, journal)
        link = Link(broker.endpoint, client_context(keys.pki.controller_files()), ingest)
        tasks = [asyncio.create_task(link.run()), asyncio.create_task(ingest.run(link.send_acks))]
        await asyncio.wait_for(link.connected.wait(), WAIT_S)
        yield Rig(store, fleet, journal, ingest, link)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def north(keys: Keys, broker: EmbeddedBroker, rig: Rig) -> AsyncIterator[aiomqtt.Client]:
    async with keys.client(str(NORTH), broker.endpoint.port) as client:
        await client.subscribe(f"{OWN}/#", qos=1)
        yield client


async def send(client: aiomqtt.Client, tail: str, message: object) -> None:
    payload = message if isinstance(message, bytes) else as_bytes(message)
    await client.publish(f"{OWN}/{tail}", payload, qos=1)


async def next_ack(client: aiomqtt.Client) -> dict[str, Any]:
    async for message in client.messages:
        if message.topic.value == ack_topic(NORTH):
            acknowledged: dict[str, Any] = json.loads(message.payload)  # type: ignore[arg-type]
            return acknowledged
    raise AssertionError("the connection ended")


def within(waiting: Awaitable[Any], limit_s: float = WAIT_S) -> Awaitable[Any]:
    return asyncio.wait_for(waiting, limit_s)


async def test_a_batch_is_stored_shown_and_acknowledged(rig: Rig, north: aiomqtt.Client) -> None:
    await send(north, "event", batch(event(17), event(18, kind="activation_off", on_ms=7000)))
    assert (await within(next_ack(north)))["seq"] == 18
    stored = await rig.store.events.page()
    assert [(e.seq, e.kind) for e in stored] == [(17, "activation_on"), (18, "activation_off")]
    assert rig.fleet.recent_events() == stored[::-1]


async def test_a_batch_sent_twice_is_stored_once_and_acknowledged_twice(
    rig: Rig, north: aiomqtt.Client
) -> None:
    for _ in range(2):
        await send(north, "event", batch(event(1), event(2)))
        assert (await within(next_ack(north)))["seq"] == 2
    await send(north, "event", batch(event(2), event(3)))
    assert (await within(next_ack(north)))["seq"] == 3
    assert [e.seq for e in await rig.store.events.page()] == [1, 2, 3]
    assert len(rig.fleet.recent_events()) == 3


async def test_a_reflashed_sign_is_not_mistaken_for_its_past(rig: Rig, north: aiomqtt.Client) -> None:
    for incarnation in ("00000001", "00000002"):
        await send(north, "event", batch(event(1), incarnation=incarnation))
        assert (await within(next_ack(north)))["incarnation"] == incarnation
    assert len(await rig.store.events.page()) == 2


async def test_nothing_is_acknowledged_before_the_commit(rig: Rig, north: aiomqtt.Client) -> None:
    rig.journal.gate.clear()
    await send(north, "event", batch(event(1)))
    await eventually(lambda: rig.journal.writes)
    acknowledged = asyncio.ensure_future(next_ack(north))
    done, _ = await asyncio.wait([acknowledged], timeout=0.3)
    assert not done
    assert rig.fleet.recent_events() == ()
    rig.journal.gate.set()
    assert (await within(acknowledged))["seq"] == 1


async def test_a_failed_commit_is_not_acknowledged_and_the_retry_works(
    rig: Rig, north: aiomqtt.Client
) -> None:
    rig.journal.failing = True
    await send(north, "event", batch(event(1)))
    await eventually(lambda: rig.ingest.store_error)
    acknowledged = asyncio.ensure_future(next_ack(north))
    done, _ = await asyncio.wait([acknowledged], timeout=0.3)
    assert not done
    assert await rig.store.events.page() == ()
    rig.journal.failing = False
    await send(north, "event", batch(event(1)))
    assert (await within(acknowledged))["seq"] == 1
    assert [e.seq for e in await rig.store.events.page()] == [1]
    assert rig.ingest.store_error is None


async def test_a_status_outlives_a_failed_commit(rig: Rig, north: aiomqtt.Client) -> None:
    rig.journal.failing = True
    await send(north, "status", status())
    await eventually(lambda: rig.journal.writes > 1)
    rig.journal.failing = False
    await eventually_async(rig.store.signs.all)


def is_online(rig: Rig) -> bool:
    state = rig.fleet.sign(NORTH)
    return state is not None and state.online


async def test_a_sign_is_online_until_its_will_comes(rig: Rig, keys: Keys, broker: EmbeddedBroker) -> None:
    gone = as_bytes({"v": 1, "online": False}).decode()
    hello = connect(str(NORTH), will_topic=f"{OWN}/status", will=gone)
    async with raw(keys, broker.endpoint.port, str(NORTH), hello) as sign:
        sign.writer.write(publish(f"{OWN}/status", as_bytes(status())))
        await eventually(lambda: is_online(rig))
    await eventually(lambda: not is_online(rig))
    state = rig.fleet.sign(NORTH)
    assert state is not None
    assert state.status is not None


async def test_telemetry_and_configuration_reach_the_live_model(rig: Rig, north: aiomqtt.Client) -> None:
    await send(north, "telemetry", {"v": 1, "uptime_ms": 9, "heap_free": 90_000})
    await send(
        north, "config/reported", {"v": 1, "version": 4, "schema": "0123abcd", "values": {}, "errors": []}
    )
    await eventually(lambda: (state := rig.fleet.sign(NORTH)) and state.telemetry and state.config)


async def test_a_simulated_street_reaches_the_live_model(
    rig: Rig, keys: Keys, broker: EmbeddedBroker
) -> None:
    async with keys.client(SIMULATOR_NAME, broker.endpoint.port) as simulator:
        message = as_bytes({"v": 1, "t_s": 1.5, "actors": [], "lamps": {"north": [1, 1]}})
        await simulator.publish(f"gangvakt-sim/v1/{NORTH.site_id}/world", message)
        await eventually(lambda: rig.fleet.world(NORTH.site_id))


@pytest.mark.parametrize(
    ("tail", "payload", "reason"),
    [
        ("nonsense", b"{}", "topic"),
        ("event", b"\xff\xfe", "JSON"),
        ("event", b"[1]", "an object"),
        ("event", b"{}", "required"),
        ("status", b'{"v":1}', "required"),
        ("telemetry", b"x" * 20_000, "at most 16384 bytes"),
    ],
)
async def test_what_nobody_can_read_becomes_a_dead_letter(
    rig: Rig, north: aiomqtt.Client, tail: str, payload: bytes, reason: str
) -> None:
    await send(north, tail, payload)
    await eventually_async(rig.store.dead_letters.latest)
    (letter,) = await rig.store.dead_letters.latest()
    assert letter.topic == f"{OWN}/{tail}"
    assert reason in letter.reason
    assert letter.size == len(payload)
    assert letter.payload == payload[: dead_letters.KEPT_BYTES]


async def test_one_unreadable_event_does_not_stop_the_outbox(rig: Rig, north: aiomqtt.Client) -> None:
    await send(north, "event", batch(event(1), event(2, up_ms=-5), event(3)))
    assert (await within(next_ack(north)))["seq"] == 3
    assert [e.seq for e in await rig.store.events.page()] == [1, 3]
    (letter,) = await rig.store.dead_letters.latest()
    assert "up is -5" in letter.reason


async def test_a_fault_of_ours_buries_the_message_and_goes_on(
    rig: Rig, north: aiomqtt.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(message: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(pipeline, "parse_telemetry", broken)
    await send(north, "telemetry", {"v": 1, "uptime_ms": 1})
    await send(north, "event", batch(event(1)))
    await within(next_ack(north))
    (letter,) = await rig.store.dead_letters.latest()
    assert "a fault of ours" in letter.reason


async def test_a_restart_shows_what_was_known(rig: Rig, north: aiomqtt.Client) -> None:
    await send(north, "status", status())
    await send(north, "event", batch(event(1), event(2)))
    await within(next_ack(north))
    fleet = LiveFleet()
    await restore(fleet, rig.store)
    (state,) = fleet.signs()
    assert (state.id, state.online) == (NORTH, False)
    assert state.status is not None
    assert [e.seq for e in fleet.recent_events()] == [2, 1]


@pytest.mark.alone  # fifty handshakes at a time: with less of the machine, some are under way when it ends
async def test_what_failed_stays_known_when_the_sign_no_longer_tells_it(
    rig: Rig, north: aiomqtt.Client
) -> None:
    crash = {"cause": "watchdog", "rung": "normal", "text": "a task or the start was stuck"}
    await send(north, "status", status(boot=2, crash=crash))
    await send(north, "status", status(boot=3))
    await eventually(lambda: (found := rig.fleet.sign(NORTH)) and found.status and found.status.boot == 3)
    told = rig.fleet.sign(NORTH)
    assert told
    assert told.status
    assert told.status.crash == Crash("watchdog", "normal", "a task or the start was stuck")
    again = LiveFleet()
    await eventually_async(lambda: has_stored_boot(rig.store, 3))
    await restore(again, rig.store)
    shown = again.sign(NORTH)
    assert shown
    assert shown.status
    assert shown.status.crash == told.status.crash
    await send(north, "status", status(boot=1, incarnation="00000002"))
    await eventually(lambda: (found := rig.fleet.sign(NORTH)) and found.status and found.status.boot == 1)
    other = rig.fleet.sign(NORTH)
    assert other
    assert other.status
    assert other.status.crash is None


async def has_stored_boot(store: Store, boot: int) -> bool:
    return bool(json.loads(await store.signs.status(NORTH) or "{}").get("boot") == boot)


async def test_fifty_signs_at_once_lose_nothing(rig: Rig) -> None:
    rig.journal.gate.clear()
    for number in range(50):
        topic = f"gangvakt/v1/drammen/storgata/s{number}/event"
        rig.ingest.receive(topic, as_bytes(batch(*(event(n) for n in range(16)))))
    rig.journal.gate.set()
    await eventually(lambda: len(rig.fleet.recent_events(limit=1000)) == RECENT_EVENTS)
    assert len(await rig.store.events.page(limit=1000)) == 800


async def test_frames_of_every_length_arrive_together_whole_and_in_order(
    rig: Rig, north: aiomqtt.Client
) -> None:
    sizes = (0, 1, 80, 127, 128, 200, 9_000, 16_384, 1)
    assert rig.link._client is not None
    await rig.link._client.publish_frames(b"".join(frame(ack_topic(NORTH), b"x" * size) for size in sizes))
    found = [len(bytes((await within(anext(north.messages))).payload or b"")) for _ in sizes]
    assert found == list(sizes)


async def test_frames_without_a_connection_are_refused(rig: Rig) -> None:
    with pytest.raises(aiomqtt.MqttError, match="not currently connected"):
        await TogetherClient("127.0.0.1", 1, print).publish_frames(frame("a", b""))


async def test_a_cancelled_sender_ends_though_the_client_swallows_it(rig: Rig) -> None:
    async def swallow(*arguments: object, **named: object) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    assert rig.link._client is not None
    rig.link._client.publish = swallow  # type: ignore[method-assign,assignment]
    sending = asyncio.create_task(rig.link.send_offer(NORTH, b""))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await within(sending)


async def test_what_is_acknowledged_is_stored_whatever_a_sign_sends_before_it_was_answered() -> None:
    inbox = Inbox()
    for numbers, boot in (((1, 2), 1), ((1, 2, 3), 2), ((2, 3, 4), 2), ((9,), 2)):
        inbox.put_batch(parse_batch(NORTH, batch(*map(event, numbers), boot=boot), 1, None))
    inbox.put_batch(parse_batch(NORTH, batch(event(10, kind="No Kind"), boot=2), 1, None))
    parcel = await inbox.take()
    assert [(one.key.boot, one.key.seq) for one in parcel.work.events] == [(2, n) for n in (1, 2, 3, 4, 9)]
    assert [(ack.boot, ack.seq) for ack in parcel.acks] == [(2, 10)]


async def test_a_sign_that_does_not_wait_for_answers_does_not_take_all_the_room() -> None:
    inbox = Inbox()
    for seq in range(1, 2 * MOST_WAITING_OF_A_SIGN):
        inbox.put_batch(parse_batch(NORTH, batch(event(seq)), 1, None))
    assert inbox.waiting_events == MOST_WAITING_OF_A_SIGN
    assert [ack.seq for ack in (await inbox.take()).acks] == [MOST_WAITING_OF_A_SIGN]


async def test_the_inbox_holds_one_batch_a_sign_and_few_dead_letters() -> None:
    inbox = Inbox()
    for number in range(WAITING_DEAD_LETTERS + 5):
        inbox.put_letter(DeadLetter(1, "t", str(number), b"", 0))
    for seen_ms in (1, 2):
        inbox.put_sign(SeenSign(SOUTH, seen_ms, None))
    parcel = await inbox.take()
    assert len(parcel.work.dead_letters) == WAITING_DEAD_LETTERS
    assert inbox.dropped_letters == 5
    assert [seen.seen_ms for seen in parcel.work.signs] == [2]
    inbox.put_sign(SeenSign(SOUTH, 3, None))
    inbox.give_back(parcel)
    assert [seen.seen_ms for seen in (await inbox.take()).work.signs] == [3]
