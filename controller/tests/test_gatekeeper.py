"""Who is admitted at the broker, and who is cut off when that changes: real clients, real handshakes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from gangvakt.broker.embedded import RECHECK_S as RECHECK_S_IN_SERVICE
from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.provision.bundle_authority import make_bundle_authority
from gangvakt.provision.certificates import Credentials, Period, fingerprint, make_client
from gangvakt.provision.pki import CONTROLLER_NAME, KeyFiles, Pki, client_context, server_context

from .raw_client import ACCEPTED, CONNACK, NOT_AUTHORIZED, connect, raw
from .support import NORTH, SOUTH, Keys, eventually

RECHECK_S = 0.05  # stands for the 20 s of a running controller
OWN = f"gangvakt/v1/{NORTH}"
NAMES = ("localhost", "127.0.0.1")


class Doorman:
    """A gatekeeper whose mind the test changes."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()
        self.below: list[x509.Certificate] = []
        self.asked = 0
        self.failing = False

    def admits(self, certificate: x509.Certificate) -> bool:
        self.asked += 1
        return fingerprint(certificate) not in self.revoked

    def authorities(self) -> Sequence[x509.Certificate]:
        if self.failing:
            raise RuntimeError("the gatekeeper's own trouble")
        return self.below

    def revoke(self, files: KeyFiles) -> None:
        self.revoked.add(fingerprint(x509.load_pem_x509_certificate(files.certificate.read_bytes())))


@pytest.fixture
def doorman() -> Doorman:
    return Doorman()


@asynccontextmanager
async def guarded(keys: Keys, doorman: Doorman, now: datetime | None = None) -> AsyncIterator[EmbeddedBroker]:
    broker = EmbeddedBroker(
        "127.0.0.1",
        0,
        server_context(keys.pki.server_files(NAMES)),
        doorman,
        recheck_s=RECHECK_S,
        now=lambda: now or datetime.now(UTC),
    )
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


async def test_a_revoked_certificate_is_not_let_in(keys: Keys, doorman: Doorman) -> None:
    doorman.revoke(keys.files(str(NORTH)))
    async with guarded(keys, doorman) as broker:
        port = broker.endpoint.port
        async with raw(keys, port, str(NORTH), connect(str(NORTH))) as client:
            assert await client.connack() == NOT_AUTHORIZED
            assert await client.closed()
        async with raw(keys, port, str(SOUTH), connect(str(SOUTH))) as client:
            assert await client.connack() == ACCEPTED


async def test_revoked_while_connected_it_is_cut_off_with_its_will_and_kept_out(
    keys: Keys, doorman: Doorman
) -> None:
    async with guarded(keys, doorman) as broker:
        port = broker.endpoint.port
        async with keys.client(CONTROLLER_NAME, port) as controller:
            await controller.subscribe(f"{OWN}/status", qos=1)
            hello = connect(str(NORTH), will_topic=f"{OWN}/status")
            async with (
                raw(keys, port, str(NORTH), hello) as north,
                raw(keys, port, str(SOUTH), connect(str(SOUTH))) as south,
            ):
                assert (await north.connack(), await south.connack()) == (ACCEPTED, ACCEPTED)
                assert set(broker.certificates()) == {CONTROLLER_NAME, str(NORTH), str(SOUTH)}
                doorman.revoke(keys.files(str(NORTH)))
                assert await north.closed()
                message = await anext(aiter(controller.messages))
                assert (message.topic.value, message.payload) == (f"{OWN}/status", b"gone")
                await eventually(lambda: set(broker.certificates()) == {CONTROLLER_NAME, str(SOUTH)})
            async with raw(keys, port, str(NORTH), hello) as north:
                assert await north.connack() == NOT_AUTHORIZED


def test_who_is_revoked_is_cut_off_within_a_minute() -> None:
    assert RECHECK_S_IN_SERVICE <= 30  # the rest of the minute is for whoever tells the gatekeeper


async def test_a_certificate_that_ends_while_connected_is_cut_off(keys: Keys, doorman: Doorman) -> None:
    later = datetime.now(UTC) + timedelta(days=2000)  # beyond a sign's five years
    async with (
        guarded(keys, doorman, later) as broker,
        raw(keys, broker.endpoint.port, str(NORTH), connect(str(NORTH))) as north,
    ):
        assert await north.connack() == ACCEPTED
        assert await north.closed()


def sign_of(bundle: Credentials, pki: Pki, folder: Path) -> KeyFiles:
    """PEM files of the sign SOUTH, signed by a bundle."""
    now = datetime.now(UTC)
    made = make_client(bundle, str(SOUTH), Period(now - timedelta(hours=1), now + timedelta(days=30)))
    key, certificate = folder / "offline.key", folder / "offline.crt"
    key.write_bytes(made.key_pem)
    certificate.write_bytes(made.certificate_pem)
    return KeyFiles(pki.controller_files().authority, certificate, key)


async def comes_in(port: int, files: KeyFiles) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context(files))
    try:
        writer.write(connect(str(SOUTH)))
        return await reader.read(4) == bytes((CONNACK, 2, 0, ACCEPTED))
    except (ssl.SSLError, ConnectionError):
        return False
    finally:
        writer.transport.abort()


async def test_a_new_bundles_signs_are_trusted_from_the_next_handshake_on(
    keys: Keys, doorman: Doorman, tmp_path: Path
) -> None:
    bundle = make_bundle_authority(timedelta(days=14))
    files = sign_of(bundle, keys.pki, tmp_path)
    async with guarded(keys, doorman) as broker, keys.client(str(NORTH), broker.endpoint.port) as standing:
        assert not await comes_in(broker.endpoint.port, files)
        doorman.below.append(bundle.certificate)
        assert await comes_in(broker.endpoint.port, files)
        doorman.revoke(files)
        assert not await comes_in(broker.endpoint.port, files)
        await standing.publish(f"{OWN}/telemetry", "still here", qos=1)


async def test_with_a_stolen_signs_key_nobody_else_can_be_made(
    keys: Keys, doorman: Doorman, tmp_path: Path
) -> None:
    stolen = keys.pki.issue_sign(NORTH)
    files = sign_of(stolen, keys.pki, tmp_path)
    async with guarded(keys, doorman) as broker:
        assert not await comes_in(broker.endpoint.port, files)


async def test_a_gatekeeper_in_trouble_does_not_keep_out_who_is_known(keys: Keys, doorman: Doorman) -> None:
    async with guarded(keys, doorman) as broker:
        doorman.failing = True
        async with keys.client(str(NORTH), broker.endpoint.port) as north:
            await north.publish(f"{OWN}/telemetry", "fine", qos=1)
