"""A Mosquitto that somebody else runs, on files that we write."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from gangvakt.broker.guard import CUTS_EXTERNAL, Guard, ReadAccess
from gangvakt.broker.mosquitto import Certificates
from gangvakt.broker.mosquitto_folder import MosquittoFolder
from gangvakt.broker.port import Endpoint
from gangvakt.errors import BrokerFailed, SettingRefused
from gangvakt.provision.pki import KeyFiles
from gangvakt.settings import HIGHEST_PORT, check_host

ALLOWED = "embedded, mosquitto, or mqtts://HOST:PORT of a Mosquitto that runs already"
CONNECT_S = 5.0


def parse_url(source: str, url: str) -> Endpoint:
    """The controller's listener of a broker. SettingRefused for what is no mqtts://HOST:PORT."""
    refused = SettingRefused("options", source, url, ALLOWED)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise refused from None
    if parts.scheme != "mqtts" or not host or port is None or not 1 <= port <= HIGHEST_PORT:
        raise refused
    if parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise refused
    return Endpoint(check_host(source, host), port)


class ExternalBroker:
    """Keeps `folder` in step with who may come in; whoever runs the broker lets it read the files anew.

    `signs_port` is what signs are told; the rest as for MosquittoBroker.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        signs_port: int,
        folder: Path,
        *,
        access: ReadAccess,
        server: Callable[[], KeyFiles],
        tls: ssl.SSLContext,
        certificates: Certificates = dict,
    ) -> None:
        self._endpoint, self._signs_port, self._path = endpoint, signs_port, folder
        self._access, self._server, self._tls = access, server, tls
        self._certificates = certificates
        self._guard: Guard | None = None
        self._guarding: asyncio.Task[None] | None = None

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    @property
    def signs_port(self) -> int:
        return self._signs_port

    async def start(self) -> None:
        await _reach(self._endpoint, self._tls)
        folder = MosquittoFolder(self._path)
        self._guard = Guard(folder, self._access, self._server, self._tls, lambda: None, CUTS_EXTERNAL)
        await self._guard.write()
        self._guarding = asyncio.create_task(self._guard.run(lambda: self._endpoint))

    async def wake(self) -> None:
        """Who may come in has changed."""
        if self._guard is not None:
            await self._guard.wake()

    def certificates(self) -> Mapping[str, x509.Certificate]:
        return self._certificates()

    async def stop(self) -> None:
        if self._guarding is not None:
            self._guarding.cancel()
            await asyncio.gather(self._guarding, return_exceptions=True)


async def _reach(endpoint: Endpoint, tls: ssl.SSLContext) -> None:
    where = f"mqtts://{endpoint.host}:{endpoint.port}"
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(endpoint.host, endpoint.port, ssl=tls)
    except ssl.SSLError as error:
        why = error.reason or str(error)
        raise BrokerFailed(f"{where} refuses TLS ({why}): see `gangvakt broker check {where}`") from error
    except (OSError, TimeoutError) as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else "no answer"
        raise BrokerFailed(f"{where} cannot be reached ({why}): is the broker started?") from error
    writer.transport.abort()
