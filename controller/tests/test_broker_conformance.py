"""What every broker of ours does, asked of each over real TLS sockets; and where they differ, why."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiomqtt
import pytest

from gangvakt.errors import PortTaken
from gangvakt.provision.certificates import Period, make_client
from gangvakt.provision.pki import CONTROLLER_NAME, SIMULATOR_NAME, KeyFiles, Pki, client_context

from .brokers import KINDS, Rig, make_broker, running
from .raw_client import ACCEPTED, RawClient, connect, raw
from .support import NORTH, SOUTH, WAIT_S, Keys, eventually, eventually_async

OWN, OTHER = f"gangvakt/v1/{NORTH}", f"gangvakt/v1/{SOUTH}"
GROUP = "gangvakt/v1/drammen/storgata/group"
REFUSED = 0x80
PROMISED_S = 60

Heard = list[tuple[str, bytes]]


@pytest.fixture(params=KINDS)
async def rig(request: pytest.FixtureRequest, keys: Keys, tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(request.param, keys, tmp_path) as rig:
        yield rig


@asynccontextmanager
async def hearing(client: aiomqtt.Client, topic: str = "#") -> AsyncIterator[Heard]:
    """What `client` receives from now on."""
    await client.subscribe(topic, qos=1)
    heard: Heard = []

    async def listen() -> None:
        async for message in client.messages:
            heard.append((message.topic.value, bytes(message.payload)))  # type: ignore[arg-type]

    task = asyncio.create_task(listen())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def heard(rig: Rig) -> AsyncIterator[Heard]:
    """What the controller hears."""
    async with rig.keys.client(CONTROLLER_NAME, rig.controller) as client, hearing(client) as heard:
        yield heard


async def is_turned_away(port: int, tls: ssl.SSLContext) -> bool:
    """Whether the broker ends TLS, or answers CONNECT with no."""
    writer = None
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
        writer.write(connect(str(NORTH)))
        async with asyncio.timeout(WAIT_S):
            return (await reader.read(4))[3:] != bytes([ACCEPTED])
    except (ssl.SSLError, ConnectionError):
        return True
    finally:
        if writer is not None:
            writer.transport.abort()


def north(rig: Rig, **options: object) -> aiomqtt.Client:
    return rig.keys.client(str(NORTH), rig.signs, **options)


@asynccontextmanager
async def raw_north(rig: Rig, hello: bytes) -> AsyncIterator[RawClient]:
    async with raw(rig.keys, rig.signs, str(NORTH), hello) as client:
        assert await client.connack() == ACCEPTED
        yield client


# Who comes in


async def test_nobody_comes_in_without_a_certificate(rig: Rig) -> None:
    tls = ssl.create_default_context(cafile=str(rig.keys.pki.controller_files().authority))
    assert await is_turned_away(rig.signs, tls)
    assert await is_turned_away(rig.controller, tls)


async def test_nobody_comes_in_by_an_unknown_authority(rig: Rig, tmp_path: Path) -> None:
    stranger = Pki.open(tmp_path / "foreign").controller_files()
    tls = ssl.create_default_context(cafile=str(rig.keys.pki.controller_files().authority))
    tls.load_cert_chain(stranger.certificate, stranger.key)
    assert await is_turned_away(rig.signs, tls)


async def test_nobody_comes_in_with_a_certificate_that_has_ended(rig: Rig, tmp_path: Path) -> None:
    authority = rig.keys.pki.authority
    begin = authority.certificate.not_valid_before_utc
    ended = make_client(authority, str(NORTH), Period(begin, begin + timedelta(hours=1)))
    files = KeyFiles(rig.keys.pki.controller_files().authority, tmp_path / "e.crt", tmp_path / "e.key")
    files.certificate.write_bytes(ended.certificate_pem)
    files.key.write_bytes(ended.key_pem)
    assert await is_turned_away(rig.signs, client_context(files))


async def test_nobody_comes_in_with_an_older_tls_than_1_2(rig: Rig) -> None:
    tls = client_context(rig.keys.files(str(NORTH)))
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
    assert await is_turned_away(rig.signs, tls)


async def test_a_revoked_sign_is_cut_off_and_stays_out_and_its_will_is_sent(rig: Rig, heard: Heard) -> None:
    begin = time.monotonic()
    async with raw_north(rig, connect(str(NORTH), will_topic=f"{OWN}/status")) as client:
        rig.door.shut(str(NORTH))
        assert await client.closed()
    await eventually(lambda: (f"{OWN}/status", b"gone") in heard, "the will of the sign that was cut off")
    tls = client_context(rig.keys.files(str(NORTH)))
    await eventually_async(lambda: is_turned_away(rig.signs, tls))
    assert time.monotonic() - begin < PROMISED_S
    async with rig.keys.client(str(SOUTH), rig.signs) as south:  # everybody else goes on
        await south.publish(f"{OTHER}/telemetry", "fine", qos=1)


# Who may say what


async def test_a_sign_publishes_below_its_own_topics_and_its_group_only(rig: Rig, heard: Heard) -> None:
    async with north(rig) as client:
        others = (f"{OTHER}/status", f"{OTHER}/targets", "gangvakt-sim/v1/drammen/storgata/scene", OTHER)
        for topic in (*others, "elsewhere"):
            await client.publish(topic, "forged", qos=1)
        await client.publish(GROUP, "to the other pole", qos=1)
        await client.publish(f"{OWN}/event", "true", qos=1)
        await client.publish(f"{OWN}/targets", b"\x01seen", qos=0)
        await eventually(lambda: len(heard) == 3)
    assert heard == [
        (GROUP, b"to the other pole"),
        (f"{OWN}/event", b"true"),
        (f"{OWN}/targets", b"\x01seen"),
    ]


async def test_a_sign_hears_its_own_topics_and_its_group_only(rig: Rig) -> None:
    wanted = ["#", "gangvakt/v1/#", f"{OTHER}/#", "gangvakt/v1/+/+/south/command", "gangvakt-sim/#"]
    async with north(rig) as client, rig.keys.client(CONTROLLER_NAME, rig.controller) as controller:
        codes = [(await client.subscribe(topic, qos=1))[0].value for topic in wanted]  # type: ignore[union-attr]
        await client.subscribe(GROUP, qos=1)
        async with hearing(client, f"{OWN}/#") as heard:
            for topic in (f"{OTHER}/command", "gangvakt-sim/v1/x", GROUP, f"{OWN}/command"):
                await controller.publish(topic, "hello", qos=1)
            await eventually(lambda: any(topic == f"{OWN}/command" for topic, _ in heard))
    assert {topic for topic, _ in heard} == {GROUP, f"{OWN}/command"}
    # Mosquitto's rules in files look at what is delivered, not at what is asked for: granted, and silent.
    assert codes == ([REFUSED] * len(wanted) if rig.kind == "embedded" else [1] * len(wanted))


async def test_the_simulator_has_its_own_topics_and_no_signs(rig: Rig, heard: Heard) -> None:
    async with rig.keys.client(SIMULATOR_NAME, rig.signs) as simulator:
        await simulator.publish(f"{OWN}/status", "forged", qos=1)
        await simulator.publish("gangvakt-sim/v1/drammen/storgata/world", "street", qos=1)
        await eventually(lambda: heard)
    assert heard == [("gangvakt-sim/v1/drammen/storgata/world", b"street")]


async def test_a_will_on_a_neighbours_topic_is_never_sent(rig: Rig, heard: Heard) -> None:
    # The embedded broker refuses the log-in; Mosquitto takes it and drops the will when it is due.
    async with raw(rig.keys, rig.signs, str(NORTH), connect(str(NORTH), will_topic=f"{OTHER}/status")):
        pass
    async with rig.keys.client(str(SOUTH), rig.signs) as south:
        await south.publish(f"{OTHER}/event", "marker", qos=1)
        await eventually(lambda: heard)
    assert heard == [(f"{OTHER}/event", b"marker")]


@pytest.mark.parametrize("client_id", [str(SOUTH), CONTROLLER_NAME])
async def test_calling_itself_another_disturbs_nobody(rig: Rig, client_id: str) -> None:
    # The embedded broker refuses the log-in; for Mosquitto a sign is what its certificate says.
    async with rig.keys.client(client_id, _port_of(rig, client_id)) as real:
        async with raw(rig.keys, rig.signs, str(NORTH), connect(client_id)) as impostor:
            await impostor.connack()
        async with hearing(real, f"{OTHER}/#") as heard:
            await real.publish(f"{OTHER}/event", "still here", qos=1)
            await eventually(lambda: heard)


def _port_of(rig: Rig, name: str) -> int:
    return rig.controller if name == CONTROLLER_NAME else rig.signs


# Presence


async def test_a_silent_clients_will_comes_after_one_and_a_half_keepalives(rig: Rig, heard: Heard) -> None:
    async with raw_north(rig, connect(str(NORTH), keepalive_s=2, will_topic=f"{OWN}/status")) as silent:
        begin = time.monotonic()
        await eventually(lambda: heard, "the last will")
        assert time.monotonic() - begin > 2, "the will came before the keep-alive was over"
        assert heard == [(f"{OWN}/status", b"gone")]
        assert await silent.closed()


async def test_an_orderly_goodbye_sends_no_will(rig: Rig, heard: Heard) -> None:
    async with north(rig, will=aiomqtt.Will(f"{OWN}/status", "gone", qos=1)):
        pass
    async with rig.keys.client(str(SOUTH), rig.signs) as south:
        await south.publish(f"{OTHER}/event", "marker", qos=1)
        await eventually(lambda: heard)
    assert heard == [(f"{OTHER}/event", b"marker")]


async def test_a_client_id_that_connects_anew_takes_over_and_the_old_ones_will_is_sent_first(
    rig: Rig, heard: Heard
) -> None:
    async with raw_north(rig, connect(str(NORTH), will_topic=f"{OWN}/status")) as old, north(rig) as new:
        assert await old.closed()
        await new.publish(f"{OWN}/status", "back", qos=1)
        await eventually(lambda: len(heard) == 2)
    assert heard == [(f"{OWN}/status", b"gone"), (f"{OWN}/status", b"back")]


# What is kept


async def test_the_last_status_is_kept_for_who_subscribes_later(rig: Rig) -> None:
    async with north(rig) as client:
        await client.publish(f"{OWN}/status", "older", qos=1, retain=True)
        await client.publish(f"{OWN}/status", "kept", qos=1, retain=True)
    async with rig.keys.client(CONTROLLER_NAME, rig.controller) as controller, hearing(controller) as heard:
        await eventually(lambda: heard)
    assert heard == [(f"{OWN}/status", b"kept")]


async def test_what_is_sent_to_a_sign_that_is_away_waits_for_it(rig: Rig) -> None:
    """Expected to differ: the embedded broker's sessions last as long as their connections.

    Nothing depends on it: orders expire, configurations are retained, and events wait in the sign.
    """
    async with north(rig, clean_session=False) as client:
        await client.subscribe(f"{OWN}/#", qos=1)
    async with rig.keys.client(CONTROLLER_NAME, rig.controller) as controller:
        for number in range(3):
            await controller.publish(f"{OWN}/command", str(number), qos=1)
        async with north(rig, clean_session=False) as client, hearing(client, f"{OWN}/#") as heard:
            await controller.publish(f"{OWN}/command", "marker", qos=1)
            await eventually(lambda: any(payload == b"marker" for _, payload in heard))
    waited = [b"0", b"1", b"2"] if rig.kind == "mosquitto" else []
    assert [payload for _, payload in heard] == [*waited, b"marker"]


# Starting and ending


async def test_a_taken_port_is_named_with_its_option(rig: Rig, tmp_path: Path) -> None:
    second = make_broker(rig.kind, rig.keys, tmp_path / "second", rig.door, rig.signs)
    with pytest.raises(PortTaken, match="choose another with --mqtt-port"):
        await second.start()
    await second.stop()


async def test_a_stopped_broker_has_given_its_port_back(rig: Rig, tmp_path: Path) -> None:
    port = rig.signs
    await rig.broker.stop()
    again = make_broker(rig.kind, rig.keys, tmp_path, rig.door, port)
    await again.start()
    assert again.signs_port == port
    await again.stop()
