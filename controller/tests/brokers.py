"""Both real brokers behind one door that tests can shut."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509

from gangvakt.broker import Broker, MosquittoBroker
from gangvakt.broker.access import AccessList
from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.broker.mosquitto_child import find_mosquitto
from gangvakt.errors import MosquittoMissing
from gangvakt.provision.certificates import fingerprint
from gangvakt.provision.pki import client_context, server_context

from .support import NORTH, SOUTH, Keys

KINDS = ("embedded", "mosquitto")
NAMES = ("localhost", "127.0.0.1")


@dataclass
class Door:
    """A gatekeeper and an access list at once: lets in whom it was not told to shut out."""

    keys: Keys
    out: dict[str, x509.Certificate] = field(default_factory=dict)
    known: set[str] = field(default_factory=lambda: {str(NORTH), str(SOUTH)})

    def admits(self, certificate: x509.Certificate) -> bool:
        return fingerprint(certificate) not in self.out

    def authorities(self) -> Sequence[x509.Certificate]:
        return ()

    async def access(self) -> AccessList:
        return AccessList(
            self.keys.pki.signers,
            signs=frozenset(self.known),
            revoked=frozenset(one.serial_number for one in self.out.values()),
            shut_out={mark: str(NORTH) for mark in self.out},
        )

    def shut(self, name: str) -> None:
        """From now on the certificate of `name` is revoked."""
        certificate = x509.load_pem_x509_certificate(self.keys.files(name).certificate.read_bytes())
        self.out[fingerprint(certificate)] = certificate


@dataclass
class Rig:
    """A running broker."""

    kind: str
    broker: Broker
    keys: Keys
    door: Door

    @property
    def signs(self) -> int:
        return self.broker.signs_port

    @property
    def controller(self) -> int:
        return self.broker.endpoint.port


def make_broker(kind: str, keys: Keys, folder: Path, door: Door, port: int = 0) -> Broker:
    """Not started."""
    if kind == "embedded":
        tls = server_context(keys.pki.server_files(NAMES))
        return EmbeddedBroker("127.0.0.1", port, tls, door, recheck_s=0.2)
    return MosquittoBroker(
        folder / "mosquitto",
        "127.0.0.1",
        port,
        access=door.access,
        server=lambda: keys.pki.server_files(NAMES),
        tls=client_context(keys.pki.controller_files()),
    )


@asynccontextmanager
async def running(kind: str, keys: Keys, folder: Path) -> AsyncIterator[Rig]:
    """Skipped, loudly, only where there is no Mosquitto."""
    if kind == "mosquitto":
        try:
            find_mosquitto()
        except MosquittoMissing as missing:
            pytest.skip(str(missing))
    door = Door(keys)
    broker = make_broker(kind, keys, folder, door)
    await broker.start()
    try:
        yield Rig(kind, broker, keys, door)
    finally:
        await broker.stop()
