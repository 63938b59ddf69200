"""Clients that play signs, and waiting for what they cause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiomqtt

from gangvakt.api import Health
from gangvakt.fleet import SignId
from gangvakt.provision.certificates import Credentials
from gangvakt.provision.pki import CONTROLLER_NAME, SIMULATOR_NAME, KeyFiles, Pki, client_context

WAIT_S = 10.0

NORTH = SignId("drammen", "storgata", "north")
SOUTH = SignId("drammen", "storgata", "south")


def healthy() -> Health:
    """As of a controller that lacks nothing."""
    return Health(broker_connected=True, store_writing=True)


async def eventually(condition: Callable[[], object], what: str = "the condition") -> None:
    """Waits until `condition()` is true."""
    async with asyncio.timeout(WAIT_S):
        while not condition():
            await asyncio.sleep(0.01)


async def eventually_async(condition: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not await condition():
            await asyncio.sleep(0.01)


class Keys:
    """Issues certificates and opens connections with them."""

    def __init__(self, folder: Path) -> None:
        self.pki = Pki.open(folder / "pki")
        self._folder = folder
        self._files: dict[str, KeyFiles] = {}

    def files(self, name: str) -> KeyFiles:
        """PEM files of a sign `m/s/s`, the simulator or the controller."""
        if name == CONTROLLER_NAME:
            return self.pki.controller_files()
        if name not in self._files:
            self._files[name] = self._save(name, self._issue(name))
        return self._files[name]

    def client(self, name: str, port: int, **options: object) -> aiomqtt.Client:
        """An MQTT client with the certificate of `name`, which is its client id too."""
        options = {"identifier": name, "timeout": WAIT_S} | options
        return aiomqtt.Client("127.0.0.1", port, tls_context=client_context(self.files(name)), **options)  # type: ignore[arg-type]

    def _issue(self, name: str) -> Credentials:
        if name == SIMULATOR_NAME:
            return self.pki.issue_simulator()
        return self.pki.issue_sign(SignId.parse(name))

    def _save(self, name: str, credentials: Credentials) -> KeyFiles:
        stem = name.replace("/", "-")
        key, certificate = self._folder / f"{stem}.key", self._folder / f"{stem}.crt"
        key.write_bytes(credentials.key_pem)
        certificate.write_bytes(credentials.certificate_pem)
        return KeyFiles(self.pki.controller_files().authority, certificate, key)
