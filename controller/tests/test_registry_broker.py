"""The registry at the door of the real broker: real certificates, real handshakes."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import pytest

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.fleet import SignId
from gangvakt.provision.issuer import Enrolment, KeyIssuer
from gangvakt.provision.pki import KeyFiles, client_context, server_context
from gangvakt.registry import RegistryGatekeeper
from gangvakt.registry.local import LocalOffice
from gangvakt.registry.remote import ApiOffice

from .bundles import a_bundle
from .office import BOARD, MAC, OTHER_MAC, REPORT, SIGN, SITE, Desk, a_desk, a_site, key_files
from .raw_client import connect
from .support import WAIT_S, eventually_async
from .test_serve import Serving, serving
from .wire import as_bytes, status

RECHECK_S = 0.05  # stands for the 20 s of a running controller
PASSWORD = "correct horse battery"  # of a test


@dataclass
class Door:
    desk: Desk
    port: int
    folder: Path


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with a_desk(tmp_path) as desk:
        desk.now_ms[0] = int(datetime.now(UTC).timestamp() * 1000)
        keeper = RegistryGatekeeper(desk.registry)
        await keeper.refresh()
        tls = server_context(desk.registry.ground.pki().server_files(["127.0.0.1"]))
        broker = EmbeddedBroker("127.0.0.1", 0, tls, keeper, recheck_s=RECHECK_S)
        await broker.start()
        running = asyncio.create_task(keeper.run())
        yield Door(desk, broker.endpoint.port, tmp_path)
        running.cancel()
        await broker.stop()


@asynccontextmanager
async def connected(files: KeyFiles, sign: SignId, port: int) -> AsyncIterator[asyncio.StreamReader]:
    """A sign that is let in; ConnectionError when it is not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context(files))
    try:
        writer.write(connect(str(sign)))
        reply = await asyncio.wait_for(reader.read(4), WAIT_S)
        if reply != b"\x20\x02\x00\x00":
            raise ConnectionError(f"turned away with {reply!r}")
        yield reader
    finally:
        writer.transport.abort()


async def comes_in(files: KeyFiles, sign: SignId, port: int) -> bool:
    try:
        async with connected(files, sign, port):
            return True
    except (ConnectionError, ssl.SSLError):
        return False


async def is_cut_off(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(1), WAIT_S) == b""
    except (ConnectionError, ssl.SSLError):
        return True


async def test_a_sign_of_a_bundle_comes_in_at_once_and_stays_out_once_it_is_revoked(door: Door) -> None:
    bundle = await a_bundle(door.desk, door.folder)
    issuer = bundle.issuer()
    enrolment = issuer.begin(str(SITE), MAC, BOARD, again=False)
    files = key_files(enrolment, door.folder)

    async def is_registered() -> bool:
        return await door.desk.states() == [(str(SIGN), "registered")]

    async with connected(files, SIGN, door.port) as reader:
        await eventually_async(is_registered)
        await door.desk.registry.signs.revoke(SIGN)
        assert await is_cut_off(reader)
    assert not await comes_in(files, SIGN, door.port)


async def test_a_sign_of_a_bundle_that_was_revoked_before_stays_out(door: Door) -> None:
    bundle = await a_bundle(door.desk, door.folder)
    files = key_files(bundle.issuer().begin(str(SITE), MAC, BOARD, again=False), door.folder)
    await door.desk.registry.bundles.revoke(bundle.id)
    assert not await comes_in(files, SIGN, door.port)
    assert await door.desk.states() == []


def logged_in(running: Serving) -> ApiOffice:
    assert running.process.stdout
    url = f"http://127.0.0.1:{running.http_port}"
    one_time = running.process.stdout.readline().split()[-1]
    token = ApiOffice(url).login("admin", one_time).token
    return ApiOffice(url, ApiOffice(url, token).choose_password(PASSWORD).token)


async def say_online(enrolment: Enrolment, files: KeyFiles, port: int) -> None:
    incarnation = json.loads(enrolment.files["identity.json"])["incarnation"]
    tls = client_context(files)
    async with aiomqtt.Client("127.0.0.1", port, identifier=str(enrolment.sign), tls_context=tls) as client:
        message = as_bytes(status(incarnation=incarnation))
        await client.publish(f"gangvakt/v1/{enrolment.sign}/status", message, qos=1)


async def test_a_running_controller_sees_new_signs_and_keeps_out_replaced_ones(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        office = await asyncio.to_thread(logged_in, running)
        office.add_site(a_site())
        for issuer in (KeyIssuer(office), KeyIssuer(LocalOffice(tmp_path / "data"))):
            await flash_and_replace(issuer, running.mqtt_port, tmp_path)
            office.revoke(SITE.sign(OTHER_MAC))


async def flash_and_replace(issuer: KeyIssuer, port: int, folder: Path) -> None:
    """Through the API the controller knows at once; of another process it learns within seconds."""
    old = await asyncio.to_thread(issuer.begin, str(SITE), MAC, BOARD, again=True)
    old_files = key_files(old, folder)

    async def old_is_in() -> bool:
        return await comes_in(old_files, old.sign, port)

    async def old_is_out() -> bool:
        return not await comes_in(old_files, old.sign, port)

    async def is_online() -> bool:
        return bool(await asyncio.to_thread(issuer.online, old.sign))

    await eventually_async(old_is_in)
    await say_online(old, old_files, port)
    await eventually_async(is_online)
    await asyncio.to_thread(issuer.confirm, old.sign, REPORT)
    new = await asyncio.to_thread(issuer.replace, old.sign, OTHER_MAC, BOARD)
    await asyncio.to_thread(issuer.confirm, new.sign, REPORT)
    await eventually_async(old_is_out)
