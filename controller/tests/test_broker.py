"""The embedded broker over real TLS sockets: identities, rules, silent and strange clients."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.broker import mended
from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.broker.frames import LARGEST_PACKET, FrameReader, Pace, PacketRefused
from gangvakt.broker.mended import MendedHandler
from gangvakt.errors import PortTaken
from gangvakt.provision.pki import CONTROLLER_NAME, SIMULATOR_NAME, Pki, server_context

from .raw_client import ACCEPTED, NOT_AUTHORIZED, connect, packet, raw, text
from .support import NORTH, SOUTH, WAIT_S, Keys, eventually

OWN = f"gangvakt/v1/{NORTH}"
OTHER = f"gangvakt/v1/{SOUTH}"
REFUSED = 0x80


class Listener:
    """The controller's view: everything that is published."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.heard: list[tuple[str, bytes]] = []

    async def listen(self) -> None:
        async for message in self.client.messages:
            self.heard.append((message.topic.value, bytes(message.payload)))  # type: ignore[arg-type]


@pytest.fixture
async def listener(keys: Keys, broker: EmbeddedBroker) -> AsyncIterator[Listener]:
    async with keys.client(CONTROLLER_NAME, broker.endpoint.port) as client:
        await client.subscribe("#", qos=1)
        listener = Listener(client)
        task = asyncio.create_task(listener.listen())
        yield listener
        task.cancel()


async def turned_away(broker: EmbeddedBroker, tls: ssl.SSLContext) -> bool:
    """Whether the broker ends the connection before it answers CONNECT."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", broker.endpoint.port, ssl=tls)
    except (ssl.SSLError, ConnectionError):
        return True
    try:
        writer.write(connect(CONTROLLER_NAME))
        return await asyncio.wait_for(reader.read(4), WAIT_S) == b""
    except (ssl.SSLError, ConnectionError):
        return True
    finally:
        writer.transport.abort()


async def test_a_client_without_a_certificate_is_turned_away(keys: Keys, broker: EmbeddedBroker) -> None:
    tls = ssl.create_default_context(cafile=str(keys.pki.controller_files().authority))
    assert await turned_away(broker, tls)


async def test_a_certificate_of_another_authority_is_turned_away(
    tmp_path: Path, keys: Keys, broker: EmbeddedBroker
) -> None:
    foreign = Pki.open(tmp_path / "foreign").controller_files()
    tls = ssl.create_default_context(cafile=str(keys.pki.controller_files().authority))
    tls.load_cert_chain(foreign.certificate, foreign.key)
    assert await turned_away(broker, tls)


@pytest.mark.parametrize("client_id", [str(SOUTH), CONTROLLER_NAME, "", f"{NORTH}x"])
async def test_a_sign_cannot_call_itself_another(keys: Keys, broker: EmbeddedBroker, client_id: str) -> None:
    async with raw(keys, broker.endpoint.port, str(NORTH), connect(client_id)) as client:
        assert await client.connack() == NOT_AUTHORIZED
        assert await client.closed()


async def test_an_impostor_does_not_disturb_the_real_session(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    async with keys.client(str(SOUTH), broker.endpoint.port) as real:
        await real.subscribe(f"{OTHER}/#", qos=1)
        for clean in (True, False):
            async with raw(
                keys, broker.endpoint.port, str(NORTH), connect(str(SOUTH), clean=clean)
            ) as impostor:
                assert await impostor.connack() == NOT_AUTHORIZED
        await listener.client.publish(f"{OTHER}/event/ack", "still here", qos=1)
        async for message in real.messages:
            assert message.payload == b"still here"
            break


async def test_a_will_on_another_signs_topic_is_refused(keys: Keys, broker: EmbeddedBroker) -> None:
    hello = connect(str(NORTH), will_topic=f"{OTHER}/status")
    async with raw(keys, broker.endpoint.port, str(NORTH), hello) as client:
        assert await client.connack() == NOT_AUTHORIZED


async def test_a_sign_publishes_only_below_its_own_topics(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    async with keys.client(str(NORTH), broker.endpoint.port) as north:
        await north.publish(f"{OTHER}/status", "forged", qos=1, retain=True)
        await north.publish("gangvakt-sim/v1/drammen/storgata/world", "forged", qos=1)
        await north.publish("gangvakt/v1/drammen/storgata/group", "to the other pole", qos=1)
        await north.publish(f"{OWN}/status", "true", qos=1)
        await eventually(lambda: (f"{OWN}/status", b"true") in listener.heard)
    topics = [topic for topic, _ in listener.heard]
    assert topics == ["gangvakt/v1/drammen/storgata/group", f"{OWN}/status"]


async def test_a_sign_subscribes_only_below_its_own_topics(keys: Keys, broker: EmbeddedBroker) -> None:
    async with keys.client(str(NORTH), broker.endpoint.port) as north:
        for topic in ("#", "gangvakt/v1/#", f"{OTHER}/#", "gangvakt/v1/+/+/north/status", "gangvakt-sim/#"):
            assert [code.value for code in await north.subscribe(topic, qos=1)] == [REFUSED]  # type: ignore[union-attr]
        for topic in (f"{OWN}/#", "gangvakt/v1/drammen/storgata/group"):
            assert [code.value for code in await north.subscribe(topic, qos=1)] == [1]  # type: ignore[union-attr]


async def test_the_simulator_has_no_signs_topics(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    async with keys.client(SIMULATOR_NAME, broker.endpoint.port) as simulator:
        await simulator.publish(f"{OWN}/status", "forged", qos=1)
        await simulator.publish("gangvakt-sim/v1/drammen/storgata/scene", "street", qos=1, retain=True)
        await eventually(lambda: listener.heard)
        assert [code.value for code in await simulator.subscribe(f"{OWN}/#")] == [REFUSED]  # type: ignore[union-attr]
    assert listener.heard == [("gangvakt-sim/v1/drammen/storgata/scene", b"street")]


async def test_a_new_client_is_not_sent_what_others_subscribed_to(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    async with keys.client(str(SOUTH), broker.endpoint.port) as south:
        await south.publish(f"{OTHER}/status", "for the controller", qos=1, retain=True)
        await eventually(lambda: listener.heard)
    async with keys.client(str(NORTH), broker.endpoint.port) as north:
        await north.subscribe(f"{OWN}/#", qos=1)
        await north.publish(f"{OWN}/x", "mine", qos=1)
        async for message in north.messages:
            assert message.payload == b"mine"
            break


async def test_the_last_status_is_kept_for_the_controller(keys: Keys, broker: EmbeddedBroker) -> None:
    async with keys.client(str(NORTH), broker.endpoint.port) as north:
        await north.publish(f"{OWN}/status", "kept", qos=1, retain=True)
        await north.publish(f"{OWN}/event", "not kept", qos=1, retain=True)
        async with keys.client(CONTROLLER_NAME, broker.endpoint.port) as controller:
            await controller.subscribe("gangvakt/v1/#", qos=1)
            await north.publish(f"{OWN}/telemetry", "marker")
            heard = []
            async for message in controller.messages:
                heard.append(message.payload)
                if message.payload == b"marker":
                    break
    assert heard == [b"kept", b"marker"]


async def test_as_shipped_a_silent_client_is_never_noticed(
    keys: Keys, broker: EmbeddedBroker, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Shows that the next test would fail without our handler: amqtt's own time-out does nothing.
    monkeypatch.setattr(MendedHandler, "handle_read_timeout", BrokerProtocolHandler.handle_read_timeout)
    hello = connect(str(NORTH), keepalive_s=1, will_topic=f"{OWN}/status")
    async with raw(keys, broker.endpoint.port, str(NORTH), hello) as silent:
        assert await silent.connack() == ACCEPTED
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(silent.reader.read(1), 3.5)
        assert listener.heard == []


async def test_a_silent_clients_will_comes_after_one_and_a_half_keepalives(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    hello = connect(str(NORTH), keepalive_s=2, will_topic=f"{OWN}/status")
    async with raw(keys, broker.endpoint.port, str(NORTH), hello) as silent:
        assert await silent.connack() == ACCEPTED
        begin = time.monotonic()
        await eventually(lambda: listener.heard)
        assert 2.9 < time.monotonic() - begin < 4.5
        assert listener.heard == [(f"{OWN}/status", b"gone")]
        assert await silent.closed()


async def test_a_half_sent_packet_is_silence_too(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    hello = connect(str(NORTH), keepalive_s=1, will_topic=f"{OWN}/status")
    async with raw(keys, broker.endpoint.port, str(NORTH), hello) as slow:
        assert await slow.connack() == ACCEPTED
        slow.writer.write(bytes([0x30, 100]))
        await eventually(lambda: listener.heard)
        assert await slow.closed()


async def test_a_client_that_never_says_connect_is_cut_off(
    keys: Keys, broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mended, "CONNECT_WITHIN_S", 0.2)
    async with raw(keys, broker.endpoint.port, str(NORTH), b"") as mute:
        assert await mute.closed()


async def test_taking_over_a_client_id_closes_the_old_socket_and_sends_its_will_first(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    hello = connect(str(NORTH), will_topic=f"{OWN}/status")
    async with raw(keys, broker.endpoint.port, str(NORTH), hello) as old:
        assert await old.connack() == ACCEPTED
        async with keys.client(str(NORTH), broker.endpoint.port) as new:
            assert await old.closed()
            await new.publish(f"{OWN}/status", "back", qos=1)
            await eventually(lambda: len(listener.heard) == 2)
    assert listener.heard == [(f"{OWN}/status", b"gone"), (f"{OWN}/status", b"back")]


async def test_an_orderly_goodbye_sends_no_will(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    will = aiomqtt.Will(f"{OWN}/status", "gone", qos=1)
    async with keys.client(str(NORTH), broker.endpoint.port, will=will):
        pass
    async with keys.client(str(SOUTH), broker.endpoint.port) as south:
        await south.publish(f"{OTHER}/status", "marker", qos=1)
        await eventually(lambda: listener.heard)
    assert listener.heard == [(f"{OTHER}/status", b"marker")]


async def test_a_client_with_a_bad_topic_is_not_left_connected_and_deaf(
    keys: Keys, broker: EmbeddedBroker
) -> None:
    async with raw(keys, broker.endpoint.port, str(NORTH), connect(str(NORTH))) as client:
        assert await client.connack() == ACCEPTED
        client.writer.write(packet(0x30, text("$SYS/x") + b"x"))
        assert await client.closed()


async def test_a_packet_that_is_too_large_ends_the_connection(keys: Keys, broker: EmbeddedBroker) -> None:
    async with raw(keys, broker.endpoint.port, str(NORTH), connect(str(NORTH))) as client:
        assert await client.connack() == ACCEPTED
        length = LARGEST_PACKET + 1
        client.writer.write(bytes([0x30, length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14]))
        assert await client.closed()


@pytest.mark.parametrize(
    "rubbish", [b"\0\0\0\0", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 40, packet(0x10, b"\0\4MQTT")]
)
async def test_rubbish_ends_its_own_connection_only(
    keys: Keys, broker: EmbeddedBroker, rubbish: bytes
) -> None:
    port = broker.endpoint.port
    async with raw(keys, port, str(NORTH), rubbish), keys.client(str(SOUTH), port) as south:
        await south.publish(f"{OTHER}/telemetry", "fine", qos=1)


async def test_subscribing_during_a_broadcast_loses_no_message(
    keys: Keys, broker: EmbeddedBroker, listener: Listener
) -> None:
    port = broker.endpoint.port

    async def subscribe_much() -> None:
        async with keys.client(str(SOUTH), port) as south:
            for number in range(100):
                await south.subscribe(f"{OTHER}/{number}")

    async def publish_much() -> None:
        async with keys.client(str(NORTH), port) as north:
            for number in range(100):
                await north.publish(f"{OWN}/event", str(number), qos=1)

    await asyncio.gather(subscribe_much(), publish_much())
    await eventually(lambda: len(listener.heard) == 100)


async def test_a_taken_port_is_named_with_its_option(keys: Keys, broker: EmbeddedBroker) -> None:
    tls = server_context(keys.pki.server_files(["localhost"]))
    second = EmbeddedBroker("127.0.0.1", broker.endpoint.port, tls)
    with pytest.raises(PortTaken, match="choose another with --mqtt-port"):
        await second.start()


async def test_stopping_is_quick_with_clients_that_do_not_answer(keys: Keys) -> None:
    broker = EmbeddedBroker("127.0.0.1", 0, server_context(keys.pki.server_files(["localhost", "127.0.0.1"])))
    await broker.start()
    async with (
        raw(keys, broker.endpoint.port, str(NORTH), connect(str(NORTH))) as client,
        raw(keys, broker.endpoint.port, str(SOUTH), b""),
    ):
        assert await client.connack() == ACCEPTED
        begin = time.monotonic()
        await broker.stop()
        assert time.monotonic() - begin < 2.5


def test_a_pace_lets_a_burst_through_and_then_holds_back() -> None:
    now = [0.0]
    pace = Pace(per_s=10, burst=2, clock=lambda: now[0])
    assert [pace.delay_s() for _ in range(3)] == pytest.approx([0, 0, 0.1])
    now[0] += 10
    assert pace.delay_s() == 0


@given(st.binary(max_size=300), st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_any_bytes_are_whole_packets_or_refused(data: bytes, sizes: list[int]) -> None:
    async def read() -> None:
        stream = asyncio.StreamReader()
        stream.feed_data(data)
        stream.feed_eof()
        frames = FrameReader(stream)
        for size in sizes:
            try:
                assert len(await frames.read(size)) == size
            except (PacketRefused, asyncio.IncompleteReadError):
                return

    asyncio.run(read())
